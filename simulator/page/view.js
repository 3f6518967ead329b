import { element } from './dom.js';
import { link, markdown, picture, plain } from './markdown.js';
import { locale, t } from './words.js';
import { control, world } from './world.js';

/** One message as an article, as `userId` sees it; `members` are those who may read it. */
export function messageView(message, { userId, members }) {
  const { via, sender, at, recalled, mentions } = message;
  const person = via === 'person' || via === 'drive' ? world.people.get(sender) : undefined;
  const names = new Map(mentions.flatMap((id) => handles(world.people.get(id), id)));
  const mine = person?.userId === userId;
  const node = element('article', [], `message ${mine ? 'mine' : 'theirs'}${recalled ? ' recalled' : ''}`);
  node.dataset.id = message.id;
  const face = element('span', person ? person.name.slice(-1) : '', person ? 'face' : 'face robot');
  face.setAttribute('aria-hidden', 'true');
  const head = element('header', [element('strong', person?.name ?? sender)]);
  if (via !== 'person') head.append(element('span', t(via), 'tag'));
  head.append(clock(at));
  if (message.call) head.append(callLink(message.call));
  const bubble = element('div', body(message, names, userId), 'bubble');
  node.append(face, element('div', [head, bubble, footer(message, members)], 'said'));
  return node;
}

/** To the call that brought a message about. */
function callLink(id) {
  const node = element('a', 'API', 'tag');
  const query = new URLSearchParams(location.hash.slice(1));
  query.delete('message');
  query.set('call', id);
  node.href = `#${query}`;
  node.setAttribute('aria-label', t('toCall', id));
  return node;
}

/** The marks under a message: recalled, notified, read. */
export function footer({ mentions, recalled, readBy, sender, lostOnPhones }, members) {
  const name = (id) => world.people.get(id)?.name ?? id;
  const out = [];
  if (recalled) out.push(element('span', t('recalled'), 'mark'));
  if (mentions.length > 0) out.push(element('span', t('notified', mentions.map(name).join('、'))));
  for (const reason of lostOnPhones ?? []) out.push(element('span', t('onPhones', t(reason)), 'mark'));
  const others = members.filter((member) => member !== sender);
  const readers = others.filter((member) => readBy.includes(member));
  const words =
    others.length > 1 ? t('read', readers.length, others.length) : t(readers.length > 0 ? 'readOne' : 'unread');
  if (others.length > 0) {
    const mark = element('span', words, 'read');
    mark.title = readers.map(name).join('、');
    out.push(mark);
  }
  return element('footer', out);
}

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

export function fileCard(file) {
  const node = element(
    'a',
    [
      element('span', (file.fileType || 'file').slice(0, 4).toUpperCase(), 'kind'),
      element('span', [element('b', file.fileName), element('small', bytes(file.size))]),
    ],
    'file',
  );
  node.href = file.url;
  node.download = file.fileName;
  return node;
}

/** First steps for a newcomer, as commands to copy. */
export function emptyView(lead, commands) {
  const node = element('div', element('p', lead), 'empty');
  for (const { words, command } of commands) {
    const pre = element('pre', element('code', command));
    pre.tabIndex = 0;
    node.append(element('p', words), pre);
  }
  return node;
}

export function clock(at) {
  const node = element('time', new Date(at).toLocaleTimeString([], { hour12: false }));
  node.dateTime = at;
  return node;
}

function body(message, names, userId) {
  const { msgtype, content, title } = message;
  if (msgtype === 'card') return cardView(message, userId);
  const titled = ['actionCard', 'link', 'oa'].includes(msgtype);
  const out = [...(titled ? [element('p', title ?? '', 'card-title')] : []), ...said(message, names)];
  const buttons = buttonsOf(msgtype, content);
  if (buttons.length > 0)
    out.push(
      element(
        'p',
        buttons.map(([label, address]) => link(address, label)),
        'buttons',
      ),
    );
  return out;
}

/** What a message says, without its title and buttons. */
function said({ msgtype, content, text, file, appended }, names) {
  const words = text ? [plain([text, ...(appended ?? [])].join(' '), names)] : [];
  switch (msgtype) {
    case 'markdown':
    case 'actionCard':
      return [markdown(text, names)];
    case 'feedCard':
      return content.links.map((entry) => feedView(entry));
    case 'richText':
      return content.richText.map((part) => (part.url ? picture(part.url, part.fileName) : plain(part.text, names)));
    case 'link':
      return words;
    default:
      if (file) return [fileView(file, msgtype), ...(msgtype === 'audio' ? words : [])];
      return msgtype === 'image' ? [picture(content.photoURL ?? '', t('image'))] : words;
  }
}

/** Title, texts and buttons of a card: as its template draws them, else its values as they are. */
function partsOf({ content, card }) {
  if (card) {
    const flow = card.flow && card.flow !== 'finished' ? [element('span', t(card.flow), 'mark')] : [];
    const title = card.title ? [element('p', card.title, 'card-title')] : [];
    return {
      known: true,
      buttons: card.buttons,
      nodes: [...title, ...card.markdown.map((each) => markdown(each)), ...flow],
    };
  }
  const buttons = [];
  const nodes = [];
  for (const [name, value] of Object.entries(content)) {
    const list = value.startsWith('[') ? parse(value) : undefined;
    if (Array.isArray(list) && list.every((entry) => entry?.id && entry?.text)) buttons.push(...list);
    else if (name === 'title') nodes.unshift(element('p', value, 'card-title'));
    else nodes.push(markdown(value));
  }
  return { known: buttons.length > 0, buttons, nodes };
}

/**
 * An interactive card. Of a template that is not known here a value that is a JSON list of `{text, id}` makes buttons;
 * else the action's name is asked for.
 */
function cardView(message, userId) {
  const { outTrackId } = message;
  const { known, buttons, nodes } = partsOf(message);
  const answer = element('p', '', 'tapped');
  answer.setAttribute('role', 'status');
  const tap = async (actionId, params = {}) => {
    const { delivered, attempt, error, why } = await control('POST', '/click', {
      outTrackId,
      userId,
      actionId,
      params,
    });
    answer.textContent = delivered ? t('tapped', actionId) : t('notTaken', error ?? why ?? attempt?.reason ?? '');
  };
  const row = element(
    'p',
    buttons.map(({ text, id, params, url, disabled }) => {
      if (url) return link(url, text);
      const button = element('button', text);
      button.type = 'button';
      button.disabled = disabled === true;
      button.addEventListener('click', () => void tap(id, params));
      return button;
    }),
    'buttons',
  );
  if (known) return buttons.length > 0 ? [...nodes, row, answer] : nodes;
  const field = document.createElement('input');
  field.value = 'done';
  field.setAttribute('aria-label', t('actionName'));
  const button = element('button', t('tap'));
  button.type = 'button';
  button.addEventListener('click', () => void tap(field.value));
  row.append(field, button);
  return [...nodes, row, answer];
}

function fileView(file, msgtype) {
  if (msgtype === 'image') return picture(file.url, file.fileName);
  if (msgtype === 'video' || msgtype === 'audio' || msgtype === 'voice') {
    const player = document.createElement(msgtype === 'video' ? 'video' : 'audio');
    player.src = file.url;
    player.controls = true;
    player.preload = 'none';
    player.setAttribute('aria-label', file.fileName);
    return player;
  }
  return fileCard(file);
}

function feedView({ title, messageURL, picURL }) {
  return link(messageURL, [picture(picURL, ''), element('span', title)]);
}

/** The spellings differ by API and even by template (messaging.md §2.2, §3.7, §5.2). */
function buttonsOf(msgtype, content) {
  if (msgtype === 'link') return [[t('open'), content.messageUrl]];
  if (msgtype === 'oa') return [[t('open'), content.message_url]];
  if (msgtype !== 'actionCard') return [];
  const single = [[content.singleTitle ?? content.single_title, content.singleURL ?? content.single_url]];
  const many = (content.btns ?? content.btn_json_list ?? []).map((b) => [b.title, b.actionURL ?? b.action_url]);
  const numbered = [1, 2, 3, 4, 5].map((n) => [
    content[`actionTitle${n}`] ?? content[`buttonTitle${n}`],
    content[`actionURL${n}`] ?? content[`buttonUrl${n}`],
  ]);
  return [...single, ...many, ...numbered].filter(([label, address]) => label && address);
}

function handles(person, id) {
  const name = person?.name ?? id;
  return [[id, name], ...(person ? [[person.mobile, name]] : [])];
}

function bytes(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)} KB`;
  return size < 1024 ** 3 ? `${(size / 1024 ** 2).toFixed(1)} MB` : `${(size / 1024 ** 3).toFixed(2)} GB`;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
