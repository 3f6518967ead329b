import * as v from 'valibot';
import { isObject, parseExact } from '../base/json.ts';
import type { Kind } from './catalogue.ts';

export const Fields = v.record(v.string(), v.unknown());
export type Fields = v.InferOutput<typeof Fields>;

/** JSON text as an object; anything else is an empty one. */
export function fieldsOf(text: string): Fields {
  return objectOf(parseExact(text));
}

/** A value that is an object; anything else is an empty one. */
export function objectOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** The member of that name in any case: DingTalk's case differs between formats and events (callbacks.md §3). */
export function read(fields: Fields, name: string): unknown {
  if (name in fields) return fields[name];
  const lower = name.toLowerCase();
  return Object.entries(fields).find(([key]) => key.toLowerCase() === lower)?.[1];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Epoch ms, given as a number or as text. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const ms = Number(value);
  return Number.isFinite(ms) && ms > 1e12 && ms < 1e14 ? ms : undefined;
}

/** A value converted to its kind; one that cannot be converted stays as it is, so that nothing is lost. */
export function coerce(kind: Kind, value: unknown): unknown {
  switch (kind) {
    case 'text':
      return typeof value === 'number' ? String(value) : value;
    case 'texts':
      return listOf(value).map((each) => coerce('text', each));
    case 'number':
      return numberOf(value);
    case 'numbers':
      return listOf(value).map(numberOf);
    case 'time':
      return timeOf(value) ?? value;
    case 'url':
      return typeof value === 'string' ? unescaped(value) : value;
    case 'json':
      return typeof value === 'string' ? (parseExact(value) ?? value) : value;
    case 'list':
      return listOf(value);
    case 'object':
      return value;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function numberOf(value: unknown): unknown {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : value;
}

/** Approval addresses arrive with the literal escapes `\u003d` and `\u0026` in them (callbacks.md §4.3). */
function unescaped(url: string): string {
  return url.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
