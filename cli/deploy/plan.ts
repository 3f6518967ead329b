import {
  type Chosen,
  faultsOfChoices,
  faultsOfStage,
  mergeChoices,
  readChoices,
  settingOf,
} from '../../deploy/settings.ts';
import { CliError, EXIT } from '../exit.ts';
import type { StageAws } from './aws.ts';
import { type Change, changesOf } from './compare.ts';
import { type Finding, judge, refused, roomForCallbacks } from './preflight.ts';
import { readStack } from './stack.ts';
import { lookAround, type Surroundings } from './surroundings.ts';

export type Wanted = {
  stage: string;
  region: string;
  /** `name=value`, as the command line has them. */
  choices: readonly string[];
};

export type Plan = {
  before: Chosen;
  after: Chosen;
  changes: Change[];
  around: Surroundings;
  findings: Finding[];
};

/** What DingTalk's callbacks get reserved where nothing was chosen and the account has it to give. */
const RESERVED_BY_ITSELF = 20;
/** How many requests may wait at a time where ten times as many functions may run. */
const WAITING_BY_ITSELF = 50;

/** The settings that the words name, over those that a stage has. @throws CliError with every fault at once */
export function settle({ stage, region, choices }: Wanted, before: Chosen): Chosen {
  const read = readChoices(choices);
  const after = mergeChoices(before, read.choices);
  const faults = [...faultsOfStage(stage), ...read.faults, ...faultsOfChoices(after, region)];
  if (faults.length > 0) throw obstacles(faults.map(refused));
  return after;
}

/** What a deployment would do, and what stands in its way. Nothing is changed. */
export async function planDeployment(aws: StageAws, wanted: Wanted): Promise<Plan> {
  const { stage, region } = wanted;
  // what can be seen without AWS is told without it
  const [first] = faultsOfStage(stage);
  if (first) throw obstacles([refused(first)]);
  const known = readChoices(wanted.choices);
  if (known.faults.length > 0) throw obstacles(known.faults.map(refused));
  const stack = await readStack(aws.cloudformation, stage);
  const before = stack?.chosen ?? {};
  const given = settle(wanted, before);
  const around = await lookAround(aws, { stage, region, stack }, given);
  const runs = stack?.outputs.Api !== undefined;
  const after = withReserve(runs ? given : withOneAddress(given), around);
  const unread: Finding[] =
    stack !== undefined && stack.chosen === undefined && stack.outputs.Api !== undefined
      ? [
          {
            weight: 'ask',
            code: 'no_settings',
            says: 'the stage is there, and its stack keeps no settings: what is not given now has its default',
            remedy: 'Give all that was chosen for it.',
          },
        ]
      : [];
  const changes = changesOf(before, after).map(({ drops, ...change }) => ({
    ...change,
    // where nothing runs yet, nothing stops
    ...(runs && drops !== undefined && { drops }),
  }));
  return { before, after, changes, around, findings: [...unread, ...judge(around, after)] };
}

/** A stage that begins with a name of its own has no links by another. */
function withOneAddress(chosen: Chosen): Chosen {
  if (chosen.domain === undefined || chosen.firstAddress !== undefined) return chosen;
  return { ...chosen, firstAddress: 'closed' };
}

/** Reserves runs for callbacks, and lets more requests wait, where the account has room and nobody chose otherwise. */
function withReserve(chosen: Chosen, { concurrency }: Surroundings): Chosen {
  if (concurrency === undefined || settingOf(chosen, 'disposable') === 'true') return chosen;
  const { callbackConcurrency, mostWaiting } = chosen;
  const reserves = callbackConcurrency === undefined && roomForCallbacks(concurrency) >= RESERVED_BY_ITSELF;
  const waits = mostWaiting === undefined && concurrency.unreserved >= WAITING_BY_ITSELF * 10;
  return {
    ...chosen,
    ...(reserves && { callbackConcurrency: String(RESERVED_BY_ITSELF) }),
    ...(waits && { mostWaiting: String(WAITING_BY_ITSELF) }),
  };
}

/** All that stands in the way, as one failure. */
export function obstacles(findings: readonly Finding[]): CliError {
  const [first] = findings;
  const lines = findings.map(({ says, remedy }) => `${says}\n  ${remedy}`);
  const head = 'nothing was changed:';
  return new CliError(EXIT.refused, first?.code ?? 'refused', [head, ...lines].join('\n'));
}
