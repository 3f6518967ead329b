import type { Assignee, HistoryEntry, Task } from '../../lib/tasks/task.ts';

const NAMES: Record<string, string> = { zhangsan: '张三', lisi: '李四', wangwu: '王五' };

export const person = (userId: string) => ({
  userId,
  unionId: `union-${userId}`,
  ...(NAMES[userId] !== undefined && { name: NAMES[userId] }),
});

/** A task for zhangsan and lisi, dispatched by the API key `ci`; `states` says how far people are. */
export function task(changes: Partial<Task> = {}, states: Record<string, Assignee['state']> = {}): Task {
  const people = Object.entries({ zhangsan: 'assigned', lisi: 'assigned', ...states } satisfies typeof states);
  const at = '2026-11-22T07:00:00.000Z';
  const history: HistoryEntry[] = [{ version: 1, at, by: 'key:ci', via: 'api', action: 'assigned' }];
  return {
    id: 't_1',
    number: 12,
    caller: 'ci',
    requestHash: '',
    timeZone: 'Asia/Shanghai',
    sender: '某公司',
    createdAt: at,
    title: '看一下新版本的告警',
    assignees: people.map(([userId, state]) => ({ ...person(userId), state })),
    participants: [],
    completion: 'all',
    via: ['todo'],
    notify: [],
    tell: 'outcome',
    partial: false,
    status: 'assigned',
    version: 1,
    history,
    reached: {},
    ...changes,
  };
}

/** Somebody who has not begun. */
export function assignee(userId: string, changes: Partial<Assignee> = {}): Assignee {
  return { ...person(userId), state: 'assigned', ...changes };
}
