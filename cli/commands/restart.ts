import type { Command } from '../command.ts';
import { awsOf } from '../deploy/aws.ts';
import { noStage, stageOf } from '../deploy/of-command.ts';
import { restartStage } from '../deploy/restart-stage.ts';
import { EXIT } from '../exit.ts';

export const restart: Command = {
  name: 'restart',
  summary: 'let the functions of a stage start anew, so that they read the secret again; nothing is deployed',
  examples: ['dingdock restart --stage prod --region eu-central-1'],
  async run(io, given) {
    const { stage, region } = stageOf(io, given, 'restart');
    const aws = awsOf(region);
    try {
      const functions = io.dryRun ? [] : await restartStage(aws, stage, new Date(io.now()).toISOString());
      if (functions === undefined) throw noStage(stage, region);
      const words = io.dryRun ? 'would start all functions anew' : `${functions.length} functions start anew`;
      io.answer({ stage, region, functions }, `${io.style.good('✓')} ${words}`);
      return EXIT.done;
    } finally {
      aws.close();
    }
  },
};
