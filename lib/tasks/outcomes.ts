import { defined } from '../base/defined.ts';
import { troubleIn } from '../messages/outcome.ts';
import type { MessageStore } from '../messages/store.ts';
import { isClosed } from './life-cycle.ts';
import type { TaskStore } from './store.ts';
import type { Task } from './task.ts';

export type OutcomeDeps = {
  tasks: Pick<TaskStore, 'digestMessages'>;
  messages: Pick<MessageStore, 'states'>;
  now: () => number;
};

/** The task with the troubles of the messages that told of it, and of the last digests that listed it. */
export async function withOutcomes({ tasks, messages, now }: OutcomeDeps, task: Task): Promise<Task> {
  const newsIds = [task.messageId ?? [], task.newsIds ?? []].flat();
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
