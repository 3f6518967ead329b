import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Command } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { readStored } from '../stage/stage-secret.ts';
import { targetOf } from '../stage/target.ts';

export const deploy: Command = {
  name: 'deploy',
  takes: '[words...]',
  summary: 'deploy a stage, if its secret is there; with --dry-run only make the template and the zips',
  examples: [
    'dingdock deploy --stage prod --region eu-central-1',
    'dingdock deploy --stage prod -- --param domain=dock.example.com',
    'dingdock deploy --stage prod --dry-run',
  ],
  async run(io, given) {
    const target = targetOf(io, given);
    if (target.local) throw new UsageError('deploy needs --stage <name>; the local stack is npm start');
    if (!io.dryRun && (await readStored(io.env, target)) === undefined) {
      const remedy = `Write it first: dingdock init --stage ${target.stage} --region ${target.region}`;
      throw new CliError(
        EXIT.failed,
        'no_secret',
        `there is no secret dingdock/${target.stage} in ${target.region}`,
        remedy,
      );
    }
    const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
    const words = [
      io.dryRun ? 'package' : 'deploy',
      '--stage',
      target.stage,
      '--region',
      target.region,
      ...given.positionals,
    ];
    const child = spawn(process.execPath, [serverless, ...words], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      // the answer of --json is ours alone
      stdio: ['inherit', io.json ? process.stderr : 'inherit', 'inherit'],
      env: { ...io.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    });
    const [status] = await once(child, 'exit');
    const ok = status === 0;
    const done = io.dryRun
      ? 'the template and the zips are in .serverless/'
      : `deployed; see whether all is well: dingdock doctor --stage ${target.stage}`;
    io.answer(
      { stage: target.stage, region: target.region, ok, dryRun: io.dryRun },
      ok ? `${io.style.good('✓')} ${done}` : `${io.style.bad('✗')} serverless ended with ${status}`,
    );
    return ok ? EXIT.done : EXIT.failed;
  },
};
