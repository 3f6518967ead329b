import { readFileSync } from 'node:fs';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, expect } from 'vitest';
import { retry } from '../../lib/base/retry.ts';
import type { StackOptions } from '../../local/stack-options.ts';
import { startTestStack } from './stack.ts';

type Json = Record<string, unknown>;

/** A busy machine answers DingTalk's pushes later than DingTalk waits for, and has no time for some of them at first. */
const PATIENT = { pushDeadlineMs: 60_000, cardDeadlineMs: 60_000, retryPlanMs: Array(30).fill(1_000) };
/** What EventBridge sends on a schedule; no function looks into it. */
const SCHEDULED = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/**
 * Starts a stack for a test file, and calls it as its users do. Answers are untyped: what they hold is what tests are
 * about.
 */
export async function stackClient(app: object = {}, options: Partial<StackOptions> = {}) {
  const {
    busFile,
    invoke,
    log,
    pidOf,
    stop,
    urls: started,
  } = await startTestStack({ simulator: PATIENT, app, ...options });
  if (started.simulator === undefined) throw new Error('the end-to-end tests need the simulator');
  const urls = { ...started, simulator: started.simulator };
  afterAll(stop);
  // A fault is for the test that asked for it: one that is left over would strike another.
  afterEach(async () => {
    const faults: Json[] = (await request('GET', `${urls.simulator}/_sim/faults`)).body;
    await request('DELETE', `${urls.simulator}/_sim/faults`);
    expect(
      faults.filter(({ left }) => left !== 0),
      'faults that did not strike',
    ).toEqual([]);
  });

  async function request(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  /** A push at a door, which has 900 ms: what a busy machine had no time to keep is pushed again, as DingTalk does. */
  async function knock(path: string, body: unknown, headers: Record<string, string> = {}) {
    let answer: Awaited<ReturnType<typeof request>> | undefined;
    const again = async () => {
      answer = await request('POST', `${urls.api}${path}`, body, headers);
      return answer.status;
    };
    await expect.poll(again).not.toBe(503);
    return answer ?? expect.unreachable();
  }

  const key = { authorization: 'Bearer local' };
  return {
    urls,
    request,
    knock,
    /** What the functions wrote. */
    log,
    invoke,
    pidOf,
    /** Calls a function as its schedule does: what failed, as for want of time, is tried twice again by Lambda. */
    schedule: (name: string) => retry(() => invoke(name, SCHEDULED), { tries: 3, mayPass: () => true }),
    api: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(method, `${urls.api}${path}`, body, { ...key, ...headers }),
    /** Sends a message and waits for its outcome, longer than a caller could where it takes longer. */
    async send(body: Json, headers: Record<string, string> = {}) {
      const answer = await request('POST', `${urls.api}/messages`, body, { ...key, prefer: 'wait=20', ...headers });
      if (answer.status !== 202) return answer;
      const now = () => request('GET', `${urls.api}${answer.body.links.self}`, undefined, key);
      await expect.poll(async () => (await now()).body.status).not.toBe('queued');
      return now();
    },
    sim: (method: string, path: string, body?: unknown) => request(method, `${urls.simulator}/_sim${path}`, body),
    /**
     * A person writes to the robot (`/say`) or taps a card (`/click`), and taps again where the door had no time to keep it:
     * on a busy machine it may be later than DingTalk waits for. What was written is pushed again under its own id, since
     * the queue may have it all the same: as another message it would be answered twice.
     */
    async act(path: '/say' | '/click', body: Json) {
      const sim = (to: string, sent: unknown) => request('POST', `${urls.simulator}/_sim${to}`, sent);
      let answer = await sim(path, body);
      const again = async () => {
        if (answer.body.attempt?.status !== 503) return answer.body.attempt?.status;
        const repeat = () => sim(`/pushes/${answer.body.pushId}/repeat`, {});
        const next = await (path === '/say' ? repeat() : sim(path, body));
        answer = { ...next, body: { ...answer.body, ...next.body } };
        return answer.body.attempt?.status;
      };
      await expect.poll(again).not.toBe(503);
      return answer;
    },
    messagesIn: async (conversation: string) =>
      (await request('GET', `${urls.simulator}/_sim/messages?conversation=${encodeURIComponent(conversation)}`)).body,
    callsTo: async (path: string) =>
      (await request('GET', `${urls.simulator}/_sim/calls?path=${encodeURIComponent(path)}`)).body,
    /** Ends a ban of our address, which would hold back everything for five minutes; answers whether there was one. */
    async liftBan() {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
      const Key = { id: { S: 'egress' } };
      const ban = new DeleteItemCommand({ TableName: 'dingdock-local-limits', Key, ReturnValues: 'ALL_OLD' });
      const { Attributes } = await client.send(ban);
      client.destroy();
      return Attributes !== undefined;
    },
    busEvents: () => {
      const lines = readBus(busFile).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
  };
}

function readBus(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
function jsonOf(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
