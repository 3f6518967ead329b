import { element } from './markdown.js';
import { callView, emptyView, messageView, pushView, todoView } from './view.js';

const $ = (id) => document.getElementById(id);
const TODOS = 'todos';
let world = { people: [], groups: [], messages: [], todos: [], calls: [], pushes: [], settings: {}, usage: {} };
let people = new Map();
let chosen = decodeURIComponent(location.hash.slice(1));
let seen = new Map();
let pending = false;

await load();
listen();
$('from').value = 'zhangsan';

async function load() {
  world = await (await fetch('/_sim/state')).json();
  people = new Map(world.people.map((person) => [person.userId, person]));
  if (!exists(chosen)) choose(world.groups[0]?.openConversationId ?? TODOS);
  $('from').replaceChildren(...world.people.map((person) => new Option(person.name, person.userId)));
  draw();
}

/** New things arrive one by one; after a break the whole state is read again. */
function listen() {
  const stream = new EventSource('/_sim/stream');
  let lost = false;
  stream.onopen = () => {
    $('live').textContent = 'live';
    $('live').classList.add('on');
    if (lost) void load();
    lost = false;
  };
  stream.onerror = () => {
    lost = true;
    $('live').textContent = 'not connected';
    $('live').classList.remove('on');
  };
  on(stream, 'message', (message) => put(world.messages, message));
  on(stream, 'todo', (todo) => {
    put(world.todos, todo);
    world.todos = world.todos.filter((candidate) => !candidate.deleted);
  });
  on(stream, 'push', (push) => put(world.pushes, push));
  on(stream, 'call', (call) => {
    world.calls = [...world.calls.slice(-149), call];
  });
  on(stream, 'counters', (counters) => Object.assign(world, counters));
  for (const kind of ['reset', 'tenant']) stream.addEventListener(kind, () => void load());
}

function on(stream, kind, take) {
  stream.addEventListener(kind, (event) => {
    take(JSON.parse(event.data));
    // many things may come in one frame; drawing once is enough
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      draw();
    });
  });
}

function put(list, item) {
  const at = list.findIndex((candidate) => candidate.id === item.id);
  if (at === -1) list.push(item);
  else list[at] = item;
}

function exists(id) {
  return id === TODOS || people.has(id) || world.groups.some((group) => group.openConversationId === id);
}

function choose(id) {
  chosen = id;
  history.replaceState(null, '', `#${encodeURIComponent(id)}`);
}

function draw() {
  drawNavigation();
  drawBoard();
  $('calls').replaceChildren(...newest(world.calls).map(callView));
  $('pushes').replaceChildren(...newest(world.pushes).map(pushView));
  $('calls-count').textContent = world.calls.length;
  $('pushes-count').textContent = world.pushes.length;
  if (world.calls.length === 0)
    $('calls').append(element('li', 'No call yet. Each one shows here with its answer.', 'none'));
  if (world.pushes.length === 0)
    $('pushes').append(element('li', 'No push yet. Events, robot messages and card clicks show here.', 'none'));
  $('callback').textContent = world.callbackUrl ?? 'nobody yet';
  const { apiCalls = 0 } = world.usage;
  $('usage').textContent = `${apiCalls} of ${world.settings.monthlyQuota ?? '–'}`;
  $('clock').textContent = world.clockOffsetMs ? `+${Math.round(world.clockOffsetMs / 1000)} s` : 'real time';
}

function drawNavigation() {
  const entry = (id, label, detail) => {
    const count = id === TODOS ? world.todos.filter((todo) => !todo.done).length : messagesOf(id).length;
    const button = element('button', [element('span', label, 'name'), element('span', detail, 'detail')]);
    button.type = 'button';
    if (id === chosen) {
      button.setAttribute('aria-current', 'page');
      seen.set(id, count);
    }
    const fresh = count - (seen.get(id) ?? 0);
    if (fresh > 0) button.append(element('span', String(fresh), 'fresh'));
    button.addEventListener('click', () => {
      choose(id);
      draw();
      $('title').focus({ preventScroll: true });
    });
    return element('li', button);
  };
  const last = (id) => messagesOf(id).at(-1)?.text?.replace(/\s+/g, ' ').slice(0, 40) || 'nothing yet';
  const id = (group) => group.openConversationId;
  keepFocus(() => {
    $('groups').replaceChildren(...world.groups.map((group) => entry(id(group), group.title, last(id(group)))));
    $('people').replaceChildren(
      ...world.people.map((person) => entry(person.userId, person.name, last(person.userId))),
    );
    const open = world.todos.filter((todo) => !todo.done).length;
    $('work').replaceChildren(entry(TODOS, 'To-dos', open === 0 ? 'none open' : `${open} open`));
  });
}

/** Redrawing replaces the buttons; the one that had the keyboard gets it back. */
function keepFocus(change) {
  const before = [...document.querySelectorAll('nav button')].indexOf(document.activeElement);
  change();
  if (before >= 0) document.querySelectorAll('nav button')[before]?.focus();
}

function drawBoard() {
  const board = $('board');
  const atEnd = board.dataset.of !== chosen || board.scrollHeight - board.scrollTop - board.clientHeight < 80;
  const group = world.groups.find((candidate) => candidate.openConversationId === chosen);
  const person = people.get(chosen);
  $('title').textContent = group?.title ?? person?.name ?? 'To-dos';
  $('subtitle').textContent = group
    ? `${group.members.map((member) => people.get(member)?.name ?? member).join('、')} · ${group.openConversationId}`
    : person
      ? `one to one · ${person.userId} · ${person.mobile}`
      : 'what apps have given people to do';
  $('write').hidden = chosen === TODOS;
  $('from').disabled = Boolean(person);
  if (person) $('from').value = person.userId;
  const rows =
    chosen === TODOS
      ? newest(world.todos).map((todo) => todoView(todo, people))
      : messagesOf(chosen).map((message) => messageView(message, people));
  board.replaceChildren(...(rows.length > 0 ? rows : [nothing(group, person)]));
  if (board.dataset.of !== chosen && chosen === TODOS) board.scrollTop = 0;
  else if (atEnd) board.scrollTop = board.scrollHeight;
  board.dataset.of = chosen;
}

function nothing(group, person) {
  const api = world.callbackUrl ?? 'http://127.0.0.1:3000';
  const json = "-H 'Authorization: Bearer local' -H 'Content-Type: application/json'";
  const post = (path, body) => `curl ${api}${path} \\\n  ${json} \\\n  -d '${JSON.stringify(body)}'`;
  if (!group && !person)
    return emptyView('Nobody has anything to do yet.', [
      {
        words: 'Give somebody a task:',
        command: post('/tasks', { title: '看一下新版本', assignees: ['zhangsan'], notify: 'ops' }),
      },
    ]);
  const to =
    group?.openConversationId === 'cidOps=' ? 'ops' : group ? 'project' : chosen === 'lisi' ? 'notice' : 'zhangsan';
  const saying = {
    from: person?.userId ?? 'zhangsan',
    text: '你好',
    ...(group ? { conversation: group.openConversationId } : {}),
  };
  return emptyView('Nothing has been said here yet.', [
    { words: 'Send a message through dingdock:', command: post('/messages', { to, text: '你好，**钉钉**' }) },
    {
      words: 'Or let a person write to the robot, below or by:',
      command: `curl ${location.origin}/_sim/say -d '${JSON.stringify(saying)}'`,
    },
  ]);
}

function messagesOf(id) {
  return world.messages.filter((message) => message.conversation === id);
}

function newest(list) {
  return list.slice(-100).reverse();
}

async function post(path, body) {
  const response = await fetch(`/_sim${path}`, { method: 'POST', body: JSON.stringify(body) });
  return response.json();
}

$('write').addEventListener('submit', async (event) => {
  event.preventDefault();
  const text = $('words').value.trim();
  const [attached] = $('attach').files;
  if (!text && !attached) return;
  const group = world.groups.some((candidate) => candidate.openConversationId === chosen)
    ? { conversation: chosen }
    : {};
  const file = attached ? { file: { name: attached.name, base64: await base64(attached) } } : {};
  const picture = attached?.type.startsWith('image/') ? { picture: true } : {};
  $('words').value = '';
  $('attach').value = '';
  $('sent').textContent = 'sending…';
  const answer = await post('/say', { from: $('from').value, text, ...group, ...file, ...picture });
  const reason = answer.error ?? answer.why ?? answer.attempt?.reason;
  $('sent').textContent = answer.delivered
    ? `The robot's owner answered in ${answer.attempt.ms} ms.`
    : `Shown here, but the robot's owner did not take it: ${reason}.`;
});

$('attach').addEventListener('change', () => {
  const [file] = $('attach').files;
  $('sent').textContent = file ? `${file.name} goes with the next message.` : '';
});

$('advance').addEventListener('click', async () => {
  await post('/clock', { advanceMs: 60_000 });
});

$('reset').addEventListener('click', async () => {
  if (!confirm('Forget all messages, files, to-dos and settings of the simulator?')) return;
  seen = new Map();
  await post('/reset', {});
});

addEventListener('hashchange', () => {
  const id = decodeURIComponent(location.hash.slice(1));
  if (exists(id)) chosen = id;
  draw();
});

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
