import * as v from 'valibot';
import { Picture, Text, Url } from './values.ts';

const Colour = v.pipe(
  v.string(),
  v.regex(/^[0-9a-fA-F]{8}$/, 'takes a colour of eight hex digits (alpha, red, green, blue), such as FF5C6BC0'),
  v.examples(['FF5C6BC0']),
);

/** An id of DingTalk's, or `s3:` and the key of an object, which has 1,024 bytes at most. */
const MediaId = v.pipe(Text, v.maxLength(1030));
/** Buttons, items and rows of one card; each kind of destination takes as many or fewer. */
const MOST_PARTS = 100;

/** Makes lists of tables, and breaks of single line ends, before it is sent. */
const convert = v.optional(v.boolean());

export const Markdown = v.strictObject({ title: Text, text: Text, convert });
export const Link = v.strictObject({ title: Text, text: Text, url: Url, pictureUrl: v.optional(Picture) });
export const Button = v.strictObject({ title: Text, url: Url });
export const ActionCard = v.strictObject({
  title: Text,
  text: Text,
  buttons: v.pipe(v.array(Button), v.minLength(1), v.maxLength(MOST_PARTS)),
  orientation: v.optional(v.picklist(['vertical', 'horizontal'])),
  convert,
});
export const FeedItem = v.strictObject({ title: Text, url: Url, pictureUrl: Picture });
export const FeedCard = v.strictObject({ items: v.pipe(v.array(FeedItem), v.minLength(1), v.maxLength(MOST_PARTS)) });
export const Image = v.strictObject({ mediaId: MediaId });
export const Voice = v.strictObject({
  mediaId: MediaId,
  durationMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(59_999)),
});
export const File = v.strictObject({ mediaId: MediaId, fileName: v.pipe(Text, v.maxLength(255)) });
export const OaHead = v.strictObject({ text: Text, color: Colour });
export const OaStatus = v.strictObject({ text: Text, color: v.optional(Colour) });
export const OaRow = v.strictObject({ key: Text, value: v.string() });
export const OaRich = v.strictObject({ num: Text, unit: v.optional(Text) });
export const OaBody = v.strictObject({
  title: v.optional(Text),
  form: v.optional(v.pipe(v.array(OaRow), v.maxLength(MOST_PARTS))),
  rich: v.optional(OaRich),
  content: v.optional(Text),
  imageMediaId: v.optional(MediaId),
  fileCount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  author: v.optional(Text),
});
/** The work notification with a form (messaging.md §5.2). */
export const Oa = v.strictObject({
  url: Url,
  pcUrl: v.optional(Url),
  head: OaHead,
  status: v.optional(OaStatus),
  body: OaBody,
});

/** A variable of a card holds 1 KB under a key of 100 bytes (messaging.md §7.1). */
export const CardParams = v.pipe(
  v.record(v.pipe(Text, v.maxBytes(100)), v.pipe(v.string(), v.maxBytes(1_000))),
  v.check((params) => Object.keys(params).length <= MOST_PARTS, `takes at most ${MOST_PARTS} variables`),
  v.examples([{ title: 'Release 1.2', markdown: '**running**' }]),
);
/** An interactive card: what it shows can be changed after it was sent. */
export const Card = v.strictObject({ templateId: v.pipe(Text, v.maxLength(128)), params: CardParams });

/** The members of a message of which exactly one is given. */
export const CONTENTS = {
  text: Text,
  markdown: Markdown,
  link: Link,
  actionCard: ActionCard,
  feedCard: FeedCard,
  image: Image,
  voice: Voice,
  file: File,
  oa: Oa,
  card: Card,
};
export type ContentKind = keyof typeof CONTENTS;
export const CONTENT_KINDS = [
  'text',
  'markdown',
  'link',
  'actionCard',
  'feedCard',
  'image',
  'voice',
  'file',
  'oa',
  'card',
] as const satisfies readonly ContentKind[];

/** The same, where a request says which: none of them has to be there. */
export const contentEntries = v.partial(v.object(CONTENTS)).entries;
