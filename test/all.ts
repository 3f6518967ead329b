// `npm run test:all` runs every part of test/parts.ts, `npm run test:all -- <part> …` some of them, and
// `npm run test:all -- --changed` those whose folders a branch has changed, as far as CI has time for them.
import { execFileSync, spawnSync } from 'node:child_process';
import { PARTS, partsOf, within } from './parts.ts';

/** CI has forty minutes; `npm test` and its installation take fifteen of them on a slow day. */
const CI_MINUTES = 25;

const words = process.argv.slice(2);
const unknown = words.filter((word) => word !== '--changed' && PARTS[word] === undefined);
if (unknown.length > 0) {
  console.error(`There is no part "${unknown.join('", "')}". There are:`);
  for (const [name, { what, minutes }] of Object.entries(PARTS)) console.error(`  ${name}: ${what} (${minutes} min)`);
  process.exitCode = 2;
} else {
  process.exitCode = runAll(chosen()) ? 0 : 1;
}

function chosen(): string[] {
  if (words.length === 0) return Object.keys(PARTS);
  if (!words.includes('--changed')) return words;
  const changed = changedFiles();
  if (changed === undefined) console.log('test:all: nothing to compare with, so all parts, as far as there is time');
  const { run, left } = within(changed === undefined ? Object.keys(PARTS) : partsOf(changed), CI_MINUTES);
  if (left.length > 0) console.log(`test:all: no time for ${left.join(', ')}: run them before an issue is resolved`);
  if (run.length === 0) console.log('test:all: no part is asked for by what changed');
  return run;
}

/**
 * What this branch has changed since it left origin/main; on main itself, what its last commit brought. Undefined when
 * git cannot tell: no such branch, or a clone without history.
 */
function changedFiles(): string[] | undefined {
  try {
    const base = git('merge-base', 'HEAD', 'origin/main');
    const from = base === git('rev-parse', 'HEAD') ? git('rev-parse', 'HEAD^1') : base;
    return git('diff', '--name-only', from, 'HEAD').split('\n').filter(Boolean);
  } catch {
    return undefined;
  }
}

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** One after the other, whatever became of the one before. */
function runAll(names: readonly string[]): boolean {
  const outcomes = names.map((name) => {
    const { what, tests, env, beside, needs = {} } = PARTS[name] ?? { what: '', tests: [] };
    const missing = Object.entries(needs).filter(([, command]) => !succeeds(command));
    if (missing.length > 0) {
      const names = missing.map(([judge]) => judge).join(' and ');
      return { name, passed: true, told: `skipped: ${names} not installed` };
    }
    console.log(`\n${name}: ${what}`);
    const began = Date.now();
    const { status } = spawnSync(
      beside === undefined ? 'vitest' : 'node',
      [...(beside === undefined ? [] : [beside]), 'run', '--project', '!after', ...tests],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
        shell: process.platform === 'win32',
        env: { ...process.env, ...env, TEST_ALL: '1' },
      },
    );
    return { name, passed: status === 0, told: `${Math.round((Date.now() - began) / 1000)} s` };
  });
  for (const { name, passed, told } of outcomes) console.log(`${passed ? '✓' : '✗'} ${name} ${told}`);
  return outcomes.every(({ passed }) => passed);
}

function succeeds([command = '', ...args]: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
