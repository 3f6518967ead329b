import * as v from 'valibot';

const text = v.pipe(v.string(), v.nonEmpty());
const url = v.pipe(v.string(), v.url());
const mediaId = text;

const Markdown = v.strictObject({ title: text, text });
const Link = v.strictObject({ title: text, text, url, pictureUrl: v.optional(text) });
const ActionCard = v.strictObject({ title: text, text, button: v.strictObject({ title: text, url }) });
const Image = v.strictObject({ mediaId });
const File = v.strictObject({ mediaId, fileName: text });

/** The members of a message request of which exactly one is given. */
export const contentEntries = {
  text: v.optional(text),
  markdown: v.optional(Markdown),
  link: v.optional(Link),
  actionCard: v.optional(ActionCard),
  image: v.optional(Image),
  file: v.optional(File),
};

/** What a message says, in one shape for every kind of destination. */
export const Content = v.variant('kind', [
  v.object({ kind: v.literal('text'), text }),
  v.object({ kind: v.literal('markdown'), ...Markdown.entries }),
  v.object({ kind: v.literal('link'), ...Link.entries }),
  v.object({ kind: v.literal('actionCard'), ...ActionCard.entries }),
  v.object({ kind: v.literal('image'), ...Image.entries }),
  v.object({ kind: v.literal('file'), ...File.entries }),
]);
export type Content = v.InferOutput<typeof Content>;
export type ContentKind = Content['kind'];
export const CONTENT_KINDS = ['text', 'markdown', 'link', 'actionCard', 'image', 'file'] as const;

const Given = v.object(contentEntries);

/** The contents that a request names: one when it is right, none or several when it is not. */
export function contentsOf(request: v.InferOutput<typeof Given>): Content[] {
  const { text: words, markdown, link, actionCard, image, file } = request;
  const contents: Content[] = [];
  if (words !== undefined) contents.push({ kind: 'text', text: words });
  if (markdown) contents.push({ kind: 'markdown', ...markdown });
  if (link) contents.push({ kind: 'link', ...link });
  if (actionCard) contents.push({ kind: 'actionCard', ...actionCard });
  if (image) contents.push({ kind: 'image', ...image });
  if (file) contents.push({ kind: 'file', ...file });
  return contents;
}
