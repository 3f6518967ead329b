import { expect, test } from 'vitest';
import { schedule } from '../../simulator/world/due.ts';
import { createState } from '../../simulator/world/state.ts';

test('what is due is done although its timer fires a moment before the clock says so', async () => {
  const state = createState();
  const began = performance.now();
  // a timer counts whole milliseconds of another clock
  state.clock.now = () => (performance.now() - began) * 0.9;
  await expect(new Promise((done) => schedule(state, 20, async () => done('done')))).resolves.toBe('done');
});
