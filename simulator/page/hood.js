import { copyButton } from './copy.js';
import { byId, clicked, element, focusedIn, part } from './dom.js';
import { clock, trafficLink } from './view.js';
import { t } from './words.js';
import { control, now, world } from './world.js';

/** The panel of API calls and callback pushes, newest first, with request and answer. */
const list = part('traffic');
const field = byId('filter', HTMLInputElement);
const kinds = part('kinds');
const count = part('failed-count');
const SHOWN = 120;
const MOST_LINKS = 5;
/** Nodes by id, with the item they were drawn from; opened ones stay open. */
/** @type {Map<string, { item: import('./world.js').Traffic, node: HTMLLIElement }>} */
let drawn = new Map();
let kind = 'all';
/** Calls in which the words of the filter stand in body or answer, as the simulator says. @type {Set<string>} */
let found = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let searching;

export function drawHood() {
  const words = field.value.trim().toLowerCase();
  const fits = (item) =>
    (kind === 'all' || kind === item.kind || (kind === 'failed' && !item.good)) &&
    (words === '' || textOf(item).toLowerCase().includes(words) || found.has(item.id));
  const items = world.traffic.filter(fits).slice(-SHOWN).reverse();
  const next = new Map();
  for (const item of items) {
    const before = drawn.get(item.id);
    next.set(item.id, before?.item === item ? before : { item, node: row(item, before?.node) });
  }
  const stay = new Set([...next.values()].map(({ node }) => node));
  for (const node of [...list.children]) if (!stay.has(node)) node.remove();
  let at = list.firstElementChild;
  for (const node of stay) {
    if (node === at) at = node.nextElementSibling;
    else list.insertBefore(node, at);
  }
  drawn = next;
  const failed = world.traffic.filter(({ good }) => !good).length;
  count.textContent = String(failed);
  count.hidden = failed === 0;
  if (items.length === 0) list.append(element('li', t(world.traffic.length === 0 ? 'noTraffic' : 'noMatch'), 'none'));
}

/** Redraws all, for example after a change of language. */
export function forgetHood() {
  drawn = new Map();
  list.replaceChildren();
}

/** The seconds to the next try. */
export function tickHood() {
  for (const node of list.querySelectorAll('span')) {
    if (node.dataset.next === undefined) continue;
    const seconds = Math.max(0, Math.ceil((Date.parse(node.dataset.next) - now()) / 1000));
    node.textContent = t('nextTry', seconds);
  }
}

field.addEventListener('input', () => {
  drawHood();
  clearTimeout(searching);
  const words = field.value.trim();
  found = new Set();
  // the page has no bodies and answers: the simulator looks through them once the typing pauses
  if (words.length < 3) return;
  searching = setTimeout(async () => {
    const calls = await control('GET', `/calls?words=${encodeURIComponent(words)}`);
    if (field.value.trim() !== words) return;
    found = new Set(calls.map(({ id }) => id));
    drawHood();
  }, 300);
});

/** Shows one call or push, which a message came from or was told by. */
export function showTraffic(id) {
  field.value = id;
  drawHood();
  const details = list.querySelector('details');
  if (!details) return;
  details.open = true;
  details.querySelector('summary')?.focus();
}

kinds.addEventListener('click', (event) => {
  const button = clicked(event);
  if (!button) return;
  kind = button.value;
  for (const each of kinds.querySelectorAll('button')) each.setAttribute('aria-pressed', String(each === button));
  drawHood();
});

function textOf(item) {
  if (item.kind === 'call')
    return [item.id, item.method, item.path, item.status, item.code, item.fault, item.refusal].join(' ');
  const last = item.attempts.at(-1);
  const facts = [item.id, item.door, nameOf(item), item.state, last?.status, last?.reason, last?.answer];
  return `${facts.join(' ')} ${JSON.stringify(item.event)}`;
}

function nameOf({ event }) {
  return String(event.EventType ?? event.msgtype ?? event.type);
}

function wordsOf(item, last) {
  if (item.kind === 'call') return [item.fault ? `fault: ${item.fault}` : ''];
  return [item.state, last?.valid ? '' : last?.reason, item.attempts.length > 1 ? `${item.attempts.length} ×` : ''];
}

function row(item, before) {
  const last = item.kind === 'call' ? item : item.attempts.at(-1);
  const tone = item.state === 'pending' ? 'wait' : 'bad';
  const mark = element('span', String(last?.status || '—'), `status ${item.good ? 'good' : tone}`);
  const what = element('code', item.kind === 'call' ? item.path : nameOf(item));
  what.title = what.textContent;
  const small = [element('span', wordsOf(item, last).filter(Boolean).join(' · '))];
  if (item.nextAt) {
    const next = element('span', '', 'next');
    next.dataset.next = item.nextAt;
    small.push(next);
  }
  small.push(element('span', `${last?.ms ?? 0} ms`), clock(item.at));
  // DingTalk's 200 may be a refusal: its code stands beside the status
  const code = item.kind === 'call' && !item.good ? [element('span', item.code, 'errcode bad')] : [];
  const head = [mark, ...code, element('b', item.kind === 'call' ? item.method : `→ ${item.door}`), what];
  const details = element(
    'details',
    element('summary', [element('span', head, 'line'), element('span', small, 'small')]),
  );
  let filled = false;
  const fill = async () => {
    if (filled || !details.open) return;
    filled = true;
    details.append(item.kind === 'call' ? await callBody(item) : pushBody(item));
  };
  details.addEventListener('toggle', () => void fill());
  if (before?.querySelector('details')?.open) details.open = true;
  const node = element('li', details, item.kind);
  if (before && focusedIn(before)) requestAnimationFrame(() => details.querySelector('summary')?.focus());
  return node;
}

async function callBody({ id }) {
  const call = await control('GET', `/calls/${id}`);
  const parts = [];
  if (call.refusal) parts.push(element('p', t('refusedBy', call.refusal, call.source), 'refusal'));
  if (call.query && Object.keys(call.query).length > 0) parts.push(section('query', pretty(call.query)));
  if (call.body !== undefined) parts.push(section('body', pretty(opened(call.body))));
  if (call.answer !== undefined) parts.push(section('answer', pretty(call.answer)));
  parts.push(
    element(
      'p',
      [copyButton('copyCurl', () => curlOfCall(call)), ...messageLinks(call.messages ?? []), ...pushLinks(id)],
      'buttons',
    ),
  );
  return element('div', parts, 'inside');
}

function pushBody(push) {
  const tries = push.attempts.map(({ at, status, ms, valid, answer, reason }) =>
    element('li', [
      clock(at),
      ` ${status || '—'} · ${ms} ms · `,
      element(
        'span',
        valid ? t('signatureGood', answer || '""') : t('signatureBad', reason ?? ''),
        valid ? 'yes' : 'no',
      ),
    ]),
  );
  const again = element('button', t('again'), 'tool');
  again.type = 'button';
  again.addEventListener('click', () => void control('POST', `/pushes/${push.id}/repeat`, {}));
  // a Stream frame goes over the app's own connection, which curl cannot open
  const curls = push.request?.url.startsWith('stream:') ? [] : [copyButton('copyCurl', () => curlOfPush(push))];
  const links = [
    ...messageLinks(push.message ? [push.message] : []),
    ...(push.call ? [trafficLink('toCall', push.call)] : []),
  ];
  const buttons = element('p', [...curls, again, ...links], 'buttons');
  return element(
    'div',
    [section('decoded', pretty(push.event)), element('h3', t('tries')), element('ol', tries, 'tries'), buttons],
    'inside',
  );
}

/** To the messages that a call brought about, or that a push is about. */
function messageLinks(ids) {
  const all = [...world.talks.values()].flatMap(({ messages }) => messages);
  return ids.slice(0, MOST_LINKS).flatMap((id) => {
    const message = all.find((candidate) => candidate.id === id);
    if (!message) return [];
    const node = element('a', t('toMessage', message.conversationTitle), 'tool');
    node.href = placeOf(message);
    return [node];
  });
}

/** To the pushes that a call brought about. */
function pushLinks(call) {
  const pushes = world.traffic.filter((item) => item.kind === 'push' && item.call === call);
  return pushes.slice(0, MOST_LINKS).map(({ id }) => trafficLink('toPush', id));
}

/** The page's address with the message in view. */
function placeOf({ id, conversation, via }) {
  const person = world.people.has(conversation);
  const alone = via === 'work-notification' ? 'work' : 'robot';
  const query = new URLSearchParams({ in: person ? alone : conversation, message: id });
  if (person) query.set('as', conversation);
  return `#${query}`;
}

function section(title, text) {
  const pre = element('pre', element('code', text));
  pre.tabIndex = 0;
  return element('div', [element('h3', t(title)), pre]);
}

/** Members like msgParam are JSON in a string: shown as the object. */
function opened(body) {
  if (typeof body?.msgParam !== 'string') return body;
  try {
    return { ...body, msgParam: JSON.parse(body.msgParam) };
  } catch {
    return body;
  }
}

function pretty(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function curlOfCall({ method, path, query, headers, body }) {
  const search = new URLSearchParams(query).toString();
  const url = `${location.origin}${path}${search ? `?${search}` : ''}`;
  const type = headers['content-type'] ?? '';
  if (body?.multipart) return curl(method, url, without(headers, 'content-type'), { form: body.multipart });
  if (type.startsWith('application/x-www-form-urlencoded')) return curl(method, url, headers, { fields: body });
  return curl(method, url, headers, { text: typeof body === 'string' ? body : JSON.stringify(body) });
}

function curlOfPush({ request }) {
  return curl('POST', request.url, request.headers, { text: request.body });
}

function without(headers, name) {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}

/** The bytes of an uploaded file are not in the record: a file of that name has to be in the folder. */
function dataOf({ text, fields, form }, quoted) {
  if (form)
    return form.map(
      (part) =>
        `-F ${quoted(part.fileName === undefined ? `${part.name}=${part.value}` : `${part.name}=@${part.fileName}`)}`,
    );
  if (fields) {
    const worded = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
    return Object.entries(fields).map(([key, value]) => `--data-urlencode ${quoted(`${key}=${worded(value)}`)}`);
  }
  return text === undefined ? [] : [`-d ${quoted(text)}`];
}

function curl(method, url, headers, body) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const heads = Object.entries(headers ?? {}).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  return [`curl -X ${method} ${quoted(url)}`, ...heads, ...dataOf(body, quoted)].join(' \\\n  ');
}
