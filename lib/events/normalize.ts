import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { BusEvent, StoredCallback } from './event.ts';

const Fields = v.record(v.string(), v.unknown());

/** Members of the envelope itself; what is left is the event's own data. */
const ENVELOPE = ['eventtype', 'eventtime', 'corpid', 'bizid', 'eventid', 'timestamp'];

/**
 * Any callback as one envelope. Member names are matched without regard to case, since DingTalk's own differ between
 * formats and even events (callbacks.md §3). Without an eventId the text itself is the identity: a retry repeats it.
 */
export function normalize(callback: StoredCallback): BusEvent {
  const fields = v.parse(Fields, JSON.parse(callback.payload));
  const read = (name: string) => Object.entries(fields).find(([key]) => key.toLowerCase() === name)?.[1];
  const base = { app: callback.app, raw: callback.payload };

  if (callback.door === 'robot') {
    return {
      ...base,
      ...corp(read('sendercorpid') ?? read('chatbotcorpid')),
      id: textOf(read('msgid')) ?? digest(callback.payload),
      type: 'robot.message',
      occurredAt: timeOf(read('createat'), callback.receivedAt),
      data: fields,
    };
  }
  if (callback.door === 'cards') {
    return {
      ...base,
      ...corp(read('corpid')),
      id: digest(`${callback.stamp}\n${callback.payload}`),
      type: 'card.click',
      occurredAt: timeOf(callback.stamp, callback.receivedAt),
      data: { ...fields, ...cardAction(read('content') ?? read('value')) },
    };
  }
  return {
    ...base,
    ...corp(read('corpid')),
    id: textOf(read('eventid')) ?? digest(callback.payload),
    type: textOf(read('eventtype')) ?? 'unknown',
    occurredAt: timeOf(read('eventtime') ?? read('timestamp'), callback.receivedAt),
    data: Object.fromEntries(Object.entries(fields).filter(([key]) => !ENVELOPE.includes(key.toLowerCase()))),
  };
}

/** A click's `content` (or `value`) is JSON text (callbacks.md §7.2). */
function cardAction(content: unknown): Record<string, unknown> {
  if (typeof content !== 'string') return {};
  try {
    const parsed = v.safeParse(Fields, JSON.parse(content));
    return parsed.success ? { content: parsed.output } : {};
  } catch {
    return {};
  }
}

function corp(value: unknown): { corpId?: string } {
  return typeof value === 'string' ? { corpId: value } : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Epoch ms as a number or as text; else when it was received. */
function timeOf(value: unknown, receivedAt: string): string {
  const ms = Number(value);
  return value !== undefined && Number.isFinite(ms) && ms > 1e12 && ms < 1e14 ? new Date(ms).toISOString() : receivedAt;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
