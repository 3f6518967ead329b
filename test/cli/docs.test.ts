import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAUSES } from '../../cli/commands/doctor/causes.ts';
import { commandsFor } from '../../cli/commands.ts';
import { SCOPES } from '../../lib/base/access.ts';

const COMMANDS = await commandsFor([]);

const text = readFileSync('docs/cli.md', 'utf8');

test("the table of the doctor's causes is the one the doctor tells by", () => {
  const rows = Object.entries(CAUSES).map(([cause, [exit, remedy]]) => `| ${exit} | ${cause} | ${remedy} |`);
  const table = ['| exit code | cause | what to do |', '|---|---|---|', ...rows].join('\n');
  expect(/<!-- causes -->\n([\s\S]*?)\n<!-- \/causes -->/.exec(text)?.[1]).toBe(table);
});

test('every command and every scope is named', () => {
  for (const { name } of COMMANDS)
    for (const word of name.split(' ')) expect(text).toMatch(new RegExp(`\\b${word}\\b`));
  for (const scope of SCOPES) expect(text).toContain(`\`${scope}\``);
});
