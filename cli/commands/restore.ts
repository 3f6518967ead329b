import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { agree } from '../agree.ts';
import type { Command, Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { copyBack, dropBeside, makeBeside, type Restored, statusOf, tablesOf } from '../restore/tables.ts';
import { targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';

const POLL_MS = 10_000;
const STEPS = ['make', 'copy', 'drop'] as const;
type Step = (typeof STEPS)[number];

export const restore: Command = {
  name: 'restore',
  inRepository: true,
  summary:
    'bring back what tables held at an earlier time: under other names first, then into the tables that are there',
  options: {
    to: { type: 'string', value: '<time>', help: 'as 2026-12-01T18:00:00Z; the latest that AWS has, without it' },
    tables: { type: 'string', value: '<names>', help: 'keys,destinations,…; all but tokens and limits, without it' },
    step: { type: 'string', value: '<step>', help: 'make, copy or drop alone; all three, without it' },
    replace: { type: 'boolean', help: 'the earlier state is right: put it over what the tables have now' },
    yes: { type: 'boolean', help: 'agree beforehand to all that is asked' },
  },
  examples: [
    'dingdock restore --stage prod --to 2026-12-01T18:00:00Z --step make   # look at …-restored before you go on',
    'dingdock restore --stage prod --step copy',
    'dingdock restore --stage prod --to 2026-12-01T18:00:00Z --tables destinations --replace',
  ],
  async run(io, given) {
    const target = targetOf(io, given);
    const steps = stepsOf(given);
    const at = timeOf(given.text('to'));
    const tables = tablesOf(target.stage, given.list('tables'));
    const replace = given.flag('replace');
    const names = tables.map(({ part }) => part);
    if (io.dryRun) {
      io.answer({ tables: names, steps }, `would ${steps.join(', ')}: ${names.join(', ')}`);
      return EXIT.done;
    }
    if (steps.includes('make')) await make(io, target.dynamodb, tables, at);
    const copied: Record<string, { put: number; kept: number }> = {};
    if (steps.includes('copy')) {
      const what = replace ? 'Put the earlier state over what is there' : 'Put back what is missing';
      await agree(io, given.flag('yes'), `${what}, in ${names.join(', ')} of ${target.stage}?`);
      for (const each of tables) copied[each.part] = await copyBack(target.dynamodb, each, replace);
    }
    if (steps.includes('drop')) for (const each of tables) await dropBeside(target.dynamodb, each);
    target.close();
    io.answer({ tables: names, steps, copied }, ...linesOf(io, steps, tables, copied));
    return EXIT.done;
  },
};

/** Asks for all of them first: AWS restores several at a time. */
async function make(io: Io, client: DynamoDBClient, tables: readonly Restored[], at: Date | undefined): Promise<void> {
  for (const each of tables) await makeBeside(client, each, at);
  for (const { beside } of tables)
    for (;;) {
      const status = await statusOf(client, beside);
      if (status === 'ACTIVE') break;
      if (status === undefined) throw new CliError(EXIT.failed, 'restore_failed', `AWS gave ${beside} up`);
      io.progress(`${beside} is ${status} …`);
      await sleep(POLL_MS, undefined, { signal: io.signal });
    }
}

function linesOf({ style }: Io, steps: readonly Step[], tables: readonly Restored[], copied: object): string[] {
  const counts = Object.entries(copied).map(([part, { put, kept }]) => `  ${part}: ${put} put, ${kept} were there`);
  const beside = tables.map(({ beside: name }) => `  ${name}`);
  return [
    ...(steps.includes('drop') ? [] : ['beside the tables:', ...beside]),
    ...counts,
    `${style.good('✓')} ${steps.join(', ')} done`,
  ];
}

function stepsOf(given: Given): readonly Step[] {
  const step = given.text('step');
  if (step === undefined) return STEPS;
  const found = STEPS.filter((each) => each === step);
  if (found.length === 0) throw new UsageError(`--step takes ${STEPS.join(', ')}, not "${step}"`);
  return found;
}

function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new UsageError(`--to takes a time such as 2026-12-01T18:00:00Z, not "${text}"`);
  return at;
}
