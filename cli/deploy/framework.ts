import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Chosen, writeChosen } from '../../deploy/settings.ts';
import { needRepository } from '../repository.ts';
import type { Io } from '../terminal.ts';

type Run = {
  command: 'deploy' | 'package';
  stage: string;
  region: string;
  chosen: Chosen;
  /** Parameters that are no settings: what was found out about the account. */
  found?: Record<string, string>;
  /** Words for the framework itself. */
  more: readonly string[];
  adopt?: boolean;
};

/** Runs the Serverless Framework on this repository. @returns its exit code */
export async function runFramework(
  io: Io,
  { command, stage, region, chosen, found = {}, more, adopt = false }: Run,
): Promise<number> {
  const root = needRepository(`serverless ${command}`);
  const serverless = join(root, 'node_modules/serverless/bin/serverless.js');
  const params = { ...found, ...chosen, chosen: writeChosen(chosen) };
  const words = [
    ...[command, '--stage', stage, '--region', region],
    ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ...more,
  ];
  const child = spawn(process.execPath, [serverless, ...words], {
    cwd: root,
    // the answer of --json is ours alone
    stdio: ['inherit', io.json ? process.stderr : 'inherit', 'inherit'],
    env: { ...io.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', DINGDOCK_ADOPT: adopt ? '1' : '0' },
  });
  const [status] = await once(child, 'exit');
  return typeof status === 'number' ? status : 1;
}
