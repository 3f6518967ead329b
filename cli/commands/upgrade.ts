import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Command } from '../command.ts';
import { awsOf } from '../deploy/aws.ts';
import { deployStage } from '../deploy/deploy-stage.ts';
import { noStage, stageOf } from '../deploy/of-command.ts';
import { readStack } from '../deploy/stack.ts';
import { EXIT, UsageError } from '../exit.ts';
import { needRepository } from '../repository.ts';

export const upgrade: Command = {
  name: 'upgrade',
  inRepository: true,
  summary: 'deploy the version that is checked out here to a stage that runs, with the settings that it has',
  options: {
    yes: { type: 'boolean', help: 'agree beforehand to all that is asked' },
    check: { type: 'boolean', help: 'look and tell, and change nothing' },
  },
  examples: ['git pull && npm ci && npx dingdock upgrade --stage prod --region eu-central-1'],
  async run(io, given) {
    const { stage, region } = stageOf(io, given, 'upgrade');
    if (given.positionals.length > 0) throw new UsageError('upgrade changes no settings; dingdock deploy does');
    const aws = awsOf(region);
    const running = await readStack(aws.cloudformation, stage).finally(() => aws.close());
    if (running === undefined) throw noStage(stage, region);
    const [from, to] = [running.outputs.Version ?? 'an unknown version', versionHere()];
    io.say(`${stage} runs ${from}; here is ${to}`);
    const check = given.flag('check') || io.dryRun;
    const { changes } = await deployStage(io, { stage, region, choices: [], more: [], yes: given.flag('yes'), check });
    const done = check
      ? 'nothing was changed'
      : `${stage} runs ${to}; back to what ran before: dingdock rollback --stage ${stage} --region ${region}`;
    io.answer({ stage, region, from, to, changes, upgraded: !check }, `${io.style.good('✓')} ${done}`);
    return EXIT.done;
  },
};

const Package = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

function versionHere(): string {
  return v.parse(Package, readFileSync(join(needRepository('upgrade'), 'package.json'), 'utf8')).version;
}
