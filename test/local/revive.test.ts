import { expect, test } from 'vitest';
import { revive } from '../../local/parts/revive.ts';
import { LocalProblem } from '../../stage/local-ports.ts';

/** Something that ends when it is told to. */
function mortal() {
  const { promise: ended, resolve } = Promise.withResolvers<LocalProblem>();
  return {
    pid: undefined,
    ready: Promise.resolve(),
    ended,
    die: () => resolve(new LocalProblem('dead')),
    stop: async () => resolve(new LocalProblem('stopped')),
  };
}

function revived(mostDeaths: number) {
  const told: string[] = [];
  const runs: ReturnType<typeof mortal>[] = [];
  const start = () => {
    const run = mortal();
    runs.push(run);
    return run;
  };
  const part = revive(start, {
    mostDeaths,
    onDeath: ({ message }) => told.push(`again: ${message}`),
    onFailure: ({ message }) => told.push(`over: ${message}`),
  });
  return { part, runs, told };
}

test('what ends is started again, until it cannot live', async () => {
  const { part, runs, told } = revived(3);
  for (const [index, count] of [2, 3].entries()) {
    runs[index]!.die();
    await expect.poll(() => runs.length).toBe(count);
    expect(part.now()).toBe(runs[index + 1]);
  }
  runs[2]!.die();
  await expect.poll(() => told).toEqual(['again: dead', 'again: dead', 'over: dead']);
  expect(runs).toHaveLength(3);
});

test('what is stopped stays so, and nobody is told', async () => {
  const { part, runs, told } = revived(3);
  await part.stop();
  await runs[0]!.ended;
  expect([runs.length, told]).toEqual([1, []]);
});
