import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unstalled } from '../../../lib/files/unstalled.ts';
import fc from '../../support/property.ts';

const PATIENCE = { windowMs: 60, leastBytes: 100 };

// Time goes from timer to timer: what the machine does meanwhile takes none.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.setTimerTickMode('nextTimerAsync');
});
afterEach(() => vi.useRealTimers());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A body of these pieces; a number is a pause, `forever` a source that says nothing more. */
function body(length: number, pieces: (Uint8Array | number | 'forever')[]) {
  const cancelled = { times: 0 };
  async function* chunks() {
    for (const piece of pieces) {
      if (piece === 'forever') await new Promise(() => undefined);
      else if (typeof piece === 'number') await sleep(piece);
      else yield piece;
    }
  }
  const cancel = () => {
    cancelled.times += 1;
  };
  return { body: { length, chunks: chunks(), cancel }, cancelled };
}

async function read(given: ReturnType<typeof body>) {
  const chunks = [];
  for await (const chunk of unstalled(given.body, PATIENCE)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const bytes = (count: number) => new Uint8Array(count).fill(7);

test('a whole body comes through as it is, in whatever pieces', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (pieces) => {
      const whole = Buffer.concat(pieces);
      return (await read(body(whole.length, pieces))).equals(whole);
    }),
  );
});

test.each([
  ['is cut', [bytes(60)], 'source_cut'],
  ['is longer than it said', [bytes(60), bytes(60)], 'source_cut'],
  ['stalls', [bytes(60), 'forever'], 'source_stalled'],
  ['drips', Array.from({ length: 40 }, () => [bytes(1), 10]).flat(), 'source_stalled'],
] as const)('a body that %s is an error that a new try may mend, and its source is let go', async (_, pieces, code) => {
  const given = body(100, [...pieces]);
  await expect(read(given)).rejects.toMatchObject({ code, retryable: true });
  expect(given.cancelled.times).toBe(1);
});

test('a reader that takes its time is not taken for a stalled source', async () => {
  const given = body(200, [bytes(100), bytes(100)]);
  let received = 0;
  for await (const chunk of unstalled(given.body, { windowMs: 20, leastBytes: 1000 })) {
    received += chunk.length;
    await sleep(40);
  }
  expect(received).toBe(200);
});

test('a steady source may take any number of windows', async () => {
  const pieces = Array.from({ length: 8 }, () => [bytes(100), 20]).flat();
  expect((await read(body(800, pieces))).length).toBe(800);
});

/** Runs in a process of its own: what others hold and free there is not its doing. */
const LARGE = `
import { unstalled } from './lib/files/unstalled.ts';
const pieces = 2_000;
async function* chunks() {
  for (let count = 0; count < pieces; count += 1) yield new Uint8Array(64 * 1024);
}
const before = process.memoryUsage().arrayBuffers;
let most = 0;
for await (const _ of unstalled({ length: pieces * 64 * 1024, chunks: chunks(), cancel: () => undefined })) {
  most = Math.max(most, process.memoryUsage().arrayBuffers - before);
}
console.log(most);
`;

test('of a large body little is held, whatever was read of it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', LARGE]);
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).toBeLessThan(16 * 1024 * 1024);
});
