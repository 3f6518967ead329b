import { existsSync, readdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { redact } from '../../lib/base/redact.ts';
import type { Command, Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { needRepository, repository } from '../repository.ts';
import { spanOf, UNITS } from '../span.ts';
import { type Target, targetOf } from '../stage/target.ts';
import type { Env, Io } from '../terminal.ts';

const POLL_MS = 1_000;

/** What the functions' loggers write; other lines are metrics, and Lambda's own. */
const Line = v.looseObject({
  level: v.string(),
  message: v.string(),
  service: v.optional(v.string()),
  timestamp: v.optional(v.string()),
});
type Line = v.InferOutput<typeof Line>;
const NOISE = /^(level|message|service|timestamp|sampling_rate|xray_trace_id|cold_start|function_\w+|correlation_id)$/;

export const tail: Command = {
  name: 'tail',
  takes: '[function]',
  summary: 'what the functions log, as it happens; until Ctrl-C',
  options: {
    errors: { type: 'boolean', help: 'warnings and errors only' },
    since: { type: 'string', value: '<10m>', help: 'begin so long ago (1m)' },
    once: { type: 'boolean', help: 'what is there, and no waiting' },
  },
  examples: [
    'dingdock tail',
    'dingdock tail deliver-message --errors --stage prod',
    'dingdock tail --since 1h --once --json',
  ],
  async run(io, given) {
    const since = io.now() - spanOf('since', given.text('since') ?? '1m');
    const target = targetOf(io, given);
    const wanted = given.word || undefined;
    if (wanted !== undefined) known(wanted);
    const lines = target.local ? localLines(io, given, since) : stageLines(io, given, target, since);
    for await (const line of lines) {
      if (wanted !== undefined && line.service !== wanted) continue;
      if (given.flag('errors') && /^(INFO|DEBUG)$/i.test(line.level)) continue;
      if (io.json) process.stdout.write(`${redact(JSON.stringify(line))}\n`);
      else io.say(inWords(io, line));
    }
    return EXIT.done;
  },
};

/** @throws UsageError for a function that there is not; a package of the command line does not know which there are */
function known(wanted: string): void {
  const functions = repository === undefined ? [wanted] : readdirSync(join(repository, 'functions'));
  if (!functions.includes(wanted))
    throw new UsageError(`no function is called "${wanted}": there are ${functions.join(', ')}`);
}

function inWords({ style }: Io, { level, message, service = '', timestamp = '', ...rest }: Line): string {
  const fields = Object.entries(rest).filter(([name, value]) => !NOISE.test(name) && typeof value !== 'object');
  const plain = /WARN/i.test(level) ? style.warn : (text: string) => text;
  const paint = /ERROR|CRITICAL/i.test(level) ? style.bad : plain;
  const words = fields.map(([name, value]) => `${name}=${String(value)}`).join(' ');
  return redact(`${style.dim(timestamp.slice(11, 23))} ${service} ${paint(message)} ${words}`.trim());
}

/** What `npm start` writes to functions.log; it begins anew with each start. */
async function* localLines(io: Io, given: Given, since: number): AsyncGenerator<Line> {
  const file = logFile(io.env);
  if (!existsSync(file))
    throw new CliError(EXIT.unreachable, 'no_log', `${file} is not there`, 'Start the local stack: npm start');
  let offset = 0;
  let rest = '';
  while (!io.signal.aborted) {
    const handle = await open(file);
    const { size } = await handle.stat();
    if (size < offset) offset = 0;
    const bytes = Buffer.alloc(size - offset);
    if (bytes.length > 0) await handle.read(bytes, 0, bytes.length, offset);
    await handle.close();
    offset = size;
    const parts = (rest + bytes.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    yield* parts
      .flatMap((part) => parsed(part))
      .filter(({ timestamp }) => timestamp === undefined || Date.parse(timestamp) >= since);
    if (given.flag('once')) return;
    await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

/** The log groups of the stage's functions, asked every second. */
async function* stageLines(io: Io, given: Given, { stage, region }: Target, since: number): AsyncGenerator<Line> {
  const sdk = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new sdk.CloudWatchLogsClient({ region });
  const prefix = `/aws/lambda/dingdock-${stage}-`;
  const groups: string[] = [];
  for await (const page of sdk.paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix }))
    groups.push(...(page.logGroups ?? []).flatMap(({ logGroupName = [] }) => logGroupName));
  if (groups.length === 0)
    throw new CliError(
      EXIT.failed,
      'no_log',
      `no log group begins with ${prefix}`,
      'Is that the stage, and the region?',
    );
  const wanted = groups.filter((group) => given.word === '' || group === `${prefix}${given.word}`);
  let from = since;
  const seen = new Set<string>();
  async function* fresh(logGroupName: string) {
    for await (const { events = [] } of sdk.paginateFilterLogEvents({ client }, { logGroupName, startTime: from }))
      for (const { eventId = '', message = '' } of events) {
        if (!seen.has(eventId)) yield* parsed(message);
        seen.add(eventId);
      }
  }
  while (!io.signal.aborted) {
    const asked = io.now();
    for (const group of wanted) yield* fresh(group);
    if (given.flag('once')) return;
    // lines come late, so a minute is asked for again
    from = Math.max(since, asked - UNITS.m);
    await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
}

function parsed(text: string): Line[] {
  if (!text.startsWith('{')) return [];
  const line = v.safeParse(v.pipe(v.string(), v.parseJson(), Line), text);
  return line.success ? [line.output] : [];
}

function logFile(env: Env): string {
  return resolve(repository ?? needRepository('tail of the local stack'), env.LOCAL_DIR || '.local', 'functions.log');
}
