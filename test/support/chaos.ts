import { execFile } from 'node:child_process';

/** Runs `npm run chaos` with these words; its exit code, and what it printed. */
export function chaos(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      ['local/chaos/main.ts', ...args],
      { env: { ...process.env, ...env }, maxBuffer: 1e8 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? 1, output: stdout + stderr }),
    );
  });
}
