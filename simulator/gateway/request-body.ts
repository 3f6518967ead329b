import { isObject, type JsonObject, parseJson, parseObject } from '../json.ts';
import { type Dialect, dialectOf, newRefusal, oldRefusal } from './envelope.ts';
import { parseMultipart } from './multipart.ts';
import type { BodyKind, Call } from './route.ts';

/** The new host takes JSON only, the old one JSON or a form (messaging.md §1.2, §5). */
export function decodeBody(call: Call, kind: BodyKind): JsonObject {
  if (kind !== 'json') return {};
  const dialect: Dialect = dialectOf(call.path);
  const type = call.header('content-type') ?? '';
  const text = call.raw.toString('utf8');
  if (dialect !== 'new' && type.startsWith('application/x-www-form-urlencoded')) return decodeForm(text);
  if (dialect === 'new' && (!type.startsWith('application/json') || text === ''))
    throw newRefusal('body.missing', 400, 'Missingbody', 'body is mandatory for this action');
  if (text === '') return {};
  const body = parseObject(text);
  if (body) return body;
  if (dialect === 'new')
    throw newRefusal('body.not-json', 400, 'invalidParameter.param.invalid', 'the body is not a JSON object');
  throw oldRefusal('body.not-json-old', 40035, '不合法的参数: the body is not a JSON object');
}

/** What the call record keeps of a body. */
export function forRecord(call: Call): unknown {
  if (call.raw.length === 0) return undefined;
  const type = call.header('content-type') ?? '';
  if (type.startsWith('multipart/')) {
    const parts = parseMultipart(type, call.raw) ?? [];
    return {
      multipart: parts.map(({ name, fileName, contentType, data }) =>
        fileName === undefined
          ? { name, value: data.toString('utf8').slice(0, 200) }
          : { name, fileName, contentType, size: data.length },
      ),
    };
  }
  const text = call.raw.subarray(0, MOST_BYTES).toString('utf8');
  if (call.raw.length > MOST_BYTES) return { truncated: true, bytes: call.raw.length, start: text };
  if (type.startsWith('application/x-www-form-urlencoded')) return decodeForm(text);
  return parseJson(text) ?? text;
}

/** A form's values are strings; one that holds a JSON object, as `msg` does, is opened. */
function decodeForm(text: string): JsonObject {
  const entries = [...new URLSearchParams(text)].map(([key, value]) => {
    const opened = value.startsWith('{') ? parseJson(value) : undefined;
    return [key, isObject(opened) ? opened : value];
  });
  return Object.fromEntries(entries);
}

const MOST_BYTES = 32_768;
