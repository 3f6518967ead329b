import { setTimeout as delay } from 'node:timers/promises';
import { RobotGroup } from '../../contract/requests/destinations.ts';
import { refusedForSpeed } from './judge.ts';
import type { ChaosWorld } from './world.ts';

const TOGETHER = 5;
const AT_ONCE = 4;
const LOOK_MS = 10_000;
/** DingTalk's limit for an app is 20 a second; a flood that takes four times as long has stopped. */
const EACH_MS = 200;

export type Flood = {
  accepted: number;
  delivered: number;
  seconds: number;
  /** By how much (%) the slowest destination was behind when the fastest had all that is its own. */
  spread: number;
  tooFast: number;
  deadLetters: number;
};

/** So many messages at once to groups of one app (a multiple of five), five destinations each: how fast they come, and whether evenly. */
export async function runFlood(world: ChaosWorld, messages: number, destinations: number): Promise<Flood> {
  const names = Array.from({ length: destinations }, (_, n) => `flood-${n}`);
  for (const name of names) {
    const openConversationId = `cid-${name}=`;
    await world.sim('POST', '/groups', { openConversationId, title: name });
    await world.api('PUT', `/destinations/${name}`, { kind: RobotGroup.entries.kind.literal, openConversationId });
  }
  const posts = Array.from({ length: messages / TOGETHER }, (_, n) => n);
  const accepted = new Map(names.map((name) => [name, 0]));
  const caller = async () => {
    for (let n = posts.shift(); n !== undefined; n = posts.shift()) {
      const first = (n * TOGETHER) % destinations;
      const to = names.slice(first, first + TOGETHER);
      const answer = await world.api('POST', '/messages', { to, text: `flood ${n}` });
      if (answer?.status === 202) for (const name of to) accepted.set(name, (accepted.get(name) ?? 0) + 1);
    }
  };
  const began = Date.now();
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
  const all = [...accepted.values()].reduce((sum, count) => sum + count, 0);
  const until = Date.now() + messages * EACH_MS;
  let times = await arrivals(world);
  while (Date.now() < until && total(times) < all) {
    await delay(LOOK_MS);
    times = await arrivals(world);
  }
  const lists = names.map((name) => times.get(`cid-${name}=`) ?? []);
  const ended = Math.min(...lists.map((list) => list.at(-1) ?? Number.POSITIVE_INFINITY));
  const done = names.map((name, n) => (lists[n] ?? []).filter((at) => at <= ended).length / (accepted.get(name) || 1));
  return {
    accepted: all,
    delivered: total(times),
    seconds: Math.round((Math.max(...lists.flat()) - began) / 1000),
    spread: (1 - Math.min(...done) / Math.max(...done)) * 100,
    tooFast: await refusedForSpeed(world),
    deadLetters: (await world.records()).dead,
  };
}

/** When each message of the flood came, by conversation, in order. */
async function arrivals(world: ChaosWorld): Promise<Map<string, number[]>> {
  const all: { conversation: string; text?: string; at: string }[] = (await world.sim('GET', '/messages'))?.body ?? [];
  const ours = all.filter(({ text }) => text?.startsWith('flood '));
  return new Map(
    [...Map.groupBy(ours, ({ conversation }) => conversation)].map(([conversation, list]) => [
      conversation,
      list.map(({ at }) => Date.parse(at)).sort((a, b) => a - b),
    ]),
  );
}

const total = (times: Map<string, number[]>) => [...times.values()].reduce((sum, list) => sum + list.length, 0);
