import { isSetting, type writeChosen } from '../../deploy/settings.ts';
import { agree } from '../agree.ts';
import { restoreStored } from '../stage/stage-secret.ts';
import type { Io } from '../terminal.ts';
import { armAlarms } from './arm-alarms.ts';
import { awsOf, type StageAws } from './aws.ts';
import { wordsOf } from './compare.ts';
import { explainFailure } from './failure.ts';
import { runFramework } from './framework.ts';
import { obstacles, type Plan, planDeployment, type Wanted } from './plan.ts';
import { protectStage } from './protect.ts';
import { readStack } from './stack.ts';

export type Deployment = Wanted & {
  /** Words for the framework itself. */
  more: readonly string[];
  /** Agreed beforehand to all that is asked. */
  yes: boolean;
  /** Look and tell, and no more. */
  check: boolean;
};

/** Deploys a stage: looks, tells, asks, and only then changes. @throws CliError with what to do */
export async function deployStage(io: Io, deployment: Deployment) {
  const aws = awsOf(deployment.region);
  try {
    const plan = await withAddress(io, aws, deployment, await planDeployment(aws, deployment));
    tell(io, deployment, plan);
    const stops = plan.findings.filter(({ weight }) => weight === 'stop');
    if (stops.length > 0) throw obstacles(stops);
    if (!deployment.check) await change(io, aws, deployment, plan);
    const outputs = deployment.check ? {} : ((await readStack(aws.cloudformation, deployment.stage))?.outputs ?? {});
    return { ...plan, outputs };
  } finally {
    aws.close();
  }
}

/** Asks at the terminal whom alarms of a new stage tell; nobody is an answer too. */
async function withAddress(io: Io, aws: StageAws, deployment: Deployment, plan: Plan): Promise<Plan> {
  const asks = plan.findings.some(({ code }) => code === 'no_alarms') && plan.around.stack === undefined;
  if (!asks || deployment.yes || deployment.check) return plan;
  const address = (await io.ask('Which mail address is told when something is wrong? (empty: none) '))?.trim();
  if (!address) return plan;
  return planDeployment(aws, { ...deployment, choices: [...deployment.choices, `alarmEmail=${address}`] });
}

function tell({ say, style }: Io, { stage, region }: Deployment, { around, changes, findings, after }: Plan): void {
  say(`${around.stack === undefined ? 'A new stage' : 'The stage'} ${stage} in ${region}, account ${around.account}`);
  const chosen = Object.keys(after).filter(isSetting);
  if (changes.length === 0)
    say(`settings stay as they are${chosen.length === 0 ? ': the defaults' : ` (${chosen.join(', ')} chosen)`}`);
  for (const change of changes)
    say(`  ${change.drops === undefined ? style.good('~') : style.warn('!')} ${wordsOf(change)}`);
  for (const { weight, says, remedy } of findings) {
    if (weight === 'stop') continue;
    say(`${weight === 'note' ? style.dim('·') : style.warn('?')} ${says}`);
    say(`  ${remedy}`);
  }
}

async function change(io: Io, aws: StageAws, deployment: Deployment, plan: Plan): Promise<void> {
  const { stage, region, yes, more } = deployment;
  const { after, around, changes, findings } = plan;
  const dropping = changes.filter(({ drops }) => drops !== undefined);
  for (const each of dropping) await agree(io, yes, `Change ${wordsOf(each)}?`);
  for (const { says } of findings.filter(({ weight }) => weight === 'ask')) await agree(io, yes, `${says}. Go on?`);
  for (const { name, state } of around.secrets) {
    if (typeof state === 'object') await restoreStored(io.env, { name, region });
  }
  const given = around.addresses?.given;
  const found = {
    // a plain text, since CloudFormation takes over a bucket by a plain name only
    bucket: around.bucketName,
    ...(typeof given === 'object' && { egressAddress: given.ip }),
  };
  const adopt = around.leftOvers.length > 0;
  const status = await runFramework(io, { command: 'deploy', stage, region, chosen: after, found, more, adopt });
  if (status !== 0) {
    const given = deployment.choices.map((word) => ` ${quoted(word)}`).join('');
    throw await explainFailure(aws, { stage, region, command: `dingdock deploy ${around.flags}${given}` }, after);
  }
  await protectStage(aws, stage, after.disposable !== 'true');
  await armAlarms(aws, stage);
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The settings of a stage as words of a command. */
export function wordsOfSettings(chosen: Parameters<typeof writeChosen>[0]): string {
  return Object.entries(chosen)
    .map(([name, value]) => quoted(`${name}=${value}`))
    .join(' ');
}
