import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withFigures } from '../bench/figures.ts';
import { carriersTable } from './support/carriers-table.ts';

test('the table of contents and destinations in the README is the one the code refuses by', () => {
  const readme = readFileSync('README.md', 'utf8');
  const table = /<!-- carriers -->\n([\s\S]*?)<!-- \/carriers -->/.exec(readme)?.[1];
  expect(table).toBe(`${carriersTable()}\n`);
});

test('the figures in the README are those that were measured', () => {
  const readme = readFileSync('README.md', 'utf8');
  const rows = JSON.parse(readFileSync('bench/results.json', 'utf8'));
  expect(rows.length).toBeGreaterThan(50);
  expect(withFigures(readme, rows)).toBe(readme);
});
