import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KIND_NAMES } from '../support/item-kinds.ts';

test('of every kind of item the largest is looked for in one of these tests', () => {
  const files = ['test/records', 'test/e2e'].flatMap((folder) =>
    readdirSync(folder).map((file) => `${folder}/${file}`),
  );
  const ours = files.filter((file) => /\/largest.*\.test\.ts$/.test(file));
  const texts = ours.map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(KIND_NAMES.filter((kind) => !texts.includes(`'${kind}'`))).toEqual([]);
});
