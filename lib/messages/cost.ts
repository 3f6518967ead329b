import type { Fault } from '../base/errors.ts';
import { oncePer } from '../base/once.ts';
import { carryFaults } from './carriers.ts';
import type { Content } from './content.ts';
import type { Destination } from './destination.ts';
import type { Mention } from './mention.ts';
import { keywordOf, mayWantKeyword } from './render/keyword.ts';
import { asksReaders, batchCount, type Outline, outlineOf } from './render/plan.ts';

/** The most parts that a text may take at one destination, and calls of one request: settings of the stage. */
export type MostCalls = { parts: number; calls: number };

/** How often a request says something, and what it calls for beside that. */
export type Acts = { times?: number; beside?: number };

/** What is said; `confirm` when DingTalk is to be asked whom it reached. */
export type Said = {
  content: Content;
  mention?: Mention | undefined;
  confirm?: boolean | undefined;
  acts?: Acts | undefined;
};

type Named = { name: string; destination: Destination };

/** How many calls a message takes, and what keeps it from being sent: see `costOf`. */
export type Cost = { calls: number; faults: Fault[] };

/**
 * What a message costs in calls to DingTalk: of each destination its parts times its batches of receivers, and one where
 * DingTalk is asked whom it reached. Destinations of one kind and keyword share the rendering and the split. The faults say what a destination cannot carry, and where it costs too much.
 */
export function costOf(to: readonly Named[], said: Said, most: MostCalls): Cost {
  const outlines = new Map<string, Outline>();
  const parts = new Map<string, number>();
  const faults: Fault[] = [];
  let calls = 0;
  for (const { name, destination } of to) {
    const alike = `${destination.kind} ${keywordOf(destination)}`;
    const outline = () => oncePer(outlines, alike, () => outlineOf(destination, said.content, said.mention));
    const carried = carryFaults(name, destination, { ...said, outline });
    faults.push(...carried);
    if (carried.length > 0) continue;
    const count = oncePer(parts, alike, () => outline().parts().length);
    if (count > most.parts) faults.push(tooManyParts(name, said.content, { calls: count, most: most.parts }));
    if (count > 1 && mayWantKeyword(destination)) faults.push(keywordUnknown(name, said.content, count));
    calls +=
      count * batchCount(destination) + mediaCalls(said.content) + Number(asksReaders(destination, said.confirm));
  }
  const { times = 1, beside = 0 } = said.acts ?? {};
  calls = calls * times + beside;
  if (calls > most.calls) faults.push(tooManyCalls(calls, most.calls));
  return { calls, faults };
}

type Over = { calls: number; most: number };

/** An object of our bucket becomes DingTalk's media by a call of its own. */
function mediaCalls(content: Content): number {
  return 'mediaId' in content && content.mediaId.startsWith('s3:') ? 1 : 0;
}

function tooManyParts(name: string, { kind }: Content, { calls, most }: Over): Fault {
  const message = `"${name}" would get this ${kind} in ${calls} messages, and ${most} is the most; send it as a file (POST /files), or shorten it`;
  return { path: kind, code: 'too_many_calls', message, calls, most };
}

/** A robot that wants a keyword would take the first part, which has it, and refuse the others. */
function keywordUnknown(name: string, { kind }: Content, count: number): Fault {
  const message = `"${name}" would get this ${kind} in ${count} messages, and no secret is stored for its robot, so that it may want a keyword in each; register it anew with "keyword" ("" if it wants none) or with its secret, or shorten the ${kind}`;
  return { path: kind, code: 'keyword_unknown', message };
}

function tooManyCalls(calls: number, most: number): Fault {
  const message = `the request would take ${calls} calls to DingTalk, and ${most} is the most; send it as a file (POST /files), shorten it, or name fewer receivers`;
  return { path: 'to', code: 'too_many_calls', message, calls, most };
}
