import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { UsageError } from './exit.ts';

/** User ids, or `all`. */
export function mentionOf(names: string[]) {
  const users = names.filter((name) => name !== 'all');
  return { ...(users.length > 0 && { users }), ...(names.includes('all') && { all: true }) };
}

/** @throws UsageError for a file that holds no JSON object. */
export async function jsonFile(file: string): Promise<object> {
  // what was meant for stdin may hold a secret: it is not told
  if (/^\s*[[{]/.test(file)) throw new UsageError('--body takes a file, or - for stdin');
  const text = await textFile(file);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())), text);
  if (parsed.success) return parsed.output;
  throw new UsageError(`${file === '-' ? 'stdin' : file} is not a JSON object`);
}

/** What stands in a file; `-` is stdin. */
export async function textFile(file: string): Promise<string> {
  return file === '-' ? stdin() : inUtf8(await readFile(file), file);
}

/** All that comes by the pipe. */
export async function stdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return inUtf8(Buffer.concat(chunks), 'stdin');
}

/** A text without the mark that some programs put before it. @throws UsageError for another charset than UTF-8 */
function inUtf8(bytes: Buffer, from: string): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new UsageError(`${from} is UTF-16; write it in UTF-8, such as with \`iconv -f UTF-16 -t UTF-8\``);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${from} is not UTF-8; if it is GBK, put \`iconv -f GBK -t UTF-8\` before`);
  }
}
