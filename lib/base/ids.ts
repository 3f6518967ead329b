import { createHmac, randomBytes } from 'node:crypto';

/** 32 signs of five bits each, none of which is taken for another. */
const SIGNS = 'abcdefghjkmnpqrstuvwxyz234567890'.slice(0, 32);
/** 130 bits. */
const LENGTH = 26;

/** The first letter of an id says what it is of. */
export type IdLetter = 't' | 's' | 'a' | 'i';

function idOf(letter: IdLetter, bytes: Buffer): string {
  const signs = [...bytes.subarray(0, LENGTH)].map((byte) => SIGNS.charAt(byte & 31));
  return `${letter}_${signs.join('')}`;
}

/** Ids of records: random, or the same for the same owner and Idempotency-Key, which only this stage can tell. */
export type Ids = { of(letter: IdLetter, owner: string, idempotencyKey: string | undefined): string };

/** @param key what makes the ids of this stage its own */
export function createIds(key: string, random: (bytes: number) => Buffer = randomBytes): Ids {
  return {
    of(letter, owner, idempotencyKey) {
      if (idempotencyKey === undefined) return idOf(letter, random(LENGTH));
      const named = JSON.stringify(['id', letter, owner, idempotencyKey]);
      return idOf(letter, createHmac('sha256', key).update(named).digest());
    },
  };
}

/** Whether a text may be the id of such a record: tables hold rows of other kinds, and their keys have a length. */
export function isIdOf(letter: IdLetter | 'm', id: string): boolean {
  return id.startsWith(`${letter}_`) && /^[\w-]{3,100}$/.test(id);
}
