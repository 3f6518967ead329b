import { defined } from '../base/defined.ts';
import type { Trouble } from '../base/trouble.ts';
import { isFinished, type MessageState } from '../messages/message.ts';
import { type Why, whyUnsent } from '../messages/outcome.ts';
import type { MessageStore } from '../messages/store.ts';
import { isClosed } from './life-cycle.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type OutcomeDeps = {
  tasks: Pick<TaskStore, 'digestMessages'>;
  messages: Pick<MessageStore, 'states'>;
  now: () => number;
};

/** A message that is not sent so long after it was accepted waits for others. */
const LATE_MS = 5_000;

/** The task with the troubles of the messages that told of it, and of the last digests that listed it. */
export async function withOutcomes({ tasks, messages, now }: OutcomeDeps, task: Task): Promise<Task> {
  const newsIds = task.newsIds ?? [];
  const lists = isClosed(task) ? [] : (task.digestIds ?? []);
  const digests = lists.length === 0 ? [] : await tasks.digestMessages(lists);
  const ids = [...new Set([...newsIds, ...digests])];
  if (ids.length === 0) return task;
  const states = await messages.states(ids);
  const stateOf = (id: string) => states.get(id) ?? [];
  const ofTask = digests.flatMap(stateOf).filter(({ createdAt }) => createdAt >= task.createdAt);
  const found = defined({ message: troubleIn(newsIds.flatMap(stateOf), now()), digest: troubleIn(ofTask, now()) });
  return { ...task, troubles: { ...found, ...task.troubles } };
}

/** Of the newest message that was not sent. */
function troubleIn(states: readonly MessageState[], now: number): Trouble | undefined {
  const all = states.flatMap(({ id, createdAt, deliveries }) =>
    Object.entries(deliveries).flatMap(([destination, delivery]) => {
      const isLate = !isFinished(delivery.status) && now - Date.parse(createdAt) >= LATE_MS;
      const why = whyUnsent(delivery) ?? (isLate ? queued(id) : undefined);
      if (!why) return [];
      const { at: since = createdAt, code, remedy } = why;
      const reason = `${destination}: ${why.reason}`;
      return [{ ...defined({ since, tries: delivery.attempts.length, code, reason, remedy }), createdAt }];
    }),
  );
  const [newest] = all.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  if (!newest) return undefined;
  const { createdAt: _, ...trouble } = newest;
  return trouble;
}

function queued(id: string): Why {
  return { code: 'queued', reason: `the message waits for its turn; GET /messages/${id} says until when` };
}
