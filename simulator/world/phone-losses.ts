import type { PhoneLoss, Said } from './message.ts';

/**
 * What of a message DingTalk's clients on phones were seen not to show: the worst case of looks.md §2, since tenants and
 * versions differ. Markdown of robots and work notifications only; cards draw more.
 */
export function phoneLosses({ msgtype, text, content }: Said): PhoneLoss[] {
  if (msgtype === 'feedCard') return Array.isArray(content.links) && content.links.length > 9 ? ['feed-entries'] : [];
  if (msgtype !== 'markdown' && msgtype !== 'actionCard') return [];
  const losses = CHECKS.filter(([, pattern]) => pattern.test(text)).map(([loss]) => loss);
  return hasOneButton(msgtype, content) && LINK.test(text) ? [...losses, 'card-links'] : losses;
}

/** Then a tap anywhere on the card may be the button's (looks.md §0, fact 8). */
function hasOneButton(msgtype: string, content: Said['content']): boolean {
  const many = [content.btns, content.btn_json_list].find(Array.isArray);
  const single = content.singleTitle ?? content.single_title;
  if (msgtype !== 'actionCard') return false;
  return single === undefined ? many?.length === 1 : true;
}

/** `<font>` and `<br>` are drawn; tags inside a code fence are taken for HTML as well (looks.md §0, fact 2). */
const CHECKS: [PhoneLoss, RegExp][] = [
  ['raw-html', /<(?!\/?(?:font|br|a)\b)\/?[a-z][^<>]*>/i],
  ['html-link', /<a\s[^<>]*href/i],
  ['table', /^[^\n|]*\|.*\n\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/m],
  ['code-fence', /^\s*(?:```|~~~)/m],
  ['rule', /^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$/m],
  ['link-definition', /^[\s>]*\[[^\]\n]+\]:\s*\S/m],
];

const LINK = /(?<!!)\[[^\]]+\]\([^)\s]+\)/;
