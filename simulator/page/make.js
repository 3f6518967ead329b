import { copyButton } from './copy.js';
import { byId, clicked, element, part } from './dom.js';
import { base64 } from './file.js';
import { t } from './words.js';
import { control, world } from './world.js';

/** The drawer in which events, people, groups, robots and files are made. */
const drawer = byId('make', HTMLDialogElement);
const form = byId('make-form', HTMLFormElement);
const said = part('make-said');
let chosen = 'makeEvent';

/** Kinds of events, with what each may say (callbacks.md §4). */
const EVENTS = {
  user_add_org: { UserId: ['lisi'] },
  user_modify_org: { UserId: ['lisi'] },
  user_leave_org: { UserId: ['lisi'] },
  org_dept_create: { DeptId: [1] },
  chat_add_member: { ChatId: 'chatOps', OpenConversationId: 'cidOps=', UserId: ['lisi'] },
  chat_quit: { ChatId: 'chatOps', OpenConversationId: 'cidOps=', UserId: ['lisi'] },
  bpms_task_change: { processInstanceId: 'proc-1', taskId: 1, type: 'start', staffId: 'lisi' },
  bpms_instance_change: { processInstanceId: 'proc-1', type: 'finish', result: 'agree', staffId: 'lisi' },
  check_in: { StaffId: 'lisi' },
};

/** By kind: its fields with first values, and how they are made into a call of the control API. */
const KINDS = {
  makeEvent: {
    fields: () => ({ EventType: Object.keys(EVENTS), fields: JSON.stringify(EVENTS.user_add_org) }),
    post: ({ EventType, fields }) => control('POST', '/events', { EventType, ...objectOf(fields) }),
  },
  makePerson: {
    fields: () => ({ userId: 'zhaoliu', name: '赵六', mobile: '13800000009' }),
    post: (values) => control('POST', '/people', values),
  },
  makeGroup: {
    fields: () => ({
      openConversationId: 'cidNew=',
      groupTitle: '新群 New',
      members: [...world.people.keys()].join(', '),
    }),
    post: ({ openConversationId, groupTitle, members }) =>
      control('POST', '/groups', { openConversationId, title: groupTitle, members: listOf(members) }),
  },
  makeRobot: {
    fields: () => ({
      accessToken: 'newrobot',
      name: '新机器人',
      conversation_: world.groups.map(({ openConversationId }) => openConversationId),
      secret: '',
      keywords: '',
    }),
    post: ({ accessToken, name, conversation_: conversation, secret, keywords }) =>
      control('POST', '/robots', {
        accessToken,
        name,
        conversation,
        keywords: listOf(keywords),
        ...(secret ? { secret } : {}),
      }),
  },
  makeFile: {
    fields: () => ({ mediaType: ['file', 'image', 'voice', 'video'], chosenFile: null }),
    post: async ({ mediaType }) => {
      const file = form.querySelector('input')?.files?.[0];
      if (!file) throw new Error(t('pickFile'));
      return control('POST', '/files', { name: file.name, type: mediaType, base64: await base64(file) });
    },
  },
};

part('make-open').addEventListener('click', () => {
  fillMake();
  drawer.showModal();
});
part('make-close').addEventListener('click', () => drawer.close());
part('make-kinds').addEventListener('click', (event) => {
  chosen = clicked(event)?.value ?? chosen;
  fillMake();
});
form.addEventListener('change', ({ target }) => {
  if (!(target instanceof HTMLSelectElement) || target.name !== 'EventType') return;
  const fields = form.querySelector('textarea');
  if (fields) fields.value = JSON.stringify(EVENTS[target.value]);
});
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  said.replaceChildren();
  try {
    tell(await KINDS[chosen].post(Object.fromEntries(new FormData(form))));
  } catch (error) {
    said.textContent = error instanceof Error ? error.message : String(error);
  }
});

/** Draws the form of the chosen kind. */
function fillMake() {
  const kinds = Object.keys(KINDS).map((kind) => {
    const button = element('button', t(kind));
    button.type = 'button';
    button.value = kind;
    button.setAttribute('aria-pressed', String(kind === chosen));
    return button;
  });
  part('make-kinds').replaceChildren(...kinds);
  const submit = element('button', t('makeIt'), 'send');
  submit.type = 'submit';
  const fields = Object.entries(KINDS[chosen].fields()).map(([name, value]) => fieldOf(name, value));
  form.replaceChildren(...fields, submit);
  said.replaceChildren();
}

/** A list makes a choice, null a file, JSON a larger field. */
function fieldOf(name, value) {
  const field = document.createElement(tagOf(value));
  field.name = name;
  if (field instanceof HTMLSelectElement) field.append(...value.map((each) => new Option(each)));
  else if (field instanceof HTMLInputElement && value === null) field.type = 'file';
  else field.value = value;
  return element('label', [element('span', t(name)), field]);
}

function tagOf(value) {
  if (Array.isArray(value)) return 'select';
  return value?.startsWith('{') ? 'textarea' : 'input';
}

/** What became of it; an id of a file is there to be used in a call. */
function tell(answer) {
  const { error, expected, mediaId, delivered, attempt, why } = answer;
  if (error) said.textContent = expected ? `${error} (${expected})` : error;
  else if (mediaId)
    said.replaceChildren(
      t('made', mediaId),
      ' ',
      copyButton('copy', () => mediaId),
    );
  else if ('pushId' in answer || 'pushed' in answer)
    said.textContent = delivered ? t('pushedTo', attempt.ms) : t('notTaken', why ?? attempt?.reason ?? '');
  else said.textContent = t('made', answer.userId ?? answer.openConversationId ?? answer.accessToken);
}

function objectOf(text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below, as of other values that are no object
  }
  throw new Error(t('notJson'));
}

function listOf(text) {
  return text
    .split(/[,，]/)
    .map((each) => each.trim())
    .filter(Boolean);
}
