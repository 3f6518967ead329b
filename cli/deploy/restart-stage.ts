import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { StageAws } from './aws.ts';
import { readStack } from './stack.ts';

/** A variable that nobody reads: Lambda starts a function anew when its configuration changes. */
const VARIABLE = 'RESTARTED_AT';

/**
 * Lets every function of a stage start anew, so that it reads the secret again; what runs is finished first.
 * @returns the names of the functions; undefined where there is no stack
 */
export async function restartStage(aws: StageAws, stage: string, at: string): Promise<string[] | undefined> {
  const stack = await readStack(aws.cloudformation, stage);
  if (stack === undefined) return undefined;
  const names = stack.resources.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ name }) => name);
  for (const FunctionName of names) {
    const { Environment, RevisionId } = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    // the revision: a deployment that comes between is not overwritten
    const change = {
      FunctionName,
      RevisionId,
      Environment: { Variables: { ...Environment?.Variables, [VARIABLE]: at } },
    };
    await aws.lambda.send(new UpdateFunctionConfigurationCommand(change));
  }
  return names;
}
