import { expect, test } from 'vitest';
import { desk } from '../../simulator/desk.ts';
import { allProofs } from '../../simulator/proofs/all.ts';
import { receiver } from '../../simulator/receiver.ts';

/** A refusal that is switched off is noticed by the test it is mapped to: all of them, one after the other, in one process. */
const here = desk();
const owner = receiver();

test.each(Object.entries(allProofs))('without %s its test fails', async (id, proof) => {
  await here.sim('POST', '/settings', { without: [id] });
  // an answer that lacks what a refusal has may as well make the test throw
  expect(await proof(here, owner).catch(() => false)).toBe(false);
});
