import { chunks } from '../../base/chunks.ts';
import { defined } from '../../base/defined.ts';
import { sha256 } from '../../base/hash.ts';
import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import type { Mention } from '../mention.ts';
import { keywordIn, keywordOf, withKeyword } from './keyword.ts';
import { type Rendered, renderFor } from './render.ts';
import { split } from './split.ts';

/** One call to DingTalk: a part of the message, and to whom of the destination. */
export type Step = { rendered: Rendered; bytes: number; part: number; destination: Destination };

/** DingTalk's limits by kind, in UTF-8 bytes: body, msgParam, msg (messaging.md §2.5, §3.1, §5.1, §6). */
export const MAX_BYTES: Record<Destination['kind'], number> = {
  'custom-robot': 20_000,
  'custom-robot-pool': 20_000,
  'robot-group': 15_000,
  'robot-users': 15_000,
  'work-notification': 2_048,
  conversation: 2_048,
};

/** Receivers of one call: 20 (messaging.md §3.2), or 100 people and 20 departments (messaging.md §5.1). */
const USERS_A_ROBOT_CALL = 20;
const USERS_A_NOTIFICATION = 100;
const DEPARTMENTS_A_NOTIFICATION = 20;
/** Room for "(123/456)" and the line breaks after it, as they stand in JSON. */
const NUMBER_BYTES = 20;
/** DingTalk adds msgUuid to the body's bytes. */
const UUID_BYTES = 90;

/**
 * The calls that send a message to its destination, in order: each part goes to all people before the next part. The same
 * message always gives the same plan, so that finished steps can be counted.
 */
export function planFor(destination: Destination, content: Content, mention?: Mention): Step[] {
  const batches = batchesOf(destination);
  const parts = outlineOf(destination, content, mention).parts();
  return parts.flatMap((part, index) => {
    const rendered = renderFor(destination, part, index === 0 ? mention : undefined);
    const bytes = measure(rendered);
    const isLast = index === parts.length - 1;
    return batches.map((batch) => ({ rendered, bytes, part: index, destination: asking(batch, isLast, batches) }));
  });
}

/**
 * Whom a work notification reached is told of its last part (`confirm: false` of the others), and DingTalk is asked for it
 * where one call is enough.
 */
function asking(destination: Destination, isLast: boolean, { length }: Destination[]): Destination {
  if (destination.kind !== 'work-notification' || (isLast && length === 1)) return destination;
  return { ...destination, confirm: isLast ? undefined : false };
}

/**
 * Identifies a plan of several calls; undefined for a single call, since the plan cannot change halfway. A robot's token may
 * change: the calls stay the same.
 */
export function planIdOf(plan: Step[]): string | undefined {
  if (plan.length < 2) return undefined;
  const steps = plan.map(({ part, destination, bytes }) => [
    part,
    destination.kind,
    'userIds' in destination ? destination.userIds : undefined,
    'departmentIds' in destination ? destination.departmentIds : undefined,
    bytes,
  ]);
  return sha256(JSON.stringify(steps), 16);
}

/** A content as one kind of destination takes it: rendered and measured once, split only when the parts are asked for. */
export type Outline = { bytes: number; frameBytes: number; parts(): Content[] };

export function outlineOf(destination: Destination, content: Content, mention: Mention | undefined): Outline {
  const keyword = keywordOf(destination);
  const whole = withKeyword(content, keyword);
  const bytes = measure(renderFor(destination, whole, mention));
  if (content.kind !== 'text' && content.kind !== 'markdown') return { bytes, frameBytes: 0, parts: () => [whole] };
  const frameBytes = measure(renderFor(destination, withKeyword({ ...content, text: '' }, keyword), mention));
  const limit = MAX_BYTES[destination.kind] - UUID_BYTES;
  return {
    bytes,
    frameBytes,
    parts: () => (bytes <= limit ? [whole] : partsOf(content, limit - frameBytes - NUMBER_BYTES, keyword)),
  };
}

/** Whether DingTalk is asked whom the message reached, as the destination or the message says: where one call is enough. */
export function asksReaders(destination: Destination, confirm = false): boolean {
  const isAsked = destination.kind === 'work-notification' && (destination.confirm || confirm);
  return isAsked && batchCount(destination) === 1;
}

/** How many calls one part takes: DingTalk limits the receivers of a call. */
export function batchCount(destination: Destination): number {
  return batchesOf(destination).length;
}

/** A text that is too long, in numbered parts. */
function partsOf(content: Extract<Content, { kind: 'text' | 'markdown' }>, budget: number, keyword: string): Content[] {
  const pieces = split(content.text, budget, content.kind === 'markdown');
  const gap = content.kind === 'markdown' ? '\n\n' : '\n';
  return pieces.map(({ before, body, after }, index) => ({
    ...content,
    text: `(${index + 1}/${pieces.length})${keywordIn(body, keyword) ? '' : ` ${keyword}`}${gap}${before}${body}${after}`,
  }));
}

/** Bytes as DingTalk counts them. */
export function measure({ measured }: Rendered): number {
  return Buffer.byteLength(JSON.stringify(measured));
}

/** Splits the people of a destination into as few calls as DingTalk's limits allow. */
function batchesOf(destination: Destination): Destination[] {
  if (destination.kind === 'robot-users') {
    return chunks(destination.userIds, USERS_A_ROBOT_CALL).map((userIds) => ({ ...destination, userIds }));
  }
  if (destination.kind !== 'work-notification' || destination.all) return [destination];
  const users = chunks(destination.userIds ?? [], USERS_A_NOTIFICATION);
  const departments = chunks(destination.departmentIds ?? [], DEPARTMENTS_A_NOTIFICATION);
  const { userIds: _, departmentIds: __, ...rest } = destination;
  return Array.from({ length: Math.max(users.length, departments.length) }, (___, index) =>
    defined({ ...rest, userIds: users[index], departmentIds: departments[index] }),
  );
}
