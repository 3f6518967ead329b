/** What a text in JSON says; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same, with whole numbers that a number cannot hold as the text that they were: ids of DingTalk are that long. */
export function parseExact(text: string): unknown {
  try {
    return JSON.parse(text, exact);
  } catch {
    return undefined;
  }
}

function exact(_: string, value: unknown, written?: { source?: string }): unknown {
  const isLost = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(written?.source ?? '');
  return isLost ? written?.source : value;
}

/** A JSON object as it stands in a text; undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

/** JSON nests a few levels; thousands would break its readers. */
export const MAX_DEPTH = 64;

/** Without parsing, and without a pattern: a backtracking one would take very long over a hostile text. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (quoted) at += character === '\\' ? 1 : 0;
    else depth += '[{'.includes(character) ? 1 : 0;
    if (!quoted && ']}'.includes(character)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
