import * as v from 'valibot';
import {
  ActionCard,
  Card,
  CardParams,
  CONTENT_KINDS,
  type contentEntries,
  FeedCard,
  File,
  Image,
  Link,
  Markdown,
  Oa,
  Voice,
} from '../../contract/contents.ts';
import { Text } from '../../contract/values.ts';
import { forPhones } from './text/phones.ts';

/** What a message says, in one shape for every kind of destination. */
export const Content = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: Text }),
  v.object({ kind: v.literal('markdown'), ...v.omit(Markdown, ['convert']).entries }),
  v.object({ kind: v.literal('link'), ...Link.entries }),
  v.object({ kind: v.literal('actionCard'), ...v.omit(ActionCard, ['convert']).entries }),
  v.object({ kind: v.literal('feedCard'), ...FeedCard.entries }),
  v.object({ kind: v.literal('image'), ...Image.entries }),
  v.object({ kind: v.literal('voice'), ...Voice.entries }),
  v.object({ kind: v.literal('file'), ...File.entries }),
  v.object({ kind: v.literal('oa'), ...Oa.entries }),
  /** No caller gives a route: taps on the buttons of these cards are deeds, and the cards are made by us. */
  v.object({ kind: v.literal('card'), ...Card.entries, routeKey: v.optional(Text) }),
  /** What the card of another message is to show from now on; no caller sends it. */
  v.object({ kind: v.literal('cardChange'), card: Text, params: CardParams }),
]);
export type Content = v.InferOutput<typeof Content>;

type Given = v.InferOutput<v.ObjectSchema<typeof contentEntries, undefined>>;

/** The contents of a request: a valid one has exactly one. */
export function contentsOf(request: Given): Content[] {
  return CONTENT_KINDS.flatMap((kind) => {
    const given = request[kind];
    if (given === undefined) return [];
    const content = v.parse(Content, { kind, ...(typeof given === 'string' ? { text: given } : given) });
    const converts = typeof given === 'object' && 'convert' in given && given.convert && 'text' in content;
    return [converts ? { ...content, text: forPhones(content.text) } : content];
  });
}

/** Members of a content that nobody reads. */
const UNREAD = ['kind', 'color', 'orientation', 'mediaId', 'imageMediaId', 'pictureUrl', 'templateId', 'routeKey'];

/** What a content says, line by line, for whoever reads it outside of DingTalk. */
export function saidIn(content: Content): string {
  return linesIn(content).join('\n');
}

function linesIn(said: unknown): string[] {
  if (typeof said === 'string') return [said];
  if (typeof said !== 'object' || said === null) return [];
  return Object.entries(said).flatMap(([name, member]) => (UNREAD.includes(name) ? [] : linesIn(member)));
}
