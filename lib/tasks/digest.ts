import { chunks } from '../base/chunks.ts';
import { clockOf, nextAt } from '../base/people/local-time.ts';
import { type AcceptDeps, acceptMessage } from '../messages/accept.ts';
import { nameOfPeople } from '../messages/destination.ts';
import { ignoreReusedKey } from '../messages/reused-key.ts';
import { isClosed } from './life-cycle.ts';
import { type Digest, listOf, type Reader } from './lists.ts';
import { isOpenFor } from './robot/list-for-person.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';
import { digest as digestOf, type Readers } from './task-messages.ts';

export type DigestDeps = AcceptDeps & {
  tasks: TaskStore;
  /** Undefined for an app that was removed. */
  digestOf(app: string): ({ digest?: Digest | undefined } & Readers) | undefined;
  linkOf(task: Pick<Task, 'id' | 'app'>, userId?: string, madeAt?: number): string;
};

/** Lines of one digest. */
const LISTED = 20;
const AT_ONCE = 10;
/** Pages of one run; the next run finds the rest. */
const MOST_PAGES = 20;

/** Sends the digests that are due, once a day, to people and groups with open tasks. Answers how many were sent. */
export async function sendDigests(deps: DigestDeps): Promise<number> {
  let sent = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const due = await deps.tasks.listDue('digest', deps.now());
    for (const some of chunks(due, AT_ONCE)) {
      const outcomes = await Promise.all(some.map((one) => sendOne(deps, one)));
      sent += outcomes.filter(Boolean).length;
    }
    if (due.length === 0) break;
  }
  return sent;
}

async function sendOne(deps: DigestDeps, { id, dueAt }: { id: string; dueAt: number }): Promise<boolean> {
  const [, app = '', kind = '', who = ''] = id.split('#').map(decodeURIComponent);
  const settings = deps.digestOf(app);
  if (!settings?.digest) {
    await deps.tasks.dropDigest(id);
    return false;
  }
  const { digest, timeZone, language } = settings;
  const wanted = kind === 'person' ? digest.people !== false : (digest.destinations ?? []).includes(who);
  const messageId = wanted ? await sendTo(deps, { app, kind, who }, { timeZone, language }, id) : undefined;
  await deps.tasks.checked(id, dueAt, nextAt(deps.now(), digest.at, timeZone), messageId);
  return messageId !== undefined;
}

/** The message of a digest; undefined where there is nothing to list. */
async function sendTo(deps: DigestDeps, { app, kind, who }: Reader, readers: Readers, id: string) {
  const isPerson = kind === 'person';
  const list = isPerson ? listOf.person(who, true) : listOf.group(who, true);
  const { tasks: found, cursor } = await deps.tasks.list(list, { limit: LISTED });
  const isOpen = (task: Task) => (isPerson ? isOpenFor(task, who) : !isClosed(task));
  const open = found.filter(isOpen);
  if (open.length === 0) return undefined;
  const urlOf = (task: Task) => deps.linkOf(task, isPerson ? who : undefined);
  const message = await ignoreReusedKey(
    acceptMessage(deps, {
      caller: 'tasks',
      idempotencyKey: `${id}#${clockOf(deps.now(), readers.timeZone).date}`,
      to: [isPerson ? nameOfPeople(app, [who]) : who],
      content: digestOf(open, urlOf, cursor !== undefined, readers),
    }),
  );
  return message?.id;
}
