import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KIND_NAMES } from '../support/item-kinds.ts';

test('of every kind of item the largest is looked for in one of these tests', () => {
  const folder = 'test/all/largest';
  const texts = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  expect(KIND_NAMES.filter((kind) => !texts.join('\n').includes(`'${kind}'`))).toEqual([]);
});
