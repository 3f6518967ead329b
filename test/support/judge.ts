import { spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';

/**
 * Whether a tool that judges our work is here; where it is not, one line says so. A tool that is installed and does not
 * start is a fault where CI runs.
 */
export function judge(what: string, tool: string, args: string[]): boolean {
  const { status, error } = spawnSync(tool, args, { stdio: 'ignore' });
  if (status === 0) return true;
  const absent = error !== undefined && 'code' in error && error.code === 'ENOENT';
  const why = absent ? `${tool} is not installed` : `${tool} does not start`;
  if (!absent && process.env.CI) throw new Error(`${what}: ${why}`);
  writeSync(1, `skipped: ${what}: ${why}\n`);
  return false;
}
