import { image, link, picture } from './address.js';
import { hasHeading } from './blocks.js';
import { buttonRows, buttonsOf } from './buttons.js';
import { cardParts } from './card.js';
import { element } from './element.js';
import { mentionClass, plain } from './inline.js';
import { mark } from './mark.js';
import { markdown } from './markdown.js';
import { fileCard, pictureOf, videoOf, voiceOf } from './media.js';
import { oaParts } from './oa.js';

/** What a bubble holds, by kind (looks.md §3); kinds that are not here show their text. */
export const KINDS = {
  text: textParts,
  markdown: markdownParts,
  actionCard: actionCardParts,
  link: linkParts,
  feedCard: feedParts,
  oa: oaParts,
  card: cardParts,
  richText: ({ content }, how) =>
    content.richText.map((part) => (part.url ? image(part.url, part.fileName) : plain(part.text, how))),
  image: (message, how) => [pictureOf(message, how)],
  file: ({ file }) => [fileCard(file)],
  audio: voiceParts,
  voice: voiceParts,
  video: (message, how) => [videoOf(message, how)],
};

/** Kinds that fill the width of a card, and those that stand without a bubble. */
export const WIDE = new Set(['actionCard', 'link', 'feedCard', 'oa', 'card', 'file']);
export const BARE = new Set(['image', 'video']);

/** Names that the client adds by itself stand behind the text (looks.md §3). */
export function textParts({ text, appended = [], content }, how) {
  const said = plain(text, how);
  for (const name of appended) said.append(' ', element('span', name, mentionClass(name.slice(1), how)));
  const quoted = content?.quoted === undefined ? undefined : how.quoted?.(content.quoted);
  return [...(quoted ? [element('p', quoted, 'quoted')] : []), said];
}

/** Whoever is mentioned sees a strip to reply with. */
function markdownParts(message, how) {
  const strip = how.mentioned ? [element('p', how.say('reply'), 'reply')] : [];
  return [...markdown(message.text, how), ...titleMark(message, how), ...strip];
}

function actionCardParts(message, how) {
  const deadLinks = buttonsOf(message.content).length === 1;
  const nodes = markdown(message.text, how, { deadLinks });
  // a picture that stands first goes to the card's edges
  const [first] = nodes;
  const [picture] = first instanceof HTMLElement ? first.childNodes : [];
  if (picture instanceof HTMLImageElement) picture.classList.add('bleed');
  return [element('div', [...nodes, ...titleMark(message, how)], 'card-text'), ...buttonRows(message.content)];
}

/** The title is never in the bubble (looks.md §0, fact 1): who wrote no heading may not know. */
function titleMark({ title, text }, how) {
  const seen = !title || hasHeading(text) || text.includes(title);
  return seen ? [] : [mark(how, 'title-unseen', title)];
}

/** The whole bubble is the link; the picture stands small at its right end. */
function linkParts({ title, text, content }, how) {
  const words = element('span', [element('b', title), element('span', text, 'two-lines')]);
  const pictures = content.picUrl ? [picture(content.picUrl, '', how)] : [];
  return [link(content.messageUrl, [words, ...pictures], 'whole')];
}

/** The first is large with its title on the picture; phones show nine (looks.md §0, fact 9). */
function feedParts({ content }, how) {
  const most = how.mode === 'phone' ? MOST_ON_PHONES : content.links.length;
  const rows = content.links.slice(0, most).map(({ title, messageURL, picURL }, index) => {
    const words = element('span', title, 'words');
    const shown = picture(picURL, '', how);
    return link(messageURL, index === 0 ? [shown, words] : [words, shown], index === 0 ? 'cover' : 'entry');
  });
  const left = content.links.slice(most).map(({ title }) => title);
  return left.length > 0 ? [...rows, mark(how, 'feed-entries', left.join('、'))] : rows;
}

function voiceParts(message, how) {
  const { msgtype, text } = message;
  return [voiceOf(message, how), ...(msgtype === 'audio' && text ? [plain(text, how)] : [])];
}

const MOST_ON_PHONES = 9;
