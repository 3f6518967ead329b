import type { RefusalId } from '../../../simulator/world/refusals.ts';
import type { Answer, Desk, Loose } from '../desk.ts';
import type { receiver } from '../receiver.ts';

/** Provokes one refusal; true when it was met. By default the call record of the last call names it. */
export type Proof = (here: Desk, owner: Owner) => Promise<boolean>;

/** Who receives pushes while a proof runs. */
export type Owner = ReturnType<typeof receiver>;

type Act = (here: Desk, owner: Owner) => Promise<unknown>;

/** The last call of `act` was refused, in the envelope of its host, by this refusal. */
export function refused(id: RefusalId, act: Act): Proof {
  return async (here, owner) => {
    await act(here, owner);
    const call = (await here.sim('GET', '/calls')).at(-1);
    return call?.refusal === id && typeof call.source === 'string' && call.code !== 'ok';
  };
}

/** Each id with its request. */
export function proofs<K extends RefusalId>(acts: Record<K, Act>): Record<K, Proof> {
  const entries = Object.entries(acts) as [K, Act][];
  return Object.fromEntries(entries.map(([id, act]) => [id, refused(id, act)])) as Record<K, Proof>;
}

export const APP = { appKey: 'dingsimapp', appSecret: 'dingsimsecret', agentId: 1000001 };
export const app = (here: Desk, facts: object) => here.sim('POST', '/apps', { ...APP, ...facts });
export const settings = (here: Desk, change: object) => here.sim('POST', '/settings', change);
export const later = (here: Desk, advanceMs: number) => here.sim('POST', '/clock', { advanceMs });
export const answered = (answer: Answer): Loose => answer.body;
export const HOUR = 3_600_000;
export const MODERATED = { unsafeUrls: ['https://bad'], forbiddenWords: ['坏词'], forbiddenContents: ['坏文'] };
