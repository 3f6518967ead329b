import { createHash, randomBytes } from 'node:crypto';

/** Source of ids, keys and tokens: random, or from a seed, which gives the same ones in the same order every time. */
export type Chance = { bytes(count: number): Buffer<ArrayBuffer>; reset(): void };

export function createChance(seed?: string): Chance {
  let drawn = 0;
  if (seed === undefined) return { bytes: (count) => randomBytes(count), reset: () => {} };
  return {
    bytes: (count) => {
      drawn += 1;
      const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, index) =>
        createHash('sha256').update(`${seed} ${drawn} ${index}`).digest(),
      );
      return Buffer.concat(blocks).subarray(0, count);
    },
    reset: () => {
      drawn = 0;
    },
  };
}
