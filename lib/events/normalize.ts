import { defined } from '../base/defined.ts';
import { sha256 } from '../base/hash.ts';
import { CATALOGUE } from './catalogue.ts';
import type { BusEvent, StoredCallback } from './event.ts';
import { coerce, type Fields, fieldsOf, objectOf, read, textOf, timeOf } from './fields.ts';

/** The envelope, and a second name under which the failed list may bring the same event (callbacks.md §1.1). */
export type Normalized = { event: BusEvent; naturalId: string };

/** Members of the envelope itself; what is left is the event's own data. */
const ENVELOPE = ['eventtype', 'eventtime', 'corpid', 'bizid', 'eventid', 'timestamp'];

/** Any callback, of the old or the new format, as one envelope. */
export function normalize(callback: StoredCallback): Normalized {
  const fields = fieldsOf(callback.payload);
  if (callback.door === 'robot') return alone(robotMessage(callback, fields));
  if (callback.door === 'cards') return alone(cardClick(callback, fields));
  return pushed(callback, callback.door === 'failed-list' ? flattened(fields) : fields);
}

function pushed({ app, payload, receivedAt }: StoredCallback, fields: Fields): Normalized {
  const type = textOf(read(fields, 'EventType')) ?? 'unknown';
  const row = Object.hasOwn(CATALOGUE, type) ? CATALOGUE[type] : undefined;
  const rest = Object.entries(fields).filter(([name]) => !ENVELOPE.includes(name.toLowerCase()));
  const data = Object.fromEntries(rest.map(([name, value]) => canonical(row?.fields ?? {}, name, value)));
  const corpId = textOf(read(fields, 'CorpId'));
  const at = timeOf(read(fields, 'EventTime')) ?? timeOf(read(fields, 'TimeStamp'));
  const occurred = at ?? timeOf(data.finishTime) ?? timeOf(data.createTime);

  const when = row?.ownTime ? null : occurred;
  const own = [type, corpId ?? null, when, row ? row.key.map((names) => firstOf(data, names)) : sorted(data)];
  // An event without a time is identified by its text, which a retry repeats (callbacks.md §3).
  const naturalId = sha256(occurred === undefined ? payload : JSON.stringify(own), 32);
  const event = defined({
    id: textOf(read(fields, 'eventId')) ?? naturalId,
    type,
    app,
    corpId,
    occurredAt: occurred === undefined ? receivedAt : new Date(occurred).toISOString(),
    data,
    raw: payload,
  });
  return { event, naturalId };
}

/** A field under its name of the new format, as the kind that the catalogue says. */
function canonical(known: (typeof CATALOGUE)[string]['fields'], name: string, value: unknown): [string, unknown] {
  const lower = name.toLowerCase();
  const [given, kind] = Object.entries(known).find(([each]) => each.toLowerCase() === lower) ?? [];
  if (given !== undefined && kind !== undefined) return [given, coerce(kind, value)];
  // ISV approvals spell it so (callbacks.md §4.3).
  if (lower === 'finshtime') return ['finishTime', coerce('time', value)];
  return [name, value];
}

/** An entry of the failed list has its payload under a name that depends on the tag (callbacks.md §1.1). */
function flattened(entry: Fields): Fields {
  const tag = textOf(read(entry, 'call_back_tag')) ?? 'unknown';
  const { corpid, ...inner } = objectOf(read(entry, tag));
  const nested = ['bpmsCallBackData', 'roleLabelChange', 'callbackData'].map((name) => read(inner, name));
  const own = nested.find((value) => value !== undefined);
  const fields = own === undefined ? inner : objectOf(own);
  return { ...fields, EventType: tag, EventTime: read(entry, 'event_time'), CorpId: corpid ?? read(fields, 'corpid') };
}

function robotMessage({ app, payload, receivedAt }: StoredCallback, fields: Fields): BusEvent {
  const corpId = textOf(read(fields, 'senderCorpId')) ?? textOf(read(fields, 'chatbotCorpId'));
  const at = timeOf(read(fields, 'createAt'));
  // The table says number, samples say text, and one sample has the text where the content stands (callbacks.md §5.3).
  const { content } = fields;
  const data = { ...fields, ...(typeof content === 'string' && !fields.text && { text: { content } }) };
  return defined({
    id: textOf(read(fields, 'msgId')) ?? sha256(payload, 32),
    // Two spellings of the same answer (callbacks.md §5.3; callbacks.md §11, doubt 21).
    type: isQuotaAnswer(fields) ? 'robot.quota' : 'robot.message',
    app,
    corpId,
    occurredAt: at === undefined ? receivedAt : new Date(at).toISOString(),
    data,
    raw: payload,
  });
}

/** The monthly pushes are used up: DingTalk reports that there was a message, without its text (callbacks.md §5.3). */
function isQuotaAnswer(fields: Fields): boolean {
  return ['errorCode', 'errCode'].some((name) => String(read(fields, name)) === '20001');
}

/** Clicks have no id: signed time, card, person and action identify one (callbacks.md §7.2). */
function cardClick({ app, payload, receivedAt, stamp }: StoredCallback, fields: Fields): BusEvent {
  const content = read(fields, 'content') ?? read(fields, 'value');
  const inner = typeof content === 'string' ? fieldsOf(content) : objectOf(content);
  const cardData = objectOf(read(inner, 'cardPrivateData'));
  const actionIds = read(cardData, 'actionIds') ?? [];
  const params = { ...objectOf(read(inner, 'params')), ...objectOf(read(cardData, 'params')) };
  const [outTrackId, userId] = [read(fields, 'outTrackId'), read(fields, 'userId')];
  const corpId = textOf(read(fields, 'corpId'));
  const at = timeOf(stamp);
  return defined({
    id: sha256(JSON.stringify([stamp, outTrackId, userId, actionIds]), 32),
    type: read(fields, 'type') === 'dynamicDataCallback' ? 'card.data' : 'card.click',
    app,
    corpId,
    occurredAt: at === undefined ? receivedAt : new Date(at).toISOString(),
    data: { ...fields, content: inner, actionIds, params },
    raw: payload,
  });
}

/** The first of `a|b` that the event has. */
function firstOf(data: Fields, names: string): unknown {
  return names.split('|').reduce<unknown>((found, name) => found ?? data[name], undefined) ?? null;
}

function alone(event: BusEvent): Normalized {
  return { event, naturalId: event.id };
}

function sorted(data: Fields): unknown[] {
  return Object.entries(data)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
