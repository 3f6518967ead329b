import type { Command } from '../command.ts';
import { stageOf } from '../deploy/of-command.ts';
import { removeStage, ridOf } from '../deploy/remove-stage.ts';
import { EXIT } from '../exit.ts';
import { secretsOf } from '../stage/stage-secret.ts';

export const remove: Command = {
  name: 'remove',
  inRepository: true,
  summary:
    'take a stage away; tables, bucket and address stay, unless it is disposable, and it can come back with them',
  options: { yes: { type: 'boolean', help: 'agree beforehand to all that is asked' } },
  examples: ['dingdock remove --stage test --region eu-central-1', 'dingdock remove --stage prod --dry-run'],
  async run(io, given) {
    const { stage, region } = stageOf(io, given, 'remove');
    const done = await removeStage(io, { stage, region, yes: given.flag('yes') });
    const { kept, back, waiting } = done;
    const secrets = Object.values(secretsOf({ stage, region })).map(({ name }) => name);
    io.answer(
      { ...done, removed: !io.dryRun },
      io.dryRun
        ? `would take away the stage ${stage}${waiting === 0 ? '' : `, with ${waiting} records that wait in its queues`}`
        : `${io.style.good('✓')} the stage ${stage} is gone; in DingTalk's console, take its addresses out`,
      ...(kept.length === 0 ? [] : [`These stay: ${kept.map(({ name }) => name).join(', ')}, and the secrets`]),
      ...(kept.length === 0 ? [] : [`It comes back with them, a minute from now: ${back}`, 'To be rid of them:']),
      ...kept.map((each) => `  ${ridOf(each, region)}`),
      ...secrets.map((name) => `  aws secretsmanager delete-secret --secret-id ${name} --region ${region}`),
      '  # secrets are kept for 30 days; init and deploy offer them back',
    );
    return EXIT.done;
  },
};
