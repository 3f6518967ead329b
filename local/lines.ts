import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Hands on each line of a stream. One that breaks off, as of a process that was killed, just ends. */
export function eachLine(input: Readable, onLine: (line: string) => void): void {
  createInterface({ input })
    .on('line', onLine)
    .on('error', () => undefined);
}
