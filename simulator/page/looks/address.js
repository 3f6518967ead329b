import { element } from './element.js';

/**
 * An address that may become a link: web pages and DingTalk's own scheme, nothing that runs. DingTalk's page links
 * carry the real address in `url` (messaging.md §5.2), which is where its client goes.
 */
export function safeUrl(address) {
  if (/^dingtalk:\/\/dingtalkclient\/page\/link\?/i.test(address))
    return safeUrl(new URLSearchParams(address.slice(address.indexOf('?'))).get('url') ?? '');
  return /^(https?|dingtalk|dtmd):\/\//i.test(address) ? address : undefined;
}

export function link(address, children, className = '') {
  const url = safeUrl(address ?? '');
  if (!url) return element('span', children, className);
  const node = element('a', children, className);
  node.href = url;
  node.target = '_blank';
  node.rel = 'noopener noreferrer';
  return node;
}

/** An uploaded picture by its media id, or one from the web; its description where it has no address that is fit. */
export function picture(address, description, how) {
  const source = address?.startsWith('@') ? how.media?.(address) : safeUrl(address ?? '');
  return source ? image(source, description) : element('span', description);
}

/** A picture at an address that the page itself made. */
export function image(source, description) {
  const node = document.createElement('img');
  node.src = source;
  node.alt = description;
  node.loading = 'lazy';
  return node;
}
