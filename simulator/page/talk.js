import { compare } from './compare.js';
import { clicked, element, focusedIn, part } from './dom.js';
import { conversationOf, filesOf, messagesIn, todosOf } from './list.js';
import { fileCard } from './looks/media.js';
import { todoView } from './todo-view.js';
import { clock, emptyView, footer, messageView } from './view.js';
import { t } from './words.js';
import { keepNewest, loadEarlier, readNow, talk, world } from './world.js';

/** Messages come a step at a time when the reader is so near to an end; beyond so many px from the view they go again. */
const STEP = 8;
const REACH_PX = 250;
const KEPT_PX = 450;
/** As many steps fill even a tall screen. */
const MOST_STEPS = 16;
/** More at once than this is drawn anew. */
const MOST_FRESH = 24;
const board = part('board');
// a scrolling area must be reachable by keyboard
board.tabIndex = 0;
const newer = part('newer');

/**
 * What is shown: the place, the viewer, and the nodes of a window of its messages, which moves with the reader. `atEnd`:
 * the newest is among them.
 * @typedef {import('./world.js').Place} Place
 * @typedef {import('./world.js').Message} Message
 * @type {{ place: Place | undefined, userId: string, nodes: Map<string, HTMLElement>, atEnd: boolean }}
 */
let shown = { place: undefined, userId: '', nodes: new Map(), atEnd: true };
let loading = false;

/** Shows a place from its end. */
export function openTalk(place, userId) {
  shown = { place, userId, nodes: new Map(), atEnd: true };
  newer.hidden = true;
  drawHeading();
  board.setAttribute('aria-live', 'off');
  if (conversationOf(place, userId) === undefined) {
    drawCollection();
    board.scrollTop = 0;
    return;
  }
  drawEnd();
  board.setAttribute('aria-live', 'polite');
  markRead();
}

/** What is new since the last drawing. `changed` holds the ids of messages. */
export function refreshTalk(changed) {
  const { place, userId, nodes } = shown;
  if (!place) return;
  if (conversationOf(place, userId) === undefined) return drawCollection();
  const list = messagesIn(place, userId);
  const following = below() < 80;
  const known = list.findLastIndex((message) => nodes.has(message.id));
  const fresh = shown.atEnd ? list.slice(known + 1) : [];
  for (const message of list) {
    const node = changed.has(message.id) ? nodes.get(message.id) : undefined;
    if (node) replaceNode(node, message);
  }
  if (fresh.length > 0) drawFresh(fresh, following);
  markRead();
}

/** A reader who follows sees what is new, one who reads further up is told of it. */
function drawFresh(fresh, following) {
  // a column that is not shown has no height by which to drop nodes
  const anew = shown.nodes.size === 0 || board.clientHeight === 0;
  if (anew || (following && fresh.length > MOST_FRESH)) drawEnd();
  else if (following) follow(fresh);
  else {
    shown.atEnd = false;
    newer.hidden = false;
  }
}

/** A message that a link leads to. */
export function showMessage(id) {
  const { place, userId } = shown;
  if (!place) return;
  const list = messagesIn(place, userId);
  const at = list.findIndex((message) => message.id === id);
  if (at === -1) return;
  if (!shown.nodes.has(id)) drawWindow(Math.max(0, at - STEP), at + STEP);
  shown.nodes.get(id)?.scrollIntoView({ block: 'center' });
}

export function drawHeading() {
  const { place, userId } = shown;
  if (!place) return;
  const person = world.people.get(userId);
  const members = place.group?.members.map((member) => world.people.get(member)?.name ?? member).join('、');
  part('title').textContent = place.title;
  part('subtitle').textContent = members ? `${members} · ${place.id}` : `${person?.name} · ${userId}`;
}

board.addEventListener('scroll', () => {
  if (shown.atEnd && below() < 80) newer.hidden = true;
  if (board.scrollTop < REACH_PX) void showEarlier();
  else if (below() < REACH_PX) showLater();
});

board.addEventListener('click', (event) => {
  const button = clicked(event);
  const id = button?.closest('article')?.dataset.id;
  const message = button?.classList.contains('looks') && shown.place ? messageOf(id) : undefined;
  if (message) compare(message, shown.userId);
});

newer.addEventListener('click', () => {
  drawEnd();
  newer.hidden = true;
  markRead();
  board.focus();
});

function messageOf(id) {
  return shown.place && messagesIn(shown.place, shown.userId).find((message) => message.id === id);
}

/** How many px there are below the view. */
function below() {
  return board.scrollHeight - board.scrollTop - board.clientHeight;
}

/** The newest messages, a little more than the view holds. */
function drawEnd() {
  const { place, userId } = shown;
  if (!place) return;
  keepNewest(conversationOf(place, userId));
  const list = messagesIn(place, userId);
  drawWindow(Math.max(0, list.length - STEP), list.length);
  for (let steps = 0; steps < MOST_STEPS && board.scrollHeight < board.clientHeight + KEPT_PX; steps += 1)
    if (!add('start')) break;
  drawEmpty(list);
  board.scrollTop = board.scrollHeight;
}

function drawWindow(from, to) {
  const { place, userId } = shown;
  if (!place) return;
  const list = messagesIn(place, userId);
  shown.nodes.clear();
  board.replaceChildren(...views(list, from, Math.min(to, list.length)));
  shown.atEnd = to >= list.length;
}

/** New messages below those that the reader follows. */
function follow(fresh) {
  const { place, userId } = shown;
  if (!place) return;
  const list = messagesIn(place, userId);
  board.append(...views(list, list.length - fresh.length, list.length));
  board.scrollTop = board.scrollHeight;
  drop('start');
}

/** From what is known, else from the simulator; the reader stays where they are. */
async function showEarlier() {
  const { place, userId } = shown;
  const id = place && conversationOf(place, userId);
  if (loading || !place || id === undefined || shown.nodes.size === 0) return;
  loading = true;
  if (!add('start') && !talk(id).whole) {
    await loadEarlier(id);
    if (shown.place === place && shown.userId === userId) add('start');
  }
  drop('end');
  loading = false;
  markRead();
}

function showLater() {
  if (shown.atEnd || loading || shown.nodes.size === 0) return;
  add('end');
  drop('start');
  markRead();
}

/** A step more at one end; false where no more is known. */
function add(end) {
  const { place, userId } = shown;
  const edge = end === 'start' ? board.firstElementChild : board.lastElementChild;
  if (!place || !(edge instanceof HTMLElement)) return false;
  const list = messagesIn(place, userId);
  const at = list.findIndex((message) => message.id === edge.dataset.id);
  const [from, to] = end === 'start' ? [Math.max(0, at - STEP), at] : [at + 1, Math.min(list.length, at + 1 + STEP)];
  if (end === 'end') shown.atEnd = to >= list.length;
  if (at === -1 || from >= to) return false;
  const height = board.scrollHeight;
  const nodes = views(list, from, to);
  if (end === 'end') board.append(...nodes);
  else {
    board.prepend(...nodes);
    board.scrollTop += board.scrollHeight - height;
  }
  return true;
}

/** Nodes far beyond one end of the view go, so that there are few, however many messages there are. */
function drop(end) {
  const { top, bottom } = board.getBoundingClientRect();
  const isFar = (node) => {
    const place = node.getBoundingClientRect();
    return end === 'start' ? place.bottom < top - KEPT_PX : place.top > bottom + KEPT_PX;
  };
  const far = [...shown.nodes.values()].filter(isFar);
  const height = board.scrollHeight;
  for (const node of far) {
    node.remove();
    shown.nodes.delete(node.dataset.id ?? '');
  }
  if (end === 'start') board.scrollTop -= height - board.scrollHeight;
  else if (far.length > 0) shown.atEnd = false;
}

function views(list, from, to) {
  return list.slice(from, to).map((message, index) => {
    const node = viewOf(message, list[from + index - 1]);
    shown.nodes.set(message.id, node);
    return node;
  });
}

function viewOf(message, before) {
  return messageView(message, { userId: shown.userId, members: members(), before });
}

function replaceMarks(marks, message) {
  const fresh = footer(message, members());
  const focused = focusedIn(marks)?.className;
  marks.replaceWith(fresh);
  const again = focused ? fresh.querySelector(`[class="${focused}"]`) : null;
  if (again instanceof HTMLElement) again.focus();
}

/** Only the marks change when somebody reads; a card or a recall changes the whole. */
function replaceNode(node, message) {
  const same = node.classList.contains('recalled') === message.recalled && message.msgtype !== 'card';
  if (same) return replaceMarks(node.querySelector('footer'), message);
  const list = shown.place ? messagesIn(shown.place, shown.userId) : [];
  const fresh = viewOf(message, list[list.indexOf(message) - 1]);
  const focused = focusedIn(node);
  if (!focused) node.replaceWith(fresh);
  else {
    // the focus stays on the button that was just tapped
    /** @type {HTMLElement[]} */
    const buttons = [...node.querySelectorAll('button')];
    const index = buttons.indexOf(focused);
    const words = node.querySelector('.tapped')?.textContent ?? '';
    node.replaceWith(fresh);
    fresh.querySelectorAll('button')[index]?.focus();
    const status = fresh.querySelector('.tapped');
    if (status) status.textContent = words;
  }
  shown.nodes.set(message.id, fresh);
}

function members() {
  const { place, userId } = shown;
  return place?.group?.members ?? [userId];
}

function markRead() {
  const { place, userId, nodes } = shown;
  if (document.hidden || !place) return;
  const unread = messagesIn(place, userId).filter(
    (message) => nodes.has(message.id) && message.sender !== userId && !message.readBy.includes(userId),
  );
  if (unread.length === 0) return;
  const ids = unread.map((message) => message.id);
  readNow(userId, ids);
  for (const message of unread) {
    const node = nodes.get(message.id);
    if (node) replaceNode(node, message);
  }
}

document.addEventListener('visibilitychange', () => {
  if (shown.place && conversationOf(shown.place, shown.userId) !== undefined) markRead();
});

function drawCollection() {
  const { place, userId } = shown;
  if (!place) return;
  const rows =
    place.kind === 'todos'
      ? todosOf(userId)
          .toReversed()
          .slice(0, 200)
          .map((todo) => todoView(todo, userId))
      : filesOf(userId)
          .slice(0, 200)
          .map((message) =>
            element(
              'article',
              [fileCard(message.file), element('p', [message.conversationTitle, ' · ', clock(message.at)], 'small')],
              'shelf',
            ),
          );
  const focused = focusedIn(board)?.closest('article')?.dataset.id;
  board.replaceChildren(...rows);
  if (rows.length === 0) drawEmpty([]);
  if (focused)
    board
      .querySelector(`[data-id="${CSS.escape(focused)}"]`)
      ?.querySelector('input')
      ?.focus();
}

function drawEmpty(list) {
  const { place, userId } = shown;
  if (list.length > 0 || !place) return;
  const api = world.callbackUrl ?? 'http://127.0.0.1:3000';
  const json = "-H 'Authorization: Bearer local' -H 'Content-Type: application/json'";
  const post = (path, body) => `curl ${api}${path} \\\n  ${json} \\\n  -d '${JSON.stringify(body)}'`;
  const task = { title: '看一下新版本', assignees: [userId], notify: 'ops' };
  const to = place.id === 'cidOps=' ? 'ops' : ({ group: 'project', work: 'notice' }[place.kind] ?? 'zhangsan');
  const saying = { from: userId, text: '你好', ...(place.group ? { conversation: place.id } : {}) };
  const message = { words: t('tryMessage'), command: post('/messages', { to, text: '你好，钉钉' }) };
  const views = {
    todos: () => emptyView(t('noTodos'), [{ words: t('tryTask'), command: post('/tasks', task) }]),
    files: () =>
      emptyView(t('noFiles'), [
        { words: t('tryFile'), command: 'curl -T README.md http://127.0.0.1:4566/uploads/share/project/README.md' },
      ]),
    work: () => emptyView(t('noWork'), [message]),
  };
  const say = { words: t('trySay'), command: `curl ${location.origin}/_sim/say -d '${JSON.stringify(saying)}'` };
  board.replaceChildren((views[place.kind] ?? (() => emptyView(t('noTalk'), [message, say])))());
}
