import { ServiceError } from '../../lib/errors.ts';
import { type Command, commandOf } from '../../lib/events/commands.ts';
import type { BusEvent } from '../../lib/events/event.ts';
import { type RobotMessage, robotMessageOf } from '../../lib/events/robot-message.ts';
import type { Task, TaskStore } from '../../lib/tasks/task.ts';
import { PHRASES, type Phrases } from './phrases.ts';

/** The DingTalk calls that answering takes, of one app. */
type App = {
  operatorUserId?: string | undefined;
  contacts: { getUser(userId: string): Promise<{ unionId: string }> };
  todos: { finish(todo: { ownerUnionId: string; id: string }): Promise<void> };
  reply(to: RobotMessage, text: string): Promise<void>;
};

export type AnswerDeps = {
  tasks: Pick<TaskStore, 'find' | 'openOf' | 'finish'>;
  appNamed(name: string): App;
};

/** Most tasks that one answer lists. */
const LISTED = 20;

/** Does what a person asked the robot for, and answers where they wrote; undefined when they asked for nothing. */
export function answerCommand(deps: AnswerDeps) {
  return (event: BusEvent) => {
    const message = robotMessageOf(event);
    const command = message && commandOf(message.text.content);
    if (!message || !command) return undefined;
    return {
      async run() {
        const app = deps.appNamed(event.app);
        await app.reply(message, await answerTo(deps, app, message, command));
      },
    };
  };
}

async function answerTo(deps: AnswerDeps, app: App, message: RobotMessage, command: Command): Promise<string> {
  const say = PHRASES[command.language];
  const { senderStaffId: person } = message;
  if (command.name === 'help') return say.help;
  // Somebody outside the company, or an app that is not published (callbacks.md §5.3).
  if (person === undefined) return say.stranger;
  if (command.name === 'done') return done(deps, app, say, person, command.argument);
  if (command.argument !== '') return status(deps, say, person, command.argument);
  const open = await deps.tasks.openOf(person);
  if (command.name === 'status') return say.status(open.length);
  return open.length === 0 ? say.noTasks : [say.tasks, ...open.slice(0, LISTED).map(say.line)].join('\n');
}

/** The to-do first: it may be ticked off twice, and a task that is done has to have it so. */
async function done(deps: AnswerDeps, app: App, say: Phrases, person: string, id: string): Promise<string> {
  if (id === '') return say.which;
  const task = await deps.tasks.find(id);
  if (!task || !isConcerned(task, person)) return say.unknown(id);
  if (task.status === 'done') return say.alreadyDone(task);
  if (task.todoId === undefined) return say.notYet(task);
  const owner = task.creator ?? app.operatorUserId ?? task.assignees[0] ?? person;
  const { unionId } = await app.contacts.getUser(owner);
  await app.todos.finish({ ownerUnionId: unionId, id: task.todoId });
  const now = await deps.tasks.finish(task.id);
  if (now === undefined) throw new ServiceError('tasks.finish', { code: 'task_gone', retryable: false });
  return say.done(task);
}

async function status(deps: AnswerDeps, say: Phrases, person: string, id: string): Promise<string> {
  const task = await deps.tasks.find(id);
  return task && isConcerned(task, person) ? say.taskStatus(task) : say.unknown(id);
}

/** A task is nobody else's business: for them it does not exist. */
function isConcerned(task: Task, person: string): boolean {
  return task.assignees.includes(person) || task.creator === person;
}
