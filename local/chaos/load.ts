import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChaosWorld } from './world.ts';

export type Kind = 'message' | 'event' | 'fileIn' | 'fileOut' | 'task';
/** Something that dingdock took over; `at` is when (ms). */
export type Accepted = { kind: Kind; name: string; id: string; at: number };

/** How much of each kind at full load. */
const LOAD: Record<Kind, number> = { message: 200, event: 50, fileIn: 30, fileOut: 30, task: 20 };
const KINDS: readonly Kind[] = ['message', 'event', 'fileIn', 'fileOut', 'task'];
/** A custom robot takes 20 a minute: one message in ten goes there. */
const DESTINATIONS = ['ops', ...['project', 'zhangsan', 'notice'].flatMap((name) => [name, name, name])];
const FILE_BYTES = 2_000;

/** Puts in what callers, people and DingTalk do, and keeps what was answered with success. */
export function createLoad(world: ChaosWorld, share: number, prefix = 'chaos') {
  const accepted: Accepted[] = [];
  const refused: { kind: Kind; name: string; status: number }[] = [];
  let count = 0;

  const put: Record<Kind, (name: string, number: number) => Promise<{ status: number; id?: string } | undefined>> = {
    async message(name, number) {
      const to = DESTINATIONS[number % DESTINATIONS.length];
      const answer = await world.api('POST', '/messages', { to, text: `${name} 你好` });
      return answer && { status: answer.status, id: answer.body?.id };
    },
    async event(name) {
      // its fate is told by the simulator: it pushes again what was not taken
      void world.sim('POST', '/events', { EventType: 'user_add_org', UserId: [name], eventId: name });
      return { status: 200, id: name };
    },
    async fileIn(name) {
      const base64 = randomBytes(FILE_BYTES).toString('base64');
      void world.sim('POST', '/say', { from: 'zhangsan', file: { name: `${name}.pdf`, base64 } });
      return { status: 200, id: name };
    },
    async fileOut(name) {
      const body = randomBytes(FILE_BYTES);
      const answer = await fetch(`${world.urls.s3}/uploads/share/project/${name}.pdf`, { method: 'PUT', body }).catch(
        () => undefined,
      );
      return answer && { status: answer.status, id: name };
    },
    async task(name) {
      const answer = await world.api('POST', '/tasks', { title: name, assignees: ['lisi'], notify: 'project' });
      return answer && { status: answer.status, id: answer.body?.id };
    },
  };

  async function one(kind: Kind): Promise<void> {
    count += 1;
    const name = `${prefix}-${kind}-${String(count).padStart(4, '0')}`;
    const answer = await put[kind](name, count);
    if (answer?.id !== undefined && answer.status < 300) accepted.push({ kind, name, id: answer.id, at: Date.now() });
    else refused.push({ kind, name, status: answer?.status ?? 0 });
  }

  return {
    accepted,
    refused,
    /** One of each kind, one after the other. */
    async each(): Promise<void> {
      for (const kind of KINDS) await one(kind);
    },
    /** Puts in a part of the load, evenly over that time; ends when all is answered. */
    async run(part: number, ms: number): Promise<void> {
      const due = KINDS.flatMap((kind) => {
        const length = Math.ceil(LOAD[kind] * share * part);
        return Array.from({ length }, (_, index) => ({ kind, at: ((index + 0.5) / length) * ms }));
      });
      const began = Date.now();
      await Promise.all(
        due.map(async ({ kind, at }) => {
          await delay(Math.max(0, at - (Date.now() - began)));
          await one(kind);
        }),
      );
    },
  };
}

export type Load = ReturnType<typeof createLoad>;
