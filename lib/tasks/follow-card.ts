import type { Followed, Task } from './task.ts';

export type CardDeps = { pageUrl(taskId: string, userId?: string): string };

export async function followCard(_deps: CardDeps, _task: Task): Promise<Partial<Followed>> {
  return {};
}
