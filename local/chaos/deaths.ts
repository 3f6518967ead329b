import type { IncomingMessage } from 'node:http';
import { parseObject } from '../../lib/base/json.ts';
import type { Thread, Threads } from './threads.ts';

/** Whether a function dies before its call is made, or after it was answered and before it hears so. */
export type Point = 'before' | 'after';

/** A record that kills five workers is set aside: after so many deaths a function lives on for so long. */
const IN_A_ROW = 3;
const SPARED_MS = 60_000;
/** A call is not always the one: else the first record would meet all of them. */
const CHANCE = 1 / 3;

/** Lets every function die once at each of its calls to AWS and DingTalk. */
export function createDeaths(threads: Pick<Threads, 'of'>, random: () => number = Math.random) {
  const seen = new Set<string>();
  const died = new Set<string>();
  /** By function: its last deaths (ms). */
  const deaths = new Map<string, number[]>();
  let point: Point | undefined;
  return {
    set(wanted: Point | undefined): void {
      point = wanted;
    },
    isOn: () => point !== undefined,
    /** Who dies of this call, and when. */
    async of(request: IncomingMessage, body: Buffer): Promise<{ point: Point; thread: Thread } | undefined> {
      if (point === undefined) return undefined;
      const thread = await threads.of(request.socket.remotePort);
      if (thread === undefined) return undefined;
      const call = `${thread.name} ${nameOf(request, body)}`;
      seen.add(call);
      const last = (deaths.get(thread.name) ?? []).filter((at) => performance.now() - at < SPARED_MS);
      const isSpared = last.length >= IN_A_ROW;
      if (point === undefined || died.has(call) || isSpared || random() > CHANCE) return undefined;
      died.add(call);
      deaths.set(thread.name, [...last, performance.now()]);
      return { point, thread };
    },
    /** The calls that a function died of, and those that came and killed none. */
    told: () => ({ died: [...died].sort(), spared: [...seen].filter((call) => !died.has(call)).sort() }),
  };
}

export type Deaths = ReturnType<typeof createDeaths>;

/** What a request asks for, without whom and how often. */
export function nameOf({ method, url = '/', headers }: IncomingMessage, body: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target !== 'string')
    return `${method} ${url.replace(/\?.*/, '').replace(/\/[^/]*([\d=%.]|chaos)[^/]*(?=\/|$)/g, (part) => (/^\/v[12]\.0$/.test(part) ? part : '/…'))}`;
  const asked = parseObject(body.toString()) ?? {};
  const of = asked.TableName ?? asked.QueueUrl ?? asked.SecretId ?? '';
  return `${target.split('.')[1]} ${String(of)
    .split(/[/]|dingdock-local-/)
    .at(-1)}`.trim();
}
