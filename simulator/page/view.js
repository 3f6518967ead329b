import { element, link, markdown, picture, plain } from './markdown.js';

/** One message as an article; `people` is a map from userId to person. */
export function messageView(message, people) {
  const { via, sender, at, recalled, mentions } = message;
  const person = people.get(sender);
  const names = new Map(mentions.flatMap((id) => handles(people.get(id), id)));
  const node = element('article', [], `message ${via === 'person' ? 'mine' : 'theirs'}${recalled ? ' recalled' : ''}`);
  const face = element('span', person ? person.name.slice(-1) : '', person ? 'face' : 'face robot');
  face.setAttribute('aria-hidden', 'true');
  const head = element('header', [element('strong', person?.name ?? sender), tag(vias[via] ?? via), clock(at)]);
  const bubble = element('div', body(message, names), 'bubble');
  const foot = element('footer', notes(message, people));
  node.append(face, element('div', [head, bubble, foot], 'said'));
  return node;
}

export function todoView(todo, people) {
  const byUnion = new Map([...people.values()].map((person) => [person.unionId, person]));
  const name = (id) => byUnion.get(id)?.name ?? id;
  const overdue = !todo.done && todo.dueTime && todo.dueTime < Date.now();
  const state = todo.done ? 'done' : overdue ? 'overdue' : 'open';
  const node = element('article', [], `todo ${state}`);
  node.append(element('header', [element('strong', todo.subject), tag(state)]));
  if (todo.description) node.append(element('p', todo.description));
  const facts = document.createElement('dl');
  const add = (term, value) => facts.append(element('div', [element('dt', term), element('dd', value)]));
  const ticked = (id) => `${todo.doneBy.includes(id) ? '✓ ' : ''}${name(id)}`;
  add('For', todo.executorIds.map(ticked).join('、') || 'nobody');
  add('From', name(todo.creatorId));
  if (todo.dueTime) add('Due', new Date(todo.dueTime).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }));
  node.append(facts);
  const address = todo.detailUrl.pcUrl ?? todo.detailUrl.appUrl;
  if (address) node.append(element('p', link(address, 'Open'), 'buttons'));
  return node;
}

export function callView(call) {
  const good = call.code === 'ok';
  const mark = element('span', call.status || '—', `status ${good ? 'good' : 'bad'}`);
  const words = [call.code === 'ok' ? '' : call.code, call.fault ? `fault: ${call.fault}` : ''].filter(Boolean);
  const path = element('code', call.path);
  path.title = call.path;
  return element('li', [
    element('span', [mark, element('b', call.method), path], 'line'),
    element('span', [element('span', words.join(' · ')), element('span', `${call.ms} ms`), clock(call.at)], 'small'),
  ]);
}

export function pushView(push) {
  const last = push.attempts.at(-1);
  const good = push.state === 'delivered';
  const what = push.event.EventType ?? push.event.msgtype ?? push.event.type;
  const mark = element(
    'span',
    last?.status || '—',
    `status ${good ? 'good' : push.state === 'pending' ? 'wait' : 'bad'}`,
  );
  const words = [
    push.state,
    last?.valid ? '' : last?.reason,
    push.attempts.length > 1 ? `${push.attempts.length} tries` : '',
  ];
  return element('li', [
    element('span', [mark, element('b', push.door), element('code', what)], 'line'),
    element(
      'span',
      [element('span', words.filter(Boolean).join(' · ')), element('span', `${last?.ms ?? 0} ms`), clock(push.at)],
      'small',
    ),
  ]);
}

/** What a newcomer can do now, as commands that work. */
export function emptyView(lead, commands) {
  const node = element('div', element('p', lead), 'empty');
  for (const { words, command } of commands) {
    node.append(element('p', words), element('pre', element('code', command)));
  }
  return node;
}

function body(message, names) {
  const { msgtype, content, text, title, file } = message;
  const out = [];
  if (msgtype === 'actionCard' || msgtype === 'link' || msgtype === 'oa')
    out.push(element('p', title ?? '', 'card-title'));
  if (msgtype === 'markdown' || msgtype === 'actionCard') out.push(markdown(text, names));
  else if (msgtype === 'feedCard') out.push(...content.links.map((entry) => feedView(entry)));
  else if (file) out.push(fileView(file, msgtype));
  else if (msgtype === 'image') out.push(picture(content.photoURL ?? '', 'picture'));
  else if (text) out.push(plain(text, names));
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

function fileView(file, msgtype) {
  const address = `/_sim/files/${encodeURIComponent(file.mediaId)}`;
  if (msgtype === 'image') return picture(file.mediaId, file.fileName);
  if (msgtype === 'video' || msgtype === 'audio' || msgtype === 'voice') {
    const player = document.createElement(msgtype === 'video' ? 'video' : 'audio');
    player.src = address;
    player.controls = true;
    player.preload = 'none';
    return player;
  }
  const node = element(
    'a',
    [
      element('span', (file.fileType || 'file').slice(0, 4).toUpperCase(), 'kind'),
      element('span', [element('b', file.fileName), element('small', bytes(file.size))]),
    ],
    'file',
  );
  node.href = address;
  node.download = file.fileName;
  return node;
}

function feedView({ title, messageURL, picURL }) {
  return link(messageURL, [picture(picURL, ''), element('span', title)]);
}

/** The spellings differ by door and even by template (messaging.md §2.2, §3.7, §5.2). */
function buttonsOf(msgtype, content) {
  if (msgtype === 'link') return [['Open', content.messageUrl]];
  if (msgtype === 'oa') return [['Open', content.message_url]];
  if (msgtype !== 'actionCard') return [];
  const single = [[content.singleTitle ?? content.single_title, content.singleURL ?? content.single_url]];
  const many = (content.btns ?? content.btn_json_list ?? []).map((b) => [b.title, b.actionURL ?? b.action_url]);
  const numbered = [1, 2, 3, 4, 5].map((n) => [
    content[`actionTitle${n}`] ?? content[`buttonTitle${n}`],
    content[`actionURL${n}`] ?? content[`buttonUrl${n}`],
  ]);
  return [...single, ...many, ...numbered].filter(([label, address]) => label && address);
}

function notes({ mentions, recalled, readBy }, people) {
  const name = (id) => people.get(id)?.name ?? id;
  const out = [];
  if (recalled) out.push(element('span', 'recalled'));
  if (mentions.length > 0) out.push(element('span', `notified ${mentions.map(name).join('、')}`));
  if (readBy.length > 0) out.push(element('span', `read by ${readBy.map(name).join('、')}`));
  return out;
}

function handles(person, id) {
  const name = person?.name ?? id;
  return [[id, name], ...(person ? [[person.mobile, name]] : [])];
}

function tag(text) {
  return element('span', text, 'tag');
}

function clock(at) {
  const node = element('time', new Date(at).toLocaleTimeString([], { hour12: false }));
  node.dateTime = at;
  return node;
}

function bytes(size) {
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(1)} KB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
}

const vias = {
  'custom-robot': 'custom robot',
  'app-robot': 'app robot',
  'work-notification': 'work notification',
  conversation: 'conversation',
  'session-webhook': 'session webhook',
};
