import { readFileSync } from 'node:fs';
import { ControlFault } from './control/control-input.ts';
import { parseObject } from './json.ts';
import type { SimulatorOptions } from './server.ts';
import { isRefusalId } from './world/refusals.ts';

/** What a command line says, as it was typed; `env` names port and callback address where it does not, and refusals to go without. */
export type Words = Partial<Record<'port' | 'callback-url' | 'fixtures' | 'clock' | 'seed', string | undefined>>;

/** @throws ControlFault for a value that cannot be taken */
export function optionsOf(words: Words, env: Record<string, string | undefined>): SimulatorOptions {
  const { fixtures: file, clock: time, seed } = words;
  const port = words.port ?? env.SIMULATOR_PORT ?? '3100';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new ControlFault(`--port ${port} is no port`, 'a number from 0 to 65535');
  const callbackUrl = words['callback-url'] ?? env.CALLBACK_URL;
  if (callbackUrl && !/^https?:\/\//.test(callbackUrl))
    throw new ControlFault(`--callback-url ${callbackUrl} is no address`, 'http://… or https://…');
  const fixtures = file === undefined ? undefined : fixturesOf(file);
  const clock = time === undefined ? undefined : Date.parse(time);
  if (Number.isNaN(clock)) throw new ControlFault(`--clock ${time} is no time`, '2026-11-22T10:00:00+08:00');
  return {
    port: Number(port),
    ...(callbackUrl && { callbackUrl }),
    ...refusalsOff(env),
    ...(fixtures && { fixtures }),
    ...(clock !== undefined && { clock }),
    ...(seed !== undefined && { seed }),
  };
}

function fixturesOf(file: string) {
  const fixtures = parseObject(readFileSync(file, 'utf8'));
  if (!fixtures) throw new ControlFault(`${file} is not a JSON object`, '{"people": […], "groups": […]}');
  return fixtures;
}

/** Refusals that are switched off (refusals.ts). */
function refusalsOff(env: Record<string, string | undefined>): Pick<SimulatorOptions, 'settings'> {
  const without = (env.SIMULATOR_WITHOUT ?? '').split(',').filter(Boolean);
  const unknown = without.filter((id) => !isRefusalId(id));
  if (unknown.length > 0)
    throw new ControlFault(`SIMULATOR_WITHOUT: there is no refusal ${unknown.join(', ')}`, 'ids of GET /_sim/refusals');
  return without.length > 0 ? { settings: { without } } : {};
}

/** What to say of a start that failed; undefined when only its stack can tell. */
export function explain(error: unknown): string | undefined {
  if (error instanceof ControlFault) return `${error.message}; expected ${error.expected}`;
  if (!(error instanceof Error && 'code' in error)) return undefined;
  return error.code === 'EADDRINUSE' ? `${error.message}; choose another with --port` : error.message;
}
