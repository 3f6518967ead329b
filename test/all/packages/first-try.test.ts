import { readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { INSTALLS_MS, run, scratchFolder } from '../scratch.ts';

/** What a newcomer waits for and keeps on the disk before `npm start` begins. */
const MOST_MB = 300;
const scratch = scratchFolder();

/** What a folder takes on the disk, in MB. */
function megabytesOf(folder: string): number {
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
  return Math.round(bytes / 1_000_000);
}

test(`a first try takes ${MOST_MB} MB at most beside Node itself`, { timeout: INSTALLS_MS }, async () => {
  const clone = join(scratch, 'clone');
  await run('git', ['clone', '--quiet', resolve('.'), clone], { cwd: scratch });
  const begun = Date.now();
  await run(process.execPath, ['local/install.mjs', '--omit=dev'], { cwd: clone });
  const seconds = Math.round((Date.now() - begun) / 1000);
  const modules = join(clone, 'node_modules');
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'));
  const [all, node] = [megabytesOf(modules), megabytesOf(join(modules, 'node'))];
  writeSync(
    1,
    `a first try: ${all - node} MB and ${node} MB of Node, ${Object.keys(packages).length} packages, ${seconds} s\n`,
  );
  expect(node).toBeGreaterThan(50);
  expect(all - node).toBeLessThanOrEqual(MOST_MB);
});
