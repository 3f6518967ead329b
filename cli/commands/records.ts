import type * as v from 'valibot';
import { ConversationList } from '../../contract/answers/conversations.ts';
import { MessageList, MessageView } from '../../contract/answers/messages.ts';
import { ShareList, ShareView } from '../../contract/answers/shares.ts';
import { TaskList, TaskView } from '../../contract/answers/tasks.ts';
import type { Command, Option } from '../command.ts';
import { EXIT } from '../exit.ts';
import { linesOf } from '../outcome.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import type { Style } from '../terminal.ts';

// What the API keeps, a list and a single one of each: what a command that did not wait leaves to be asked for.

type Kind<L extends v.GenericSchema, S extends v.GenericSchema> = {
  /** As in the command, and in the path if that is not another. */
  name: string;
  path?: string;
  of: string;
  filters: Record<string, Option>;
  list: L;
  rows(found: v.InferOutput<L>, style: Style): string[];
  one?: {
    /** What tells one from the others. */ by?: string;
    schema: S;
    lines(found: v.InferOutput<S>, style: Style): string[];
  };
};

export function commandsOf<L extends v.GenericSchema, S extends v.GenericSchema>(kind: Kind<L, S>): Command[] {
  const { name, path = name, of, filters, one } = kind;
  const list: Command = {
    name: `${name} list`,
    summary: `${of}, a page of them`,
    options: filters,
    examples: [`dingdock ${name} list`, `dingdock ${name} list --json`],
    async run(io, given) {
      const query = new URLSearchParams();
      for (const filter of Object.keys(filters)) {
        const value = given.text(filter);
        // the API writes members in one word, options with hyphens
        const member = filter.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
        if (value !== undefined) query.set(member, value);
      }
      const found = await apiOf(io, given, targetOf(io, given)).call(kind.list, `GET /${path}?${query}`);
      const rows = kind.rows(found, io.style);
      io.answer(found, ...(rows.length === 0 ? ['none'] : rows), ...nextPage(found));
      return EXIT.done;
    },
  };
  if (!one) return [list];
  const { by = 'id' } = one;
  const show: Command = {
    name: `${name} show`,
    takes: `<${by}>`,
    summary: `one of ${of}`,
    examples: [`dingdock ${name} show <${by}>`],
    async run(io, given) {
      const api = apiOf(io, given, targetOf(io, given));
      const found = await api.call(one.schema, `GET /${path}/${encodeURIComponent(given.word)}`);
      io.answer(found, ...one.lines(found, io.style));
      return EXIT.done;
    },
  };
  return [list, show];
}

function nextPage(found: unknown): string[] {
  const { cursor } = Object(found);
  return typeof cursor === 'string' ? [`more: --cursor ${cursor}`] : [];
}

const cursor: Option = { type: 'string', value: '<cursor>', help: 'the next page, as the page before told it' };
const status: Option = { type: 'string', value: '<status>', help: 'only those in this state' };

const messages = commandsOf({
  name: 'messages',
  of: 'messages',
  filters: { to: { type: 'string', value: '<name>', help: 'only those to this destination' }, status, cursor },
  list: MessageList,
  rows: (found, style) => found.messages.flatMap((message) => linesOf(message, style)),
  one: { schema: MessageView, lines: linesOf },
});

const taskLine = ({ id, number, status: state, title, due, assignees }: TaskView) =>
  [
    `#${number}`,
    id,
    state,
    title,
    due === undefined ? '' : `due ${due}`,
    assignees.map((each) => `${each.userId} ${each.state}`).join(', '),
  ]
    .filter(Boolean)
    .join(' · ');
const tasks = commandsOf({
  name: 'tasks',
  of: 'tasks',
  filters: {
    assignee: { type: 'string', value: '<userId>', help: 'only those of this person' },
    status,
    'due-before': { type: 'string', value: '<time>', help: 'only those due before' },
    cursor,
  },
  list: TaskList,
  rows: (found) => found.tasks.map(taskLine),
  one: {
    schema: TaskView,
    lines: (task, style) => [
      taskLine(task),
      ...task.history.map(({ at, by, action, assignee, comment }) =>
        style.dim(`  ${[at, by, action, assignee, comment].filter(Boolean).join(' · ')}`),
      ),
    ],
  },
});

const shareLines = ({ id, status: state, fileName, key, code, reason, targets }: ShareView) => [
  [id, state, fileName ?? key, code, reason].filter(Boolean).join(' · '),
  ...targets.map(
    ({ destination, status, way, ...target }) =>
      `  ${[destination, status, way, target.code, target.reason, target.remedy].filter(Boolean).join(' · ')}`,
  ),
];
const shares = commandsOf({
  name: 'shares',
  of: 'shared files',
  filters: { day: { type: 'string', value: '<date>', help: 'a day (UTC); today without it' }, cursor },
  list: ShareList,
  rows: (found) => found.shares.flatMap(shareLines),
  one: { schema: ShareView, lines: shareLines },
});

const conversations = commandsOf({
  name: 'conversations',
  of: 'groups that events spoke of, with the id that a destination takes',
  filters: {
    title: { type: 'string', value: '<text>', help: 'only those whose title begins so' },
    app: { type: 'string', value: '<name>', help: "one of the stage's DingTalk apps" },
  },
  list: ConversationList,
  rows: (found) => found.items.map(({ openConversationId, title }) => `${openConversationId}  ${title ?? ''}`),
});

export const records = [...messages, ...tasks, ...shares, ...conversations];
