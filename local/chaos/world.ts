import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { claimPorts } from '../ports.ts';
import { startStack } from '../stack.ts';
import { createDeaths } from './deaths.ts';
import { createFaults, startFront } from './front.ts';
import type { Process } from './plan.ts';
import { watchThreads } from './threads.ts';

const PRELOAD = fileURLToPath(new URL('thread.cjs', import.meta.url));
const run = promisify(execFile);
const SCALE = Number(process.env.TIME_SCALE || 1);
const SCHEDULED_MS = 60_000;
const SCHEDULES = ['reconcile', 'chase-tasks'];
const SCHEDULED = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };
const QUEUES = ['outbox.fifo', 'tasks.fifo', 'sources.fifo', 'uploads', 'inbound', 'events'];
const MANY = 10_000_000;
/** What a caller waits for at most, of the machine's own time. */
const ANSWER_MS = 30_000;
/** A busy machine answers pushes later than the 2.5 s that DingTalk waits for: so long, of its own time. */
const PUSH_DEADLINE_MS = 10_000;

/**
 * The local stack, with a front that can spoil what functions and event sources ask of AWS and DingTalk. Its schedules
 * run by the clock of this process, which TIME_SCALE may have made faster.
 */
export async function startChaosWorld() {
  const since = Date.now();
  const stateDir = mkdtempSync(join(tmpdir(), 'dingdock-chaos-'));
  const ports = await claimPorts({ api: 0, simulator: 0, aws: 0, dynamodb: 0, lambda: 0 });
  const faults = createFaults();
  const threads = await watchThreads();
  const deaths = createDeaths(threads);
  const [aws, dynamodb, simulator] = await Promise.all([
    startFront(ports.aws, faults, deaths),
    startFront(ports.dynamodb, faults, deaths),
    startFront(ports.simulator, faults, deaths),
  ]);
  const log: string[] = [];
  const stack = await startStack({
    ports,
    stateDir,
    schedules: false,
    keep: true,
    onRevival: ({ message }) => log.push(message),
    preload: PRELOAD,
    through: { aws: aws.url, dynamodb: dynamodb.url, simulator: simulator.url },
    environment: {
      TIME_SCALE: String(SCALE),
      TIME_ORIGIN: process.env.TIME_ORIGIN ?? '',
      CHAOS_THREADS: String(threads.port),
      MONTHLY_API_CALLS: String(MANY),
      MONTHLY_WEBHOOK_CALLS: String(MANY),
    },
    simulator: { monthlyQuota: MANY, webhookQuota: MANY, pushDeadlineMs: PUSH_DEADLINE_MS * SCALE },
    onFunctionLine: (line) => log.push(line),
  });
  const stopping = new AbortController();
  const beating = beat();

  async function beat(): Promise<void> {
    while (!stopping.signal.aborted) {
      for (const name of SCHEDULES) void stack.invoke(name, SCHEDULED, stopping.signal).catch(() => undefined);
      await delay(SCHEDULED_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const sqs = new SQSClient({
    endpoint: stack.urls.aws,
    region: stack.region,
    credentials: { accessKeyId: 'chaos', secretAccessKey: 'chaos' },
  });
  const waitingIn = async (queue: string): Promise<number> => {
    const QueueUrl = `${stack.urls.aws}/000000000000/dingdock-local-${queue}`;
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Number(Attributes?.ApproximateNumberOfMessages) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible);
  };

  return {
    /** When it began (epoch ms). */
    since,
    faults,
    threads,
    deaths,
    log,
    urls: { api: stack.urls.api, s3: aws.url, s3Direct: stack.urls.aws },
    /** Calls the API as a caller does: undefined when no answer came. */
    api: (method: string, path: string, body?: object) =>
      call(method, `${stack.urls.api}${path}`, body, { authorization: 'Bearer local' }),
    sim: (method: string, path: string, body?: object) => call(method, `${stack.urls.simulator}/_sim${path}`, body),
    busEvents(): BusLine[] {
      try {
        const lines = readFileSync(stack.busFile, 'utf8').split('\n').filter(Boolean);
        return lines.map((line) => JSON.parse(line));
      } catch {
        return []; // nothing was published yet
      }
    },
    /** As a crash; it comes back by itself. */
    kill(part: Process): void {
      const pid = stack.pidOf(part);
      if (pid === undefined) return;
      log.push(`killed ${part}`);
      try {
        process.kill(part === 'functions' ? -pid : pid, 'SIGKILL'); // the functions are a group
      } catch {
        // it is just being started again
      }
    },
    /** How many records all queues and all dead letters hold. */
    async records() {
      const dead = await Promise.all(QUEUES.map((queue) => waitingIn(queue.replace(/(\.fifo)?$/, '-dead-letters$1'))));
      const waiting = await Promise.all(QUEUES.map(waitingIn));
      log.push(`waiting in ${QUEUES.map((queue, index) => `${queue} ${waiting[index]}`).join(', ')}`);
      return { dead: dead.reduce((a, b) => a + b, 0) };
    },
    /** `dingdock quota resume`, as an operator types it. */
    async resumeQuota(): Promise<void> {
      const port = (url: string | undefined) => new URL(url ?? '').port;
      const { aws, dynamodb, api } = stack.urls;
      const at = { API_PORT: port(api), AWS_EMULATOR_PORT: port(aws), DYNAMODB_PORT: port(dynamodb) };
      const words = ['--require', PRELOAD, 'cli/dingdock.mjs', 'quota', 'resume', '--stage', 'local'];
      const { stdout } = await run(process.execPath, words, { env: { ...process.env, ...at } });
      log.push(stdout);
    },
    async stop() {
      stopping.abort();
      await beating;
      sqs.destroy();
      await stack.stop();
      for (const each of [aws, dynamodb, simulator, threads]) each.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export type ChaosWorld = Awaited<ReturnType<typeof startChaosWorld>>;
export type BusLine = { detailType: string; detail: { id: string; type: string; data: Record<string, unknown> } };

// biome-ignore lint/suspicious/noExplicitAny: what comes is looked into by what was asked for
export type Answer = { status: number; body: any } | undefined;

async function call(method: string, url: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS * SCALE),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return undefined;
  }
}
