import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const url = v.pipe(v.string(), v.url());

const Markdown = v.strictObject({ title: text, text });
const Link = v.strictObject({ title: text, text, url, pictureUrl: v.optional(text) });
const Button = v.strictObject({ title: text, url });
const ActionCard = v.strictObject({
  title: text,
  text,
  buttons: v.pipe(v.array(Button), v.minLength(1)),
  orientation: v.optional(v.picklist(['vertical', 'horizontal'])),
});
const FeedCard = v.strictObject({
  items: v.pipe(v.array(v.strictObject({ title: text, url, pictureUrl: text })), v.minLength(1)),
});
const Image = v.strictObject({ mediaId: text });
const Voice = v.strictObject({
  mediaId: text,
  durationMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(59_999)),
});
const File = v.strictObject({ mediaId: text, fileName: text });
/** The work notification with a form (messaging.md §5.2); colours are eight hex digits, ARGB. */
const Oa = v.strictObject({
  url,
  pcUrl: v.optional(url),
  head: v.strictObject({ text, color: v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{8}$/)) }),
  status: v.optional(v.strictObject({ text, color: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{8}$/))) })),
  body: v.strictObject({
    title: v.optional(text),
    form: v.optional(v.array(v.strictObject({ key: text, value: v.string() }))),
    rich: v.optional(v.strictObject({ num: text, unit: v.optional(text) })),
    content: v.optional(text),
    imageMediaId: v.optional(text),
    fileCount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    author: v.optional(text),
  }),
});

/** The members of a message request of which exactly one is given. */
export const contentEntries = {
  text: v.optional(text),
  markdown: v.optional(Markdown),
  link: v.optional(Link),
  actionCard: v.optional(ActionCard),
  feedCard: v.optional(FeedCard),
  image: v.optional(Image),
  voice: v.optional(Voice),
  file: v.optional(File),
  oa: v.optional(Oa),
};

/** What a message says, in one shape for every kind of destination. */
export const Content = v.variant('kind', [
  v.object({ kind: v.literal('text'), text }),
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
export type ContentKind = Content['kind'];
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
] as const satisfies readonly ContentKind[];

const Given = v.object(contentEntries);

/** The contents that a request names: one when it is right, none or several when it is not. */
export function contentsOf(request: v.InferOutput<typeof Given>): Content[] {
  const { text: words, markdown, link, actionCard, feedCard, image, voice, file, oa } = request;
  const contents: Content[] = [];
  if (words !== undefined) contents.push({ kind: 'text', text: words });
  if (markdown) contents.push({ kind: 'markdown', ...markdown });
  if (link) contents.push({ kind: 'link', ...link });
  if (actionCard) contents.push({ kind: 'actionCard', ...actionCard });
  if (feedCard) contents.push({ kind: 'feedCard', ...feedCard });
  if (image) contents.push({ kind: 'image', ...image });
  if (voice) contents.push({ kind: 'voice', ...voice });
  if (file) contents.push({ kind: 'file', ...file });
  if (oa) contents.push({ kind: 'oa', ...oa });
  return contents;
}
