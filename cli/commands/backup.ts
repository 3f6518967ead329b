import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { agree } from '../agree.ts';
import type { Command } from '../command.ts';
import { awsOf } from '../deploy/aws.ts';
import { wordsOfSettings } from '../deploy/deploy-stage.ts';
import { readStack } from '../deploy/stack.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { Backup, type Put, putBackup, takeBackup } from '../restore/backup.ts';
import { type Target, targetOf } from '../stage/target.ts';

const take: Command = {
  name: 'export',
  takes: '[file]',
  summary: 'settings, destinations and keys of a stage to a file, which is as secret as they are',
  examples: ['dingdock export prod.backup.json --stage prod --region eu-central-1'],
  async run(io, given) {
    const file = fileOf('export', given.word);
    const target = targetOf(io, given);
    const backup = await takeBackup(target, await settingsOf(target), new Date(io.now()).toISOString());
    target.close();
    const counts = { destinations: Object.keys(backup.destinations).length, keys: backup.keys.length };
    if (!io.dryRun) write(file, backup);
    const words = `${counts.destinations} destinations with what is secret in them, ${counts.keys} keys (their hashes)`;
    io.answer(
      { file, stage: target.stage, region: target.region, ...counts, settings: backup.settings },
      io.dryRun ? `would write ${words} to ${file}` : `${io.style.good('✓')} ${words} stand in ${file}`,
      io.style.dim('Keep it where you keep passwords. Back: dingdock import <file> --stage <name> --region <name>'),
    );
    return EXIT.done;
  },
};

const put: Command = {
  name: 'import',
  takes: '[file]',
  summary: 'put destinations and keys of such a file into a stage, sealed by its own keys; what it has stays',
  options: {
    replace: { type: 'boolean', help: 'the file is right: put it over what the stage has' },
    yes: { type: 'boolean', help: 'agree beforehand' },
  },
  examples: ['dingdock import prod.backup.json --stage prod --region eu-west-1'],
  async run(io, given) {
    const file = fileOf('import', given.word);
    const backup = read(file);
    const target = targetOf(io, given);
    const { stage, region } = target;
    const from = `${backup.stage} in ${backup.region}, of ${backup.at}`;
    const { callbackConcurrency: _, mostWaiting: __, ...chosen } = backup.settings;
    const what = `${Object.keys(backup.destinations).length} destinations and ${backup.keys.length} keys`;
    if (io.dryRun) {
      io.answer(
        { from, stage, region, settings: chosen },
        `would put ${what} (${from}) into ${stage} in ${region}`,
        `settings that it had: ${wordsOfSettings(chosen) || 'the defaults'}`,
      );
      return EXIT.done;
    }
    const over = given.flag('replace') ? ', over what is there' : '';
    await agree(io, given.flag('yes'), `Put ${what} (${from}) into ${stage} in ${region}${over}?`);
    const done = await putBackup(target, backup, given.flag('replace'));
    target.close();
    const line = (name: string, { put: made, kept }: Put) => `  ${name}: ${made.length} put, ${kept.length} were there`;
    io.answer(
      { from, stage, region, ...done, settings: chosen },
      line('destinations', done.destinations),
      line('keys', done.keys),
      io.style.dim(`settings that the stage had: ${wordsOfSettings(chosen) || 'the defaults'}`),
      `${io.style.good('✓')} done; functions know it within half a minute. A key that was ended since the export works again: dingdock keys list`,
    );
    return EXIT.done;
  },
};

function fileOf(command: string, word: string): string {
  if (word === '') throw new UsageError(`${command} needs a file: dingdock ${command} <file> --stage <name>`);
  return word;
}

/** What was chosen for a deployed stage. */
async function settingsOf({ stage, region, local }: Target): Promise<Backup['settings']> {
  if (local) return {};
  const aws = awsOf(region);
  try {
    return { ...(await readStack(aws.cloudformation, stage))?.chosen };
  } finally {
    aws.close();
  }
}

/** For its owner alone, and never over another file. */
function write(file: string, backup: Backup): void {
  try {
    writeFileSync(file, `${JSON.stringify(backup, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error;
    throw new CliError(EXIT.refused, 'file_exists', `${file} is there already`, 'Choose another name, or remove it.');
  }
}

function read(file: string): Backup {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Backup), text);
  if (parsed.success) return parsed.output;
  // its values are secret: paths alone
  const paths = [...new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? 'the file'))].slice(0, 10);
  throw new CliError(EXIT.refused, 'bad_backup', `${file} is no export of dingdock: look at ${paths.join(', ')}`);
}

export const backups = [take, put];
