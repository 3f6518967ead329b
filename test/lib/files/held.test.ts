import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { summed } from '../../../lib/files/held.ts';

const bytes = Buffer.from('the bytes of a file, in two pieces');
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** A body, and how often it was opened; it breaks in the middle when it is opened for the `breaks`-th time. */
function source(isHeld: boolean, breaks = 0) {
  let opened = 0;
  return {
    opened: () => opened,
    length: bytes.length,
    isHeld,
    async *open() {
      opened += 1;
      yield bytes.subarray(0, 10);
      if (opened === breaks) throw new Error('broken');
      yield bytes.subarray(10);
    },
  };
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces = [];
  for await (const piece of chunks) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('a body that may be held is read once, however often it is sent', async () => {
  const file = source(true);
  const { body, ...sums } = await summed(file, { forZip: false });
  expect(sums).toMatchObject({ sha256 });
  expect(body.length).toBe(bytes.length);
  expect([await all(body.open()), await all(body.open())]).toEqual([bytes, bytes]);
  expect(file.opened()).toBe(1);
});

test('a larger one is read anew each time, and nothing of it is kept', async () => {
  const file = source(false);
  const { body } = await summed(file, { forZip: true });
  expect(await all(body.open())).toEqual(bytes);
  expect(file.opened()).toBe(2);
});

test('of a reading that broke nothing is held', async () => {
  const file = source(true, 1);
  await expect(summed(file, { forZip: false })).rejects.toThrow('broken');
  expect(await all((await summed(file, { forZip: false })).body.open())).toEqual(bytes);
});
