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
export function textFile(file: string): Promise<string> {
  return file === '-' ? stdin() : readFile(file, 'utf8');
}

/** All that comes by the pipe. */
export async function stdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
