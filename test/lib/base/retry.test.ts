import { expect, test } from 'vitest';
import { retry } from '../../../lib/base/retry.ts';

const always = { tries: 3, mayPass: () => true };

/** Work that fails so often, and then answers how many tries it took. */
function failing(times: number) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return calls;
  };
}

test('answers what the first try that succeeds answers', async () => {
  expect(await retry(failing(0), always)).toBe(1);
  expect(await retry(failing(2), always)).toBe(3);
});

test('throws the last failure when the tries are used up', async () => {
  await expect(retry(failing(3), always)).rejects.toThrow('failure 3');
});

test('throws at once what cannot pass', async () => {
  const mayPass = (error: unknown) => error instanceof Error && error.message !== 'failure 2';
  await expect(retry(failing(3), { tries: 5, mayPass })).rejects.toThrow('failure 2');
});

test('waits between tries and never after the last', async () => {
  const waited: number[] = [];
  const pause = async (_: unknown, failed: number) => waited.push(failed) > 0;
  await expect(retry(failing(9), { ...always, pause })).rejects.toThrow('failure 3');
  expect(waited).toEqual([1, 2]);
});

test('stops when there is no time left for another try', async () => {
  const pause = async (_: unknown, failed: number) => failed < 2;
  await expect(retry(failing(9), { ...always, tries: 9, pause })).rejects.toThrow('failure 2');
});
