import { cpSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { start } from './scratch.ts';
import { type Client, KUMA } from './simulator/clients.ts';

// Other people's clients as programs: what they need, and what they say of their calls.

export const DRIVERS = 'test/all/simulator/clients';
/** Where its files stand beside the drivers. */
export const KUMA_FOLDER = 'kuma';

type Line = { call?: string; gave?: unknown; failed?: string; heard?: string; text?: string };
export type Program = { command: string; args: string[]; cwd: string; env?: Record<string, string> };

export const packagesOf = (clients: readonly Client[]) => [
  ...new Set(clients.flatMap(({ packages = [] }) => packages)),
];

/** Whether packages could be had; where not, one line says so, and CI fails. */
export async function had(what: string, bring: () => Promise<unknown>): Promise<boolean> {
  try {
    await bring();
    return true;
  } catch (error) {
    if (process.env.CI) throw error;
    writeSync(1, `skipped: ${what}: its packages could not be installed: ${String(error).slice(0, 300)}\n`);
    return false;
  }
}

/** Starts a client, and waits until its calls gave what they are to give; `lines` is what it has said until now. */
export async function callsOf(calls: Client['calls'], { command, args, ...where }: Program) {
  const running = start(command, args, where);
  const lines = (): Line[] =>
    running.said.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const outcomes = () => lines().filter(({ call }) => call !== undefined);
  await expect
    .poll(() => (running.over ? running.said : outcomes().length), { message: 'its calls' })
    .toSatisfy((made) => typeof made === 'string' || made === Object.keys(calls).length);
  const made = Object.fromEntries(outcomes().map(({ call, gave, failed }) => [call, failed ?? gave]));
  expect(made, running.said).toEqual(calls);
  return { running, lines };
}

/** Whether UPTIME_KUMA names a checkout of it; where not, one line says so. */
export function hasKuma(): boolean {
  if (process.env.UPTIME_KUMA !== undefined) return true;
  writeSync(1, `skipped: ${KUMA.name}: UPTIME_KUMA names no checkout of it\n`);
  return false;
}

/** Its three files into a folder that has its packages. */
export function bringKuma(cwd: string): void {
  const providers = 'server/notification-providers';
  for (const file of [`${providers}/dingding.js`, `${providers}/notification-provider.js`, 'src/util.js'])
    cpSync(join(process.env.UPTIME_KUMA ?? '', file), join(cwd, KUMA_FOLDER, file));
}
