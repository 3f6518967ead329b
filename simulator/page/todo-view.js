import { element } from './dom.js';
import { link } from './looks/address.js';
import { locale, t } from './words.js';
import { control, world } from './world.js';

/** A to-do as `userId` sees it in DingTalk's list. */
export function todoView(todo, userId) {
  const byUnion = new Map([...world.people.values()].map((person) => [person.unionId, person]));
  const name = (id) => byUnion.get(id)?.name ?? id;
  const me = world.people.get(userId)?.unionId;
  const overdue = !todo.done && todo.dueTime && todo.dueTime < Date.now() + world.clockOffsetMs;
  const undone = overdue ? 'overdue' : 'open';
  const state = todo.done ? 'done' : undone;
  const node = element('article', [], `todo ${state}`);
  node.dataset.id = todo.id;
  const head = element('header', []);
  if (world.settings.todo?.tickable && todo.executorIds.includes(me)) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = todo.doneBy.includes(me);
    box.setAttribute('aria-label', t('tick', todo.subject));
    box.addEventListener('change', () => void control('POST', '/tick', { userId, todo: todo.id, done: box.checked }));
    head.append(box);
  }
  head.append(element('strong', todo.subject), element('span', t(state === 'open' ? 'todoOpen' : state), 'tag'));
  node.append(head);
  if (todo.description && world.settings.todo?.descriptionShown) node.append(element('p', todo.description));
  const facts = document.createElement('dl');
  const add = (term, value) => facts.append(element('div', [element('dt', t(term)), element('dd', value)]));
  const ticked = (id) => `${todo.doneBy.includes(id) ? '✓ ' : ''}${name(id)}`;
  add('for', todo.executorIds.map(ticked).join('、') || '–');
  add('from', name(todo.creatorId));
  if (todo.dueTime)
    add('due', new Date(todo.dueTime).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }));
  node.append(facts);
  const address = todo.detailUrl.pcUrl ?? todo.detailUrl.appUrl;
  if (address) node.append(element('p', link(address, t('open')), 'buttons'));
  return node;
}
