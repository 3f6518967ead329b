import { client } from './client.js';
import { element, focusedIn } from './dom.js';
import { listLine } from './looks/looks.js';
import { seenBy } from './seen.js';
import { t } from './words.js';
import { talk, world } from './world.js';

/** @typedef {import('./world.js').Place} Place */

/**
 * The places that a person sees: their groups, their own chat with the robot, notifications, to-dos, files.
 * @param {string} userId
 * @returns {Place[]}
 */
export function placesOf(userId) {
  /** @type {Place[]} */
  const groups = world.groups
    .filter((group) => group.members.includes(userId))
    .map((group) => ({ id: group.openConversationId, kind: 'group', title: group.title, group }));
  return [
    ...groups,
    { id: 'robot', kind: 'robot', title: world.app ?? t('robot') },
    { id: 'work', kind: 'work', title: t('work') },
    { id: 'todos', kind: 'todos', title: t('todos') },
    { id: 'files', kind: 'files', title: t('files') },
  ];
}

/** The conversation behind a place, if it has one. @param {Place} place @param {string} userId */
export function conversationOf(place, userId) {
  if (place.kind === 'group') return place.id;
  return place.kind === 'robot' || place.kind === 'work' ? userId : undefined;
}

/** @param {Place} place @param {string} userId */
export function messagesIn(place, userId) {
  const id = conversationOf(place, userId);
  if (id === undefined) return [];
  const { messages } = talk(id);
  if (place.kind === 'group') return messages;
  return messages.filter((message) => (message.via === 'work-notification') === (place.kind === 'work'));
}

/** @param {string} userId */
export function todosOf(userId) {
  const unionId = world.people.get(userId)?.unionId ?? '';
  return world.todos.filter((todo) => [todo.creatorId, ...todo.executorIds, ...todo.participantIds].includes(unionId));
}

/** Messages with a file in all that a person sees, newest first. */
export function filesOf(userId) {
  return placesOf(userId)
    .flatMap((place) => messagesIn(place, userId))
    .filter((message) => message.file && !message.recalled)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

export function drawPeople(node, userId, choose) {
  const buttons = [...world.people.values()].map((person) => {
    const button = element('button', [face(person), element('span', person.name)]);
    button.type = 'button';
    button.setAttribute('aria-pressed', String(person.userId === userId));
    button.dataset.user = person.userId;
    button.addEventListener('click', () => choose(person.userId));
    return button;
  });
  keepFocus(node, 'user', () => node.replaceChildren(...buttons));
}

export function drawList(nodes, userId, chosen, choose) {
  const entry = (place) => {
    const list = messagesIn(place, userId);
    const last = list.at(-1);
    const button = element('button', [icon(place), element('span', place.title, 'name'), time(last?.at)]);
    button.append(element('span', detail(place, userId, last), 'detail'));
    const fresh = unread(place, userId, list);
    if (fresh > 0) button.append(element('span', fresh > 99 ? '99+' : String(fresh), 'fresh'));
    button.type = 'button';
    button.dataset.place = place.id;
    if (place.id === chosen) button.setAttribute('aria-current', 'page');
    button.addEventListener('click', () => choose(place.id));
    return element('li', button);
  };
  const places = placesOf(userId);
  keepFocus(nodes.groups.parentElement, 'place', () => {
    nodes.groups.replaceChildren(...places.filter((place) => place.kind === 'group').map(entry));
    nodes.mine.replaceChildren(...places.filter((place) => place.kind !== 'group').map(entry));
  });
}

function unread(place, userId, list) {
  if (place.kind === 'todos') return openTodos(userId).length;
  return list.filter((message) => message.sender !== userId && !message.recalled && !message.readBy.includes(userId))
    .length;
}

function openTodos(userId) {
  const unionId = world.people.get(userId)?.unionId ?? '';
  return todosOf(userId).filter(
    (todo) => !todo.done && todo.executorIds.includes(unionId) && !todo.doneBy.includes(unionId),
  );
}

function detail(place, userId, last) {
  if (place.kind === 'todos') return [t('openCount', openTodos(userId).length)];
  if (place.kind === 'files') return [t('fileCount', filesOf(userId).length)];
  if (!last) return [t('none')];
  const { flag, text } = listLine(last, seenBy(last, userId, client()));
  // who has read it is no longer called
  const unseen = flag && !last.readBy.includes(userId) ? [element('span', flag, 'flag'), ' '] : [];
  return [...unseen, text.slice(0, 40)];
}

function time(at) {
  const node = element(
    'time',
    at ? new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false }) : '',
  );
  if (at) node.dateTime = at;
  return node;
}

export function face(person) {
  const node = element('span', person.name.slice(-1), 'face');
  node.setAttribute('aria-hidden', 'true');
  return node;
}

function icon(place) {
  const node = element('span', place.kind === 'group' ? place.title.slice(0, 1) : '', `face ${place.kind}`);
  node.setAttribute('aria-hidden', 'true');
  return node;
}

/** Redrawing replaces the buttons; the focus returns to the one that had it. */
function keepFocus(node, key, change) {
  const focused = focusedIn(node)?.dataset[key];
  change();
  if (focused !== undefined) node.querySelector(`[data-${key}="${CSS.escape(focused)}"]`)?.focus();
}
