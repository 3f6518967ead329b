import type { Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';

/** The stage that a command changes. @throws UsageError for the local stack */
export function stageOf(io: Io, given: Given, command: string): { stage: string; region: string } {
  const { stage, region, local, close } = targetOf(io, given);
  close();
  if (local) throw new UsageError(`${command} needs --stage <name>; the local stack is npm start`);
  return { stage, region };
}

export function noStage(stage: string, region: string): CliError {
  const remedy = `Is that the region? A new stage: dingdock deploy --stage ${stage} --region ${region}`;
  return new CliError(EXIT.failed, 'not_deployed', `there is no stack dingdock-${stage} in ${region}`, remedy);
}
