import { GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetAccountSettingsCommand, GetFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { orAbsent, type StageAws } from '../aws.ts';
import type { Right } from '../rights.ts';

export async function whoAmI({ sts }: StageAws): Promise<{ account: string; arn: string }> {
  const { Account = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand({}));
  return { account: Account, arn: Arn };
}

export type SecretState = 'there' | 'absent' | { deletedAt: string };

export async function lookForSecret({ secrets }: StageAws, SecretId: string): Promise<SecretState> {
  const asked = secrets.send(new DescribeSecretCommand({ SecretId }));
  const found = await orAbsent(asked, undefined, 'ResourceNotFoundException');
  if (found === undefined) return 'absent';
  return found.DeletedDate === undefined ? 'there' : { deletedAt: found.DeletedDate.toISOString().slice(0, 10) };
}

/** How many functions the account may run at a time, how many of that are unreserved, and what a function holds of it. */
export type Concurrency = { limit: number; unreserved: number; held: number };

export async function lookAtConcurrency({ lambda }: StageAws, FunctionName: string): Promise<Concurrency> {
  const held = lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }));
  const [{ AccountLimit = {} }, { ReservedConcurrentExecutions = 0 }] = await Promise.all([
    lambda.send(new GetAccountSettingsCommand({})),
    orAbsent(held, { ReservedConcurrentExecutions: 0 }, 'ResourceNotFoundException'),
  ]);
  const { ConcurrentExecutions: limit = 0, UnreservedConcurrentExecutions: unreserved = 0 } = AccountLimit;
  return { limit, unreserved, held: Number(ReservedConcurrentExecutions) };
}

/** The actions that IAM's simulator denies to somebody; those that hang on a condition it does not know are left out. */
export async function lookForDenied({ iam }: StageAws, arn: string, rights: readonly Right[]): Promise<string[]> {
  if (arn.endsWith(':root')) return [];
  const PolicySourceArn = await principalOf(iam, arn);
  const denied = new Set<string>();
  for (const [resource, each] of Map.groupBy(rights, ([, of]) => of)) {
    const ActionNames = each.map(([action]) => action);
    const asked = { PolicySourceArn, ActionNames, ...(resource && { ResourceArns: [resource] }) };
    const { EvaluationResults = [] } = await iam.send(new SimulatePrincipalPolicyCommand(asked));
    for (const { EvalActionName = '', EvalDecision, MissingContextValues = [] } of EvaluationResults)
      if (EvalDecision !== 'allowed' && MissingContextValues.length === 0) denied.add(EvalActionName);
  }
  return [...denied];
}

/** Policies hang on the role; who has assumed it has another ARN, without the role's path. */
async function principalOf(iam: StageAws['iam'], arn: string): Promise<string> {
  const RoleName = /^arn:[\w-]+:sts::\d+:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return RoleName === undefined ? arn : ((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Arn ?? arn);
}
