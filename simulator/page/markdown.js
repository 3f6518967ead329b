import { element } from './dom.js';

/**
 * DingTalk's markdown subset as DOM nodes: headings, quote, lists, bold, italic, code, link, image, @ people.
 * Nothing is ever parsed as HTML, so whatever a message says stays text.
 */
export function markdown(text, names) {
  const out = document.createDocumentFragment();
  let list;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const item = /^([-*+]|\d+[.)])\s+(.*)$/.exec(line);
    if (item) {
      const [, mark = '', said = ''] = item;
      const kind = /^\d/.test(mark) ? 'ol' : 'ul';
      if (list?.localName !== kind) {
        list = document.createElement(kind);
        if (list instanceof HTMLOListElement) list.start = Number.parseInt(mark, 10);
        out.append(list);
      }
      list.append(element('li', inline(said, names)));
      continue;
    }
    list = undefined;
    if (line !== '') out.append(block(line, names));
  }
  return out;
}

function block(line, names) {
  if (/^(-{3,}|\*{3,})$/.test(line)) return document.createElement('hr');
  const [, level = '', title = ''] = /^(#{1,6})\s+(.*)$/.exec(line) ?? [];
  if (level !== '') return element('p', inline(title, names), `h h${level.length}`);
  const quote = /^>\s?(.*)$/.exec(line);
  return quote ? element('blockquote', inline(quote[1], names)) : element('p', inline(line, names));
}

/** Plain text: only line breaks, addresses and @ people are shown specially. */
export function plain(text, names) {
  return element('p', pieces(text, plainToken, names), 'plain');
}

/**
 * An address that may become a link: web pages and DingTalk's own scheme, nothing that runs. DingTalk's page links
 * carry the real address in `url` (messaging.md §5.2), which is where its client goes.
 */
export function safeUrl(address) {
  if (/^dingtalk:\/\/dingtalkclient\/page\/link\?/i.test(address))
    return safeUrl(new URLSearchParams(address.slice(address.indexOf('?'))).get('url') ?? '');
  return /^(https?|dingtalk):\/\//i.test(address) || address.startsWith('/_sim/files/') ? address : undefined;
}

export function link(address, children) {
  const url = safeUrl(address);
  if (!url) return element('span', children);
  const node = element('a', children);
  node.href = url;
  node.target = '_blank';
  node.rel = 'noopener noreferrer';
  return node;
}

/** An uploaded picture by its media id, or one from the web. */
export function picture(address, description) {
  const source = address.startsWith('@') ? `/_sim/files/${encodeURIComponent(address)}` : safeUrl(address);
  if (!source) return element('span', description);
  const node = document.createElement('img');
  node.src = source;
  node.alt = description;
  node.loading = 'lazy';
  return node;
}

const markdownToken =
  /!\[(?<alt>[^\]]*)\]\((?<src>[^)\s]+)\)|\[(?<label>[^\]]+)\]\((?<href>[^)\s]+)\)|`(?<code>[^`]+)`|\*\*(?<bold>.+?)\*\*|(?<![*\w])\*(?<italic>[^*]+)\*(?!\*)|@(?<at>[0-9A-Za-z_-]+)/gu;
const plainToken = /(?<url>https?:\/\/[^\s<>"'，。）]+)|@(?<at>[0-9A-Za-z_-]+)/gu;

function inline(text, names) {
  return pieces(text, markdownToken, names);
}

function pieces(text, pattern, names) {
  const out = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > from) out.push(text.slice(from, found.index));
    out.push(piece(found, names));
    from = found.index + found[0].length;
  }
  if (from < text.length) out.push(text.slice(from));
  return out;
}

function piece(found, names) {
  const { alt, src, label, href, code, bold, italic, at, url } = found.groups;
  if (src !== undefined) return picture(src, alt || 'picture');
  if (href !== undefined) return link(href, inline(label, names));
  if (url !== undefined) return link(url, url);
  if (code !== undefined) return element('code', code);
  if (bold !== undefined) return element('strong', inline(bold, names));
  if (italic !== undefined) return element('em', inline(italic, names));
  return mention(found[0], at, names);
}

/** Highlighted for those who were notified; written but not named in `at`, an @ stays plain text, as in DingTalk. */
function mention(text, id, names) {
  const name = names?.get(id);
  if (!name) return text;
  const node = element('span', `@${name}`, 'mention');
  node.title = text;
  return node;
}
