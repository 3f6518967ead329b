import { link, picture } from './address.js';
import { readableColour } from './colour.js';
import { element } from './element.js';
import { mark } from './mark.js';

/** An oa message, in the order of DingTalk's document, since no picture of one could be had (looks.md §3). */
export function oaParts({ content, sender, via }, how) {
  const { head, body, status_bar: bar, message_url: address, pc_message_url: onDesktop } = content;
  // in work notifications the head is the app's name
  const heading = element('p', via === 'work-notification' ? sender : head.text, 'oa-head');
  const colour = readableColour(`#${head.bgcolor.slice(2)}`);
  if (colour) heading.style.color = colour;
  const rows = body.form ?? [];
  const parts = [
    heading,
    ...(body.title ? [element('b', body.title)] : []),
    ...(rows.length > 0 ? [formOf(rows.slice(0, MOST_ROWS))] : []),
    ...(body.rich
      ? [element('p', [element('b', String(body.rich.num ?? '')), ` ${body.rich.unit ?? ''}`], 'rich')]
      : []),
    ...(body.content ? [element('p', body.content, 'three-lines')] : []),
    ...(body.image ? [picture(body.image, how.say('picture'), how)] : []),
    ...footOf(body, how),
    ...(bar ? [statusOf(bar)] : []),
  ];
  const target = how.mode === 'desktop' && onDesktop ? onDesktop : address;
  const left = rows.slice(MOST_ROWS).map(({ key, value }) => `${key}${value}`);
  const card = link(target, parts, 'whole oa');
  return left.length > 0 ? [card, mark(how, 'form-rows', left.join('、'))] : [card];
}

function formOf(rows) {
  return element(
    'span',
    rows.map(({ key, value }) => element('span', [element('span', String(key)), ' ', String(value)])),
    'form',
  );
}

function footOf({ file_count: files, author }, how) {
  const parts = [
    ...(files ? [element('span', how.say('attached', files), 'clip')] : []),
    ...(author ? [element('span', how.say('by', author))] : []),
  ];
  return parts.length > 0 ? [element('span', parts, 'foot')] : [];
}

/** `0xFFRRGGBB`, black unless it is said otherwise. */
function statusOf({ status_value: words, status_bg: wanted }) {
  const node = element('span', words, 'status-bar');
  const colour = readableColour(`#${(wanted ?? '0xFF000000').slice(4)}`);
  if (colour) node.style.color = colour;
  return node;
}

const MOST_ROWS = 6;
