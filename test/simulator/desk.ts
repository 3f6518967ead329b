import { createHmac } from 'node:crypto';
import { type Simulator, type SimulatorOptions, startSimulator } from 'dingtalk-simulator';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** Whatever JSON.parse gives: tests look into answers without declaring each. */
export type Loose = ReturnType<typeof JSON.parse>;
export type Answer = { status: number; body: Loose; headers: Headers; text: string };
export type Desk = {
  url: string;
  simulator: Simulator;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The new host, with a token. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The old host, with a token in the query. */
  old(method: string, path: string, body?: unknown): Promise<Answer>;
  sim(method: string, path: string, body?: unknown): Promise<Loose>;
  token(): Promise<string>;
  robot(body: unknown, change?: { token?: string; timestamp?: string; secret?: string }): Promise<Answer>;
  group(msgKey: string, msgParam: unknown, more?: object): Promise<Answer>;
  upload(type: string, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Answer>;
};

/** A simulator for a whole test file, back to its fixtures before each test. */
export function desk(options: SimulatorOptions = {}): Desk {
  let simulator: Simulator | undefined;
  const running = (): Simulator => {
    if (!simulator) throw new Error('the simulator has not started yet');
    return simulator;
  };
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, ...options });
  });
  beforeEach(async () => {
    await here.sim('POST', '/reset');
    await awayFromMidnight(here);
  });
  afterAll(() => running().close());

  const here: Desk = {
    get url() {
      return running().url;
    },
    get simulator() {
      return running();
    },
    async call(method, path, body, headers = {}) {
      const json = body !== undefined && typeof body === 'object' && !(body instanceof FormData);
      const init: RequestInit = {
        method,
        headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
      };
      if (body !== undefined) init.body = json ? JSON.stringify(body) : (body as string | FormData);
      const response = await fetch(running().url + path, init);
      const text = await response.text();
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        parsed = text;
      }
      return { status: response.status, body: parsed, headers: response.headers, text };
    },
    async token() {
      const { body } = await here.call('POST', '/v1.0/oauth2/accessToken', {
        appKey: 'dingsimapp',
        appSecret: 'dingsimsecret',
      });
      return body.accessToken;
    },
    async api(method, path, body) {
      return here.call(method, path, body, { 'x-acs-dingtalk-access-token': await here.token() });
    },
    async old(method, path, body) {
      return here.call(method, `${path}${path.includes('?') ? '&' : '?'}access_token=${await here.token()}`, body);
    },
    async sim(method, path, body) {
      return (await here.call(method, `/_sim${path}`, body)).body;
    },
    async robot(body, { token = 'simopsrobot', timestamp = String(Date.now()), secret = 'SECsimopsrobot' } = {}) {
      const sign = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
      const query = new URLSearchParams({ access_token: token, timestamp, sign });
      return here.call('POST', `/robot/send?${query}`, body);
    },
    async group(msgKey, msgParam, more = {}) {
      return here.api('POST', '/v1.0/robot/groupMessages/send', {
        robotCode: 'dingsimapp',
        openConversationId: 'cidProject=',
        msgKey,
        msgParam: typeof msgParam === 'string' ? msgParam : JSON.stringify(msgParam),
        ...more,
      });
    },
    async upload(type, name, bytes) {
      const form = new FormData();
      form.append('media', new Blob([bytes]), name);
      return here.old('POST', `/media/upload?type=${type}`, form);
    },
  };
  return here;
}

/** Moves its clock to where a span of the clock begins: what is counted by spans falls into one. */
export async function atBeginningOf(here: Desk, spanMs: number): Promise<void> {
  const now = Date.parse((await here.sim('GET', '/state')).now);
  await here.sim('POST', '/clock', { advanceMs: spanMs - (now % spanMs) });
}

export const text = (content: string) => ({ msgtype: 'text', text: { content } });

const DAY_MS = 86_400_000;
const SOON_MS = 5 * 60_000;

/** DingTalk's days and months begin at midnight in Beijing: none is to begin in the midst of a test. */
async function awayFromMidnight(here: Desk): Promise<void> {
  const beijing = Date.parse((await here.sim('GET', '/state')).now) + 8 * 3_600_000;
  const leftMs = DAY_MS - (beijing % DAY_MS);
  if (leftMs < SOON_MS) await here.sim('POST', '/clock', { advanceMs: leftMs });
}
