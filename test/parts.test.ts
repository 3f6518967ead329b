import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PARTS, partsOf, within } from './parts.ts';

test('every part has tests that are there, and folders whose change asks for it', () => {
  for (const [name, { tests, folders, minutes }] of Object.entries(PARTS)) {
    expect([name, [...tests, ...folders].filter((path) => !existsSync(path))]).toEqual([name, []]);
    expect(tests.length * folders.length * minutes).toBeGreaterThan(0);
    for (const folder of folders) expect(partsOf([`${folder}x`])).toContain(name);
  }
});

test('a change that concerns no part asks for none', () => {
  expect(partsOf(['README.md', 'bench/row.ts'])).toEqual([]);
});

test('what CI has no time for is left out, and named', () => {
  const names = Object.keys(PARTS);
  expect(within(names, 1_000)).toEqual({ run: names, left: [] });
  expect(within(names, 0)).toEqual({ run: [], left: names });
});
