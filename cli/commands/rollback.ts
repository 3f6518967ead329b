import type { Command } from '../command.ts';
import { stageOf } from '../deploy/of-command.ts';
import { rollbackStage } from '../deploy/rollback-stage.ts';
import { EXIT } from '../exit.ts';

export const rollback: Command = {
  name: 'rollback',
  inRepository: true,
  summary: 'bring back what a stage ran before: code, template and settings; the last five deployments are kept',
  options: {
    to: { type: 'string', value: '<time>', help: 'another than the one before; --dry-run lists them' },
    yes: { type: 'boolean', help: 'agree beforehand to all that is asked' },
  },
  examples: ['dingdock rollback --stage prod --dry-run', 'dingdock rollback --stage prod --region eu-central-1'],
  async run(io, given) {
    const { stage, region } = stageOf(io, given, 'rollback');
    const done = await rollbackStage(io, { stage, region, to: given.text('to'), yes: given.flag('yes') });
    const words = io.dryRun
      ? [`would bring back ${done.to}; ${done.running} runs`, ...done.known.map((at) => `  ${at}`)]
      : [`${io.style.good('✓')} ${stage} runs the deployment of ${done.to}`];
    io.answer({ ...done, rolledBack: !io.dryRun }, ...words);
    return EXIT.done;
  },
};
