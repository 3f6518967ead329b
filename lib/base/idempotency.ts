import { InvalidInput } from './errors.ts';
import { sha256 } from './hash.ts';

/** Members in which order and repeats mean nothing, and those that are times. */
const SETS = ['to', 'users', 'mobiles', 'assignees', 'participants', 'notify', 'via'];
const TIMES = ['due', 'expiresAt', 'sendAt'];
/** 128 bits tell requests apart, in each record. */
const DIGITS = 32;

type Json = Record<string, unknown>;

/**
 * What tells a repeat of a request from another one under the same key. Equal requests are equal, however they are written:
 * the order of members and of names in a list, another zone of a time, and what is so without being said (`usual`) make no
 * difference.
 */
export function requestHashOf(request: object, usual: Json = {}): string {
  return sha256(JSON.stringify(meant({ ...request }, usual), inOrder), DIGITS);
}

/** The members that say something; of `mention` likewise. What a content or the caller's own data hold stays as it is. */
function meant(given: Json, usual: Json): Json {
  const said = Object.entries(given).flatMap(([name, value]) => {
    const own = isObject(value) && name === 'mention' ? meant(value, isObject(usual[name]) ? usual[name] : {}) : value;
    const read = SETS.includes(name) && Array.isArray(own) ? inAnyOrder(own) : asTime(name, own);
    return saysNothing(read) || sameJson(read, usual[name]) ? [] : [[name, read] as const];
  });
  return Object.fromEntries(said);
}

function inAnyOrder(list: unknown[]): unknown[] {
  const texts = list.map((one) => JSON.stringify(one, inOrder));
  return [...new Set(texts)].toSorted();
}

function asTime(name: string, value: unknown): unknown {
  return TIMES.includes(name) && typeof value === 'string' ? Date.parse(value) : value;
}

function saysNothing(value: unknown): boolean {
  if (value === undefined || value === false) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function sameJson(one: unknown, other: unknown): boolean {
  const usual = Array.isArray(other) ? inAnyOrder(other) : other;
  return JSON.stringify(one, inOrder) === JSON.stringify(usual, inOrder);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A caller's Idempotency-Key, as a text of hex digits that stands for one record. */
export function keyHashOf(caller: string, idempotencyKey: string): string {
  return sha256(`${caller}\n${idempotencyKey}`);
}

/** @throws InvalidInput when the record that a key stands for was made by another request */
export function requireSameRequest(
  kind: 'message' | 'task' | 'share' | 'approval',
  { id, requestHash }: { id: string; requestHash?: string | undefined },
  hashNow: string,
): void {
  if (requestHash === hashNow) return;
  const message = `this key already stands for ${kind} ${id} with another body; use a new key for a new ${kind}`;
  const code = 'idempotency_key_reused';
  throw new InvalidInput(`${kind}s.accept`, code, [{ path: 'Idempotency-Key', code, message }]);
}
