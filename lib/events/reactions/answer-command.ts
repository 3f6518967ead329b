import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import { when } from '../../base/people/local-time.ts';
import { shortened } from '../../messages/text/tokens.ts';
import { saysCode } from '../../records/codes.ts';
import { type ChangeDeps, changeAndTell } from '../../tasks/change-task.ts';
import type { Action } from '../../tasks/life-cycle.ts';
import { isConcerned, taskName } from '../../tasks/names.ts';
import { type Command, commandOf } from '../../tasks/robot/commands.ts';
import { openTasksOf } from '../../tasks/robot/list-for-person.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Task } from '../../tasks/task.ts';
import { WORDS } from '../../tasks/words/words.ts';
import type { Words } from '../../tasks/words/zh.ts';
import type { BusEvent } from '../event.ts';
import { type Corporations, ownRecord } from '../own-records.ts';
import { type ReceivedMessage, receivedMessageOf } from '../received-message.ts';

export type AnswerDeps = ChangeDeps &
  Corporations & {
    deeds: DeedPace;
    tasks: Pick<TaskStore, 'find' | 'get' | 'put' | 'list'>;
    now: () => number;
    /** The address of a person's own page of a task. */
    pageUrl(task: Pick<Task, 'id' | 'app'>, userId: string): string;
    /** The DingTalk calls of one app that answers need. */
    appNamed(name: string): { reply(to: ReceivedMessage, text: string): Promise<void> };
  };

/** Most tasks that one answer lists. */
const LISTED = 20;
const LONGEST_COMMENT = 500;
const DAY_MS = 24 * 3_600_000;

/** Runs a command to the robot and answers in its conversation; undefined when the message is not a command. */
export function answerCommand(all: AnswerDeps) {
  return (event: BusEvent) => {
    const deps = { ...all, tasks: ownTasks(all, event.app) };
    const message = receivedMessageOf(event);
    // the code of an approval or an incident is no number of a task
    const command = message && !saysCode(message.text) ? commandOf(message.text) : undefined;
    if (!message || !command) return undefined;
    return {
      usefulMs: DAY_MS,
      async run() {
        const app = deps.appNamed(event.app);
        const { senderStaffId: person } = message;
        const fast = person === undefined ? undefined : await tooFast(deps, person);
        if (fast && person !== undefined && !(await deps.deeds.mayTell(person))) return;
        if (fast) return app.reply(message, WORDS[command.language].robot.tooFast(fast.againInS));
        const text = await answerTo(deps, message, command);
        const page = await ownPage(deps, message, command);
        if (page === undefined) return app.reply(message, text);
        // By the app's robot to the person: the session in a message is not proved to be theirs (callbacks.md §5.2).
        await app.reply({ ...message, sessionWebhook: undefined }, `${text}\n${page}`);
      },
    };
  };
}

/** The tasks of the organisation whose people write to this app's robot. */
function ownTasks({ tasks, corpIdOf }: AnswerDeps, app: string): AnswerDeps['tasks'] {
  const own = (task: Task | undefined) => ownRecord({ corpIdOf }, app, task);
  return {
    ...tasks,
    find: async (id) => own(await tasks.find(id)),
    async list(list, page) {
      const found = await tasks.list(list, page);
      return { ...found, tasks: found.tasks.filter(own) };
    },
  };
}

async function answerTo(deps: AnswerDeps, message: ReceivedMessage, command: Command): Promise<string> {
  const words = WORDS[command.language];
  const say = words.robot;
  const { name, argument } = command;
  const { senderStaffId: person } = message;
  if (name === 'help') return say.help;
  // A person outside the company, or an app that is not published (callbacks.md §5.3).
  if (person === undefined) return say.stranger;
  if (name === 'accept' || name === 'done' || name === 'decline')
    return act(deps, words, { ...command, person, step: name });
  if (argument !== '') return status(deps, words, person, argument);
  const { open, more } = await openTasksOf(deps.tasks, person, LISTED);
  if (name === 'status') return say.open(open.length, more);
  if (open.length === 0) return say.noTasks;
  const lines = open.map(
    (task) => `${taskName(task)}${task.due === undefined ? '' : say.due(when(task.due, task.timeZone))}`,
  );
  return [say.tasks, ...lines, ...(more ? ['…'] : [])].join('\n');
}

const MARKS = { accept: '👌', done: '✅', decline: '✋' };

async function act(
  deps: AnswerDeps,
  words: Words,
  { person, step, argument: id, comment }: Command & { person: string; step: keyof typeof MARKS },
): Promise<string> {
  const say = words.robot;
  if (id === '') return say.which(words.step[step]);
  const found = await deps.tasks.find(id);
  if (!found || !isConcerned(found, person)) return say.unknown(id);
  const isTheirs = found.assignees.some(({ userId }) => userId === person);
  // A creator who is not an assignee finishes the task for all.
  const action: Action = isTheirs || step !== 'done' ? { type: step, userId: person } : { type: 'complete' };
  const deed = {
    by: person,
    via: 'robot' as const,
    at: deps.now(),
    ...(comment && { comment: shortened(comment, LONGEST_COMMENT) }),
  };
  const changed = await changeAndTell(deps, found.id, action, deed);
  if ('missing' in changed) return say.unknown(id);
  const { task } = changed;
  const name = taskName(task);
  if (!('refused' in changed)) {
    if (changed.same) return `${name} ${say.already[step]}`;
    return `${MARKS[step]} ${name} ${say.did[step]}${progress(task, say)}`;
  }
  if (changed.refused === 'not_an_assignee') return `${name} ${say.notYours}`;
  return `${name} ${task.status === 'done' ? say.already.done : say.over(words.status[task.status])}`;
}

async function status(deps: AnswerDeps, words: Words, person: string, id: string): Promise<string> {
  const say = words.robot;
  const task = await deps.tasks.find(id);
  if (!task || !isConcerned(task, person)) return say.unknown(id);
  return say.status(taskName(task), words.status[task.status]) + progress(task, say);
}

/** How many assignees have finished their part. */
function progress({ assignees, status }: Task, say: Words['robot']): string {
  const done = assignees.filter(({ state }) => state === 'done').length;
  return status === 'done' || done === 0 || assignees.length === 1 ? '' : say.progress(done, assignees.length);
}

/** An assignee who asks for the status one-to-one, where no one else reads the answer, gets their page. */
async function ownPage(deps: AnswerDeps, message: ReceivedMessage, { name, argument }: Command) {
  const { conversationType, senderStaffId: person } = message;
  if (conversationType !== '1' || person === undefined || name !== 'status' || argument === '') return undefined;
  const task = await deps.tasks.find(argument);
  return task?.assignees.some(({ userId }) => userId === person) ? deps.pageUrl(task, person) : undefined;
}
