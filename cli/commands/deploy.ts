import type { Command, Given } from '../command.ts';
import { deployStage } from '../deploy/deploy-stage.ts';
import { runFramework } from '../deploy/framework.ts';
import { stageOf } from '../deploy/of-command.ts';
import { settle, type Wanted } from '../deploy/plan.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../terminal.ts';

export const deploy: Command = {
  name: 'deploy',
  inRepository: true,
  takes: '[settings...]',
  summary:
    'deploy a stage with settings (name=value); what was chosen for it stays. With --dry-run only make the template and the zips',
  options: {
    yes: { type: 'boolean', help: 'agree beforehand to all that is asked' },
    check: { type: 'boolean', help: 'look at settings and account, tell what would change, and change nothing' },
  },
  examples: [
    'dingdock deploy --stage prod --region eu-central-1 alarmEmail=ops@example.com',
    'dingdock deploy --stage prod domain=dock.example.com certificateArn=arn:aws:acm:…',
    'dingdock deploy --stage prod network=          # takes the choice back',
    'dingdock deploy --stage prod --check',
    'dingdock deploy --stage prod --dry-run',
  ],
  async run(io, given) {
    const { stage, region } = stageOf(io, given, 'deploy');
    const { choices, more } = wordsOf(given);
    if (io.dryRun) return makeOnly(io, { stage, region, choices, more });
    const check = given.flag('check');
    const done = await deployStage(io, { stage, region, choices, more, yes: given.flag('yes'), check });
    const { before, after, changes, findings, outputs } = done;
    io.answer(
      { stage, region, ok: true, checked: check, before, after, changes, findings, outputs },
      ...(check
        ? [`${io.style.good('✓')} nothing stands in the way; nothing was changed`]
        : [
            ...Object.entries(outputs)
              .filter(([name]) => SHOWN.includes(name))
              .map(([name, value]) => `  ${name.padEnd(16)} ${value}`),
            `${io.style.good('✓')} deployed; see whether all is well: dingdock doctor --stage ${stage} --region ${region}`,
          ]),
    );
    return EXIT.done;
  },
};

/** Outputs that somebody has to enter somewhere. */
const SHOWN = ['Api', 'Bucket', 'CallbackEvents', 'CallbackRobot', 'CallbackCards', 'DomainTarget', 'EgressAddress'];

/** Without an account: the settings are those of the command line. */
async function makeOnly(io: Io, wanted: Wanted & { more: string[] }): Promise<number> {
  const { stage, region, more } = wanted;
  const chosen = settle(wanted, {});
  const status = await runFramework(io, { command: 'package', stage, region, chosen, more });
  if (status !== 0)
    throw new CliError(EXIT.failed, 'package_failed', `serverless ended with ${status}`, 'It says why, above.');
  io.answer(
    { stage, region, ok: true, dryRun: true },
    `${io.style.good('✓')} the template and the zips are in .serverless/`,
  );
  return EXIT.done;
}

/** `name=value` words are settings, `--param name=value` too; what else stands behind `--` is for the framework. */
function wordsOf({ positionals }: Given): { choices: string[]; more: string[] } {
  const choices: string[] = [];
  const more: string[] = [];
  for (let index = 0; index < positionals.length; index++) {
    const word = positionals[index] ?? '';
    if (word === '--param') choices.push(positionals[++index] ?? '');
    else if (word.startsWith('--param=')) choices.push(word.slice('--param='.length));
    else if (word.startsWith('-') || more.length > 0) more.push(word);
    else choices.push(word);
  }
  return { choices, more };
}
