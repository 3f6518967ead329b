import { element, focusedIn, part } from './dom.js';
import { conversationOf, filesOf, messagesIn, todosOf } from './list.js';
import { clock, emptyView, fileCard, footer, messageView, todoView } from './view.js';
import { t } from './words.js';
import { loadEarlier, readNow, talk, world } from './world.js';

const STEP = 60;
const MOST_SHOWN = 400;
const board = part('board');
// a scrolling area must be reachable by keyboard
board.tabIndex = 0;
const newer = part('newer');

/**
 * What is shown: the place, the viewer, and the nodes of the messages from `first` to the end.
 * @typedef {import('./world.js').Place} Place
 * @typedef {import('./world.js').Message} Message
 * @type {{ place: Place | undefined, userId: string, nodes: Map<string, HTMLElement>, first: number }}
 */
let shown = { place: undefined, userId: '', nodes: new Map(), first: 0 };
let loading = false;

/** Shows a place from its end. */
export function openTalk(place, userId) {
  shown = { place, userId, nodes: new Map(), first: 0 };
  newer.hidden = true;
  drawHeading();
  board.setAttribute('aria-live', 'off');
  board.replaceChildren();
  if (conversationOf(place, userId) === undefined) {
    drawCollection();
    board.scrollTop = 0;
    return;
  }
  const list = messagesIn(place, userId);
  shown.first = Math.max(0, list.length - STEP);
  addNodes(list.slice(shown.first), 'end');
  drawEmpty(list);
  board.scrollTop = board.scrollHeight;
  board.setAttribute('aria-live', 'polite');
  markRead();
}

/** What is new since the last drawing. `changed` holds the ids of messages. */
export function refreshTalk(changed) {
  const { place, userId, nodes } = shown;
  if (!place) return;
  if (conversationOf(place, userId) === undefined) return drawCollection();
  const list = messagesIn(place, userId);
  const atEnd = board.scrollHeight - board.scrollTop - board.clientHeight < 80;
  const known = list.findLastIndex((message) => nodes.has(message.id));
  const fresh = nodes.size === 0 ? list.slice(-STEP) : list.slice(known + 1);
  if (nodes.size === 0 && fresh.length > 0) board.replaceChildren();
  addNodes(fresh, 'end');
  for (const message of list.slice(-MOST_SHOWN)) {
    const node = changed.has(message.id) && !fresh.includes(message) ? nodes.get(message.id) : undefined;
    if (node) replaceNode(node, message);
  }
  if (atEnd) {
    trim();
    board.scrollTop = board.scrollHeight;
  } else if (fresh.length > 0) newer.hidden = false;
  markRead();
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
  if (board.scrollHeight - board.scrollTop - board.clientHeight < 80) newer.hidden = true;
  if (board.scrollTop < 200) void showEarlier();
});

newer.addEventListener('click', () => {
  board.scrollTop = board.scrollHeight;
  newer.hidden = true;
  board.focus();
});

/** From what is known, else from the simulator; the reader stays where they are. */
async function showEarlier() {
  const { place, userId } = shown;
  const id = place && conversationOf(place, userId);
  if (loading || !place || id === undefined || shown.nodes.size === 0) return;
  loading = true;
  const firstShown = board.querySelector('article')?.dataset.id;
  const at = () => messagesIn(place, userId).findIndex((message) => message.id === firstShown);
  if (at() === 0 && !talk(id).whole) await loadEarlier(id);
  const end = at();
  if (shown.place === place && end > 0) {
    const before = board.scrollHeight;
    addNodes(messagesIn(place, userId).slice(Math.max(0, end - STEP), end), 'start');
    board.scrollTop += board.scrollHeight - before;
  }
  loading = false;
}

function addNodes(messages, where) {
  const fragment = document.createDocumentFragment();
  for (const message of messages) {
    const node = messageView(message, { userId: shown.userId, members: members() });
    shown.nodes.set(message.id, node);
    fragment.append(node);
  }
  if (where === 'start') board.prepend(fragment);
  else board.append(fragment);
}

/** Only the marks change when somebody reads; a card or a recall changes the whole. */
function replaceNode(node, message) {
  const marks = footer(message, members());
  const same = node.classList.contains('recalled') === message.recalled && message.msgtype !== 'card';
  if (same) return node.querySelector('footer').replaceWith(marks);
  const fresh = messageView(message, { userId: shown.userId, members: members() });
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

/** Only the newest messages stay in the page, so that it stays fast under load. */
function trim() {
  if (shown.nodes.size <= MOST_SHOWN) return;
  for (const [id, node] of [...shown.nodes].slice(0, shown.nodes.size - MOST_SHOWN / 2)) {
    node.remove();
    shown.nodes.delete(id);
  }
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
