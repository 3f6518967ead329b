import { client } from './client.js';
import { copyButton } from './copy.js';
import { element } from './dom.js';
import { knowsButtons } from './looks/card.js';
import { bubble } from './looks/looks.js';
import { nameOf, seenBy } from './seen.js';
import { t } from './words.js';
import { control, world } from './world.js';

/**
 * One message as an article, as `userId` sees it; `members` are those who may read it. `before` is the message above: of
 * the same sender, and shortly before, it saves name and face.
 */
export function messageView(message, { userId, members, before }) {
  const { via, sender, recalled, content } = message;
  const person = via === 'person' || via === 'drive' ? world.people.get(sender) : undefined;
  const mine = person?.userId === userId;
  const node = element('article', [], `message ${mine ? 'mine' : 'theirs'}${recalled ? ' recalled' : ''}`);
  node.dataset.id = message.id;
  const said = element('div', [bubbleOf(message, userId), footer(message, members)], 'said');
  // a robot may ask to be shown without face and name (looks.md §3)
  if (goesOn(before, message)) node.classList.add('again');
  else if (String(content.hideAvatar) === '1') node.classList.add('faceless');
  else {
    said.prepend(headOf(message, person?.name ?? sender));
    const face = element('span', person ? person.name.slice(-1) : '', person ? 'face' : 'face robot');
    face.setAttribute('aria-hidden', 'true');
    node.append(face);
  }
  node.append(said);
  return node;
}

/** The marks of a message: recalled, notified, what phones lose, read; its call, and how it looks elsewhere. */
export function footer(message, members) {
  const { mentions, recalled, readBy, sender, lostOnPhones } = message;
  const out = [];
  if (recalled) out.push(element('span', t('recalled'), 'mark'));
  if (mentions.length > 0) out.push(element('span', t('notified', mentions.map(nameOf).join('、'))));
  // the phone itself shows where
  if (client() === 'desktop')
    for (const reason of lostOnPhones ?? []) out.push(element('span', t('onPhones', t(`lost-${reason}`)), 'mark'));
  const others = members.filter((member) => member !== sender);
  const readers = others.filter((member) => readBy.includes(member));
  const words =
    others.length > 1 ? t('read', readers.length, others.length) : t(readers.length > 0 ? 'readOne' : 'unread');
  if (others.length > 0) {
    const mark = element('span', words, 'read');
    mark.title = readers.map(nameOf).join('、');
    out.push(mark);
  }
  if (message.call) out.push(trafficLink('toCall', message.call, t('api')));
  const push = world.traffic.findLast((item) => item.kind === 'push' && item.message === message.id);
  if (push) out.push(trafficLink('toPush', push.id, t('pushed')));
  const looks = element('button', t('looks'), 'tag looks');
  looks.type = 'button';
  out.push(looks);
  return element('footer', out);
}

function headOf({ via, at }, name) {
  const head = element('header', [element('strong', name)]);
  if (via !== 'person') head.append(element('span', t(via), 'tag'));
  head.append(clock(at));
  return head;
}

function goesOn(before, { sender, via, at }) {
  if (!before || before.sender !== sender || before.via !== via) return false;
  return Date.parse(at) - Date.parse(before.at) < TOGETHER_MS;
}

/** To a call or a push under the hood: `label` is `toCall` or `toPush`. */
export function trafficLink(label, id, text = t(label, id)) {
  const node = element('a', text, 'tag');
  const query = new URLSearchParams(location.hash.slice(1));
  query.delete('message');
  query.set('call', id);
  node.href = `#${query}`;
  node.setAttribute('aria-label', t(label, id));
  return node;
}

function bubbleOf(message, userId) {
  const answer = element('p', '', 'tapped');
  answer.setAttribute('role', 'status');
  const tap = (actionId, params = {}) => void tapCard(message, { userId, actionId, params }, answer);
  const node = bubble(message, { ...seenBy(message, userId, client()), tap });
  if (message.msgtype !== 'card') return node;
  if (!knowsButtons(message)) node.append(tapForm(tap));
  node.append(answer);
  return node;
}

async function tapCard({ outTrackId }, tapped, answer) {
  const { delivered, attempt, error, why } = await control('POST', '/click', { outTrackId, ...tapped });
  answer.textContent = delivered ? t('tapped', tapped.actionId) : t('notTaken', error ?? why ?? attempt?.reason ?? '');
}

/** A template of one's own may have buttons that are not known here: the action's name is asked for. */
function tapForm(tap) {
  const field = document.createElement('input');
  field.value = 'done';
  field.setAttribute('aria-label', t('actionName'));
  const button = element('button', t('tap'));
  button.type = 'button';
  button.addEventListener('click', () => tap(field.value));
  return element('p', [field, button], 'buttons');
}

/** First steps for a newcomer, as commands to copy. */
export function emptyView(lead, commands) {
  const node = element('div', element('p', lead), 'empty');
  for (const { words, command } of commands) {
    const pre = element('pre', element('code', command));
    pre.tabIndex = 0;
    node.append(
      element('p', words),
      pre,
      copyButton('copy', () => command),
    );
  }
  return node;
}

export function clock(at) {
  const node = element('time', new Date(at).toLocaleTimeString([], { hour12: false }));
  node.dateTime = at;
  return node;
}

const TOGETHER_MS = 3 * 60_000;
