import { type ChangeDeps, changeTask } from '../../tasks/change-task.ts';
import type { Action } from '../../tasks/life-cycle.ts';
import { type Command, commandOf } from '../../tasks/robot/commands.ts';
import { openTasksOf } from '../../tasks/robot/list-for-person.ts';
import { PHRASES, type Phrases } from '../../tasks/robot/phrases.ts';
import type { TaskStore } from '../../tasks/store.ts';
import type { Task } from '../../tasks/task.ts';
import type { BusEvent } from '../event.ts';
import { type ReceivedMessage, receivedMessageOf } from '../received-message.ts';

export type AnswerDeps = ChangeDeps & {
  tasks: Pick<TaskStore, 'find' | 'get' | 'put' | 'list'>;
  now: () => number;
  /** The address of a person's own page of a task. */
  pageUrl(taskId: string, userId: string): string;
  /** The DingTalk calls that answering takes, of one app. */
  appNamed(name: string): { reply(to: ReceivedMessage, text: string): Promise<void> };
};

/** Most tasks that one answer lists. */
const LISTED = 20;
const LONGEST_COMMENT = 500;

/** Does what a person asked the robot for, and answers where they wrote; undefined when they asked for nothing. */
export function answerCommand(deps: AnswerDeps) {
  return (event: BusEvent) => {
    const message = receivedMessageOf(event);
    const command = message && commandOf(message.text.content);
    if (!message || !command) return undefined;
    return {
      async run() {
        const app = deps.appNamed(event.app);
        const text = await answerTo(deps, message, command);
        const page = await ownPage(deps, message, command);
        if (page === undefined) return app.reply(message, text);
        // By the app's robot to the person: the session in a message is not proved to be theirs (callbacks.md §5.2).
        await app.reply({ ...message, sessionWebhook: undefined }, `${text}\n${page}`);
      },
    };
  };
}

async function answerTo(deps: AnswerDeps, message: ReceivedMessage, command: Command): Promise<string> {
  const say = PHRASES[command.language];
  const { name, argument } = command;
  const { senderStaffId: person } = message;
  if (name === 'help') return say.help;
  // Somebody outside the company, or an app that is not published (callbacks.md §5.3).
  if (person === undefined) return say.stranger;
  if (name === 'accept' || name === 'done' || name === 'decline') return act(deps, say, person, name, command);
  if (argument !== '') return status(deps, say, person, argument);
  const { open, more } = await openTasksOf(deps.tasks, person, LISTED);
  if (name === 'status') return say.status(open.length, more);
  return open.length === 0 ? say.noTasks : [say.tasks, ...open.map(say.line), ...(more ? ['…'] : [])].join('\n');
}

async function act(
  deps: AnswerDeps,
  say: Phrases,
  person: string,
  name: 'accept' | 'done' | 'decline',
  { argument: id, comment }: Command,
): Promise<string> {
  if (id === '') return say.which(name);
  const task = await deps.tasks.find(id);
  if (!task || !isConcerned(task, person)) return say.unknown(id);
  const isTheirs = task.assignees.some(({ userId }) => userId === person);
  // Whoever gave the task and is not in it says so for all.
  const action: Action = isTheirs || name !== 'done' ? { type: name, userId: person } : { type: 'complete' };
  const deed = {
    by: person,
    via: 'robot' as const,
    at: deps.now(),
    ...(comment && { comment: comment.slice(0, LONGEST_COMMENT) }),
  };
  const changed = await changeTask(deps, task.id, action, deed);
  if ('missing' in changed) return say.unknown(id);
  if ('refused' in changed) return changed.refused === 'not_an_assignee' ? say.notYours(task) : say.over(changed.task);
  return changed.same ? say.already(changed.task, name) : say.acted(changed.task, name);
}

async function status(deps: AnswerDeps, say: Phrases, person: string, id: string): Promise<string> {
  const task = await deps.tasks.find(id);
  return task && isConcerned(task, person) ? say.taskStatus(task) : say.unknown(id);
}

/** The page of the task that one of its people asks about where nobody else reads the answer. */
async function ownPage(deps: AnswerDeps, message: ReceivedMessage, { name, argument }: Command) {
  const { conversationType, senderStaffId: person } = message;
  if (conversationType !== '1' || person === undefined || name !== 'status' || argument === '') return undefined;
  const task = await deps.tasks.find(argument);
  return task?.assignees.some(({ userId }) => userId === person) ? deps.pageUrl(task.id, person) : undefined;
}

/** A task is nobody else's business: for them it does not exist. */
function isConcerned({ assignees, participants, creator }: Task, person: string): boolean {
  return [...assignees, ...participants, ...(creator ? [creator] : [])].some(({ userId }) => userId === person);
}
