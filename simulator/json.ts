/** Reading JSON of unknown shape without trusting it. */
export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

/** The member when it is a string with something in it. */
export function textIn(source: unknown, key: string): string | undefined {
  const value = isObject(source) ? source[key] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function objectIn(source: unknown, key: string): JsonObject | undefined {
  const value = isObject(source) ? source[key] : undefined;
  return isObject(value) ? value : undefined;
}

/** The member as a number; DingTalk takes digits in a string for it as well. */
export function numberIn(source: unknown, key: string): number | undefined {
  const value = isObject(source) ? source[key] : undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

export function textsIn(source: unknown, key: string): string[] | undefined {
  const value = isObject(source) ? source[key] : undefined;
  return isTextList(value) ? value : undefined;
}

/** DingTalk's sample values write booleans as strings in places (callbacks.md §10). */
export function flagIn(source: unknown, key: string): boolean {
  const value = isObject(source) ? source[key] : undefined;
  return value === true || value === 'true';
}

export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
