import * as v from 'valibot';
import {
  ActionCard,
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

/** What a message says, in one shape for every kind of destination. */
export const Content = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: Text }),
  v.object({ kind: v.literal('markdown'), ...Markdown.entries }),
  v.object({ kind: v.literal('link'), ...Link.entries }),
  v.object({ kind: v.literal('actionCard'), ...ActionCard.entries }),
  v.object({ kind: v.literal('feedCard'), ...FeedCard.entries }),
  v.object({ kind: v.literal('image'), ...Image.entries }),
  v.object({ kind: v.literal('voice'), ...Voice.entries }),
  v.object({ kind: v.literal('file'), ...File.entries }),
  v.object({ kind: v.literal('oa'), ...Oa.entries }),
]);
export type Content = v.InferOutput<typeof Content>;

type Given = v.InferOutput<v.ObjectSchema<typeof contentEntries, undefined>>;

/** The contents of a request: a valid one has exactly one. */
export function contentsOf(request: Given): Content[] {
  return CONTENT_KINDS.flatMap((kind) => {
    const given = request[kind];
    if (given === undefined) return [];
    return [v.parse(Content, { kind, ...(typeof given === 'string' ? { text: given } : given) })];
  });
}
