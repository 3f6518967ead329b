import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { carriersTable } from './support/carriers-table.ts';

test('the table of contents and destinations in the README is the one the code refuses by', () => {
  const readme = readFileSync('README.md', 'utf8');
  const table = /<!-- carriers -->\n([\s\S]*?)<!-- \/carriers -->/.exec(readme)?.[1];
  expect(table).toBe(`${carriersTable()}\n`);
});
