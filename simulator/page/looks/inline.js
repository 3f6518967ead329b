import { link, picture, safeUrl } from './address.js';
import { readableColour } from './colour.js';
import { element } from './element.js';
import { EMOJI } from './emoji.js';
import { mark } from './mark.js';

/**
 * What stands within a line of Markdown (looks.md §2). Nothing is ever parsed as HTML by the browser: the tags that
 * DingTalk's clients apply are read here, the others are left out, as they do.
 */
export function inline(text, draw) {
  return pieces(text, MARKDOWN, (groups, whole) => piece(groups, whole, draw));
}

/** Plain text: only line breaks, addresses and @ people are shown specially. */
export function plain(text, how) {
  const shown = pieces(text, PLAIN, ({ url, at }, whole) =>
    url === undefined ? mention(whole, at, how, 'mention') : link(url, url),
  );
  return element('p', shown, 'plain');
}

/** Each piece has a longest form, so that a text of opening signs alone takes no time. */
const MARKDOWN = new RegExp(
  [
    String.raw`\\(?<escaped>[\\${'`'}*_[\]~#>+\-=|.()!{}])`,
    '`(?<code>[^`]+)`',
    String.raw`!\[(?<alt>[^\]]{0,500})\]\((?<src>[^)\s]{1,2000})\)`,
    String.raw`\[(?<label>[^\]]{1,500})\]\((?<href>[^)\s]{1,2000})\)`,
    String.raw`\[(?<emoji>[A-Za-z0-9\u4e00-\u9fff]{1,6})\]`,
    String.raw`<font\b(?<font>[^<>]*)>(?<coloured>[\s\S]{0,2000}?)<\/font>`,
    String.raw`<a\s(?<anchor>[^<>]*)>(?<tapped>[\s\S]{0,2000}?)<\/a>`,
    String.raw`<(?<applied>b|strong|i|em|u|code)>(?<within>[\s\S]{0,2000}?)<\/\k<applied>>`,
    String.raw`(?<br><br\s*\/?>| {2,}\n)`,
    String.raw`(?<tag><\/?[a-zA-Z][^<>]*>)`,
    '&(?<entity>lt|gt|amp|nbsp|quot|apos|#\\d{1,6}|#x[0-9a-fA-F]{1,5});',
    String.raw`\*\*(?<bold>(?!\s).{1,2000}?)\*\*`,
    String.raw`(?<![*\w])\*(?<italic>(?!\s)[^*\n]+)\*(?!\*)`,
    '@(?<at>[0-9A-Za-z_-]+|所有人)',
    String.raw`(?<joined>\n)`,
  ].join('|'),
  'gu',
);
const PLAIN = /(?<url>https?:\/\/[^\s<>"'，。）]+)|@(?<at>[0-9A-Za-z_-]+|所有人)/gu;
const ENTITIES = { lt: '<', gt: '>', amp: '&', nbsp: '\u00a0', quot: '"', apos: "'" };

function pieces(text, pattern, make) {
  const out = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > from) out.push(text.slice(from, found.index));
    out.push(...[make(found.groups, found[0])].flat());
    from = found.index + found[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

/** One way to draw each kind of piece, by the name of the group that was found. */
const PIECES = {
  escaped: ({ escaped }) => escaped,
  code: ({ code }) => element('code', code),
  src: ({ alt, src }, draw) => picture(src, alt || draw.how.say('picture'), draw.how),
  href: ({ label, href }, draw) => anchor(href, inline(label, draw), draw),
  emoji: ({ emoji }, draw, whole) => drawn(emoji, draw, whole),
  font: ({ font, coloured }, draw) => coloredBy(font, inline(coloured, draw), draw),
  anchor: ({ anchor: attributes, tapped }, draw) => htmlLink(attributes, inline(tapped, draw), draw),
  applied: ({ applied, within }, draw) => element(applied, inline(within, draw)),
  br: () => document.createElement('br'),
  tag: ({ tag }, draw) => {
    draw.tags.add(tag);
    return [];
  },
  entity: ({ entity }) => ENTITIES[entity] ?? String.fromCodePoint(codeOf(entity)),
  bold: ({ bold }, draw) => element('strong', inline(bold, draw)),
  italic: ({ italic }, draw) => element('em', inline(italic, draw)),
  // an @ in Markdown becomes the name, without a colour (looks.md §3)
  at: ({ at }, draw, whole) => mention(whole, at, draw.how, 'named'),
  // a line break alone is none
  joined: () => ' ',
};

function piece(groups, whole, draw) {
  const kind = Object.keys(PIECES).find((name) => groups[name] !== undefined);
  return kind === undefined ? whole : PIECES[kind](groups, draw, whole);
}

/** Of a card with one button a phone may take each tap as the button's. */
function anchor(address, children, draw) {
  if (!draw.deadLinks || !safeUrl(address)) return link(address, children);
  return element('span', [...children, mark(draw.how, 'card-links')]);
}

function htmlLink(attributes, children, draw) {
  const address = attributeIn(attributes, 'href') ?? '';
  if (draw.how.mode !== 'phone' || draw.family === 'card') return anchor(address, children, draw);
  return element('span', [...children, mark(draw.how, 'html-link', address)]);
}

/** Names and hex figures, unquoted or quoted; on phones the colour was seen to be lost. */
function coloredBy(attributes, children, draw) {
  const size = /^[1-7]$/.exec(attributeIn(attributes, 'size') ?? '')?.[0];
  const node = element('span', children, size ? `font size${size}` : 'font');
  const token = attributeIn(attributes, 'colorTokenV2') ?? '';
  const [, name = ''] = /(red|green|blue|orange|yellow|gr[ae]y|purple)/.exec(token) ?? [];
  const colour = readableColour(name || (attributeIn(attributes, 'color') ?? ''));
  if (colour && (draw.family === 'card' || draw.how.mode === 'desktop')) node.style.color = colour;
  return node;
}

function attributeIn(attributes, name) {
  const [, quoted, bare] =
    new RegExp(`\\b${name}\\s*=\\s*(?:["']([^"']*)["']|([^\\s"']+))`, 'i').exec(attributes) ?? [];
  return quoted ?? bare;
}

function drawn(code, draw, whole) {
  const sign = EMOJI.get(code);
  if (!sign) return whole;
  const node = element('span', sign, 'emoji');
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', draw.how.say('emoji', code));
  return node;
}

/** Who was notified: by name. Written but not named in `at`, an @ stays as it was written. */
function mention(whole, id, how, className) {
  const name = how.names?.get(id);
  if (!name) return whole;
  const node = element('span', `@${name}`, className === 'mention' ? mentionClass(name, how) : className);
  node.title = whole;
  return node;
}

/** Blue words, or white on blue for oneself (looks.md §3). */
export function mentionClass(name, how) {
  return name === how.me ? 'mention self' : 'mention';
}

function codeOf(entity) {
  const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code > 0x10ffff ? 0xfffd : code;
}
