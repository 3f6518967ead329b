import { defined } from '../../base/defined.ts';
import type { AcceptDeps } from '../../messages/accept.ts';
import type { Content } from '../../messages/content.ts';
import { nameOfPeople } from '../../messages/destination.ts';
import { MAX_MENTIONS, type Mention } from '../../messages/mention.ts';
import { acceptedOnce } from '../../messages/reused-key.ts';
import { isOpen } from '../life-cycle.ts';
import type { Followed, HistoryEntry, Task } from '../task.ts';
import { announcement, news, type Readers } from '../task-messages.ts';

export type NewsDeps = AcceptDeps & {
  linkOf(task: Pick<Task, 'id' | 'app'>, userId?: string, madeAt?: number): string;
  readers: Readers;
  appName: string;
};

/** Of one task the first deed is told at once; what people do within so long after it goes in one message. */
const TELL_EVERY_MS = 60_000;
const DEEDS: readonly HistoryEntry['via'][] = ['page', 'card', 'robot', 'todo'];

/** When the deeds that wait are told (epoch ms). */
export function tellAt({ toldAt = 0, tellFrom }: Task): number | undefined {
  return tellFrom === undefined ? undefined : toldAt + TELL_EVERY_MS;
}

export function isTellDue(task: Task, now: number): boolean {
  const at = tellAt(task);
  return at !== undefined && at <= now;
}

/**
 * Sends the new lines of the history to the `notify` destinations; without one, only "overdue" is sent, to the assignees who
 * have not finished. Each line has its own idempotency key, so a repeat after a crash sends no second message. What people
 * do is told once a minute at most, with the last state.
 */
export async function followMessages(deps: NewsDeps, task: Task): Promise<Partial<Followed>> {
  if (!task.via.includes('message') || task.status === 'failed') return {};
  const known = new Set(task.cardAt ?? []);
  let { messageId } = task;
  const sent: Sent = [];
  for (const entry of task.history) {
    if (entry.version <= (task.reached.message ?? 0) || isDeed(entry)) continue;
    const isFirst = messageId === undefined && known.size < task.notify.length;
    if (isFirst) {
      const to = task.notify.filter((name) => !known.has(name));
      messageId = await send(deps, task, { key: `${entry.version}`, at: entry.at, to, ...firstMessage(deps, task) });
    } else if (entry.action !== 'assigned' && isSent(task, entry)) {
      sent.push(await tell(deps, task, entry, { key: `${entry.version}`, at: entry.at }));
    }
  }
  const told = await tellDeeds(deps, task, sent);
  return { ...defined({ messageId, newsIds: newest(task, sent) }), ...told };
}

/** What a new task says to its `notify` destinations. */
export function firstMessage({ linkOf, readers }: Pick<NewsDeps, 'linkOf' | 'readers'>, task: Task) {
  const users = task.assignees.map(({ userId }) => userId);
  return { content: announcement(task, urlOf({ linkOf }, task), readers), mention: mentionOf(users) };
}

/** Messages of one run; undefined is one that nobody gets. */
type Sent = (string | undefined)[];

/** Of so many messages of a task the outcomes are looked at, beside the first. */
const MOST_NEWS = 20;

function newest({ newsIds = [] }: Task, sent: Sent): string[] | undefined {
  const ids = sent.filter((id) => id !== undefined);
  return ids.length === 0 ? undefined : [...new Set([...newsIds, ...ids])].slice(-MOST_NEWS);
}

/** Tells the first deed at once; of those that waited for a minute, the last one. */
async function tellDeeds(deps: NewsDeps, task: Task, sent: Sent): Promise<Partial<Followed>> {
  const { toldAt = 0, tellFrom } = task;
  const from = tellFrom ?? (task.reached.message ?? 0) + 1;
  const deeds = task.history.filter((entry) => entry.version >= from && isDeed(entry));
  const [first, next] = deeds.filter((entry) => isSent(task, entry));
  const last = deeds.at(-1);
  if (!first || !last) return tellFrom === undefined ? {} : { tellFrom: undefined };
  const now = deps.now();
  if (now < toldAt + TELL_EVERY_MS) return { tellFrom: first.version };
  if (tellFrom === undefined) sent.push(await tell(deps, task, first, { key: `${first.version}`, at: first.at }));
  else sent.push(await tell(deps, task, last, { key: `since-${tellFrom}-${last.version}`, at: first.at }));
  return { toldAt: now, tellFrom: tellFrom === undefined ? next?.version : undefined };
}

function isDeed({ via }: HistoryEntry): boolean {
  return DEEDS.includes(via);
}

/** Tells of an entry, as the message of the one that is first told with it. */
function tell(deps: NewsDeps, task: Task, entry: HistoryEntry, { key, at }: Pick<Outgoing, 'key' | 'at'>) {
  const content = news(task, entry, urlOf(deps, task), deps.readers);
  const mention = mentionOf(concernedBy(task, entry));
  return send(deps, task, { key, at, to: receiversOf(deps, task, entry), content, mention });
}

/** The same address at every try of the same message. */
function urlOf({ linkOf }: Pick<NewsDeps, 'linkOf'>, task: Task): string {
  return linkOf(task, undefined, Date.parse(task.createdAt));
}

/** `at`: when that happened which it tells of, the same at every try of the same message. */
type Outgoing = { key: string; at: string; to: string[]; content: Content; mention: Mention };

async function send(deps: NewsDeps, task: Task, { key, at, ...said }: Outgoing) {
  if (said.to.length === 0) return undefined;
  const ours = { caller: 'tasks', idempotencyKey: `${task.id}#${key}`, tellsOf: Date.parse(at) };
  return acceptedOnce(deps, { ...ours, ...said });
}

function mentionOf(users: string[]): Mention {
  return { users: users.slice(0, MAX_MENTIONS), fallback: 'none' };
}

function receiversOf({ appName }: NewsDeps, task: Task, { action }: HistoryEntry): string[] {
  if (task.notify.length > 0 || action !== 'overdue') return task.notify;
  return [nameOfPeople(appName, openPeople(task))];
}

function openPeople({ assignees }: Task): string[] {
  return assignees.filter(isOpen).map(({ userId }) => userId);
}

/** Groups get the end of a task and changes of its people; each step only if the task asks for it. */
function isSent(task: Task, { action, status }: HistoryEntry): boolean {
  if (status === 'done' || status === 'declined') return true;
  if (action === 'cancelled' || action === 'overdue' || action === 'reopened' || action === 'people') return true;
  return task.tell === 'every';
}

/** Who is mentioned: all assignees, new assignees, or those who are late. */
function concernedBy(task: Task, { action, changed = [] }: HistoryEntry): string[] {
  const all = task.assignees.map(({ userId }) => userId);
  if (action === 'assigned' || action === 'reopened' || action === 'cancelled') return all;
  if (action === 'people') return all.filter((userId) => changed.includes(`+${userId}`));
  if (action === 'overdue' && task.notify.length > 0) return openPeople(task);
  return [];
}
