import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, expect, test } from 'vitest';
import { PROBLEMS } from '../../contract/problems.ts';
import { chunks } from '../../lib/base/chunks.ts';
import { encryptMessage } from '../../lib/dingtalk/doors/callback.ts';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import { inlined, type JsonSchema, valuesOf } from '../support/json-schema.ts';
import fc from '../support/property.ts';
import { stackClient } from '../support/stack-client.ts';

// Whatever is sent: no fault of ours, no request without an answer, every error of ours in our words.

const REQUESTS = Number(process.env.FUZZ ?? 200);
const CALLBACKS = Math.ceil(REQUESTS / 10);
const AT_ONCE = 10;

const { api, request, urls } = await stackClient();
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const sqs = new SQSClient({ endpoint: urls.aws, region: 'us-east-1', credentials });
afterAll(() => sqs.destroy());

type Operation = {
  parameters?: { name: string; in: string }[];
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } };
};
const document = JSON.parse(readFileSync('openapi.json', 'utf8'));
const operations = Object.entries<Record<string, Operation>>(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })),
  )
  .filter(({ method }) => method !== 'HEAD'); // it is GET without the body, and fetch lets nobody send one with it

const junk = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
  fc.integer({ min: 1, max: 3_000 }).map((length) => 'a'.repeat(length)),
  fc.constantFrom('#1', 'number', 't_x', 's_x', 'm_20261128', 'media#x', '../ops', '%00', '__proto__', 'constructor'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).map((text) => text.toWellFormed()),
);
const names = fc.constantFrom('ops', 'project', 'zhangsan', 'notice', 'fuzzed');
/** Tasks ask DingTalk for people, which is metered: most requests are others. */
const isDear = ({ method, path }: { method: string; path: string }) => path.startsWith('/tasks') && method !== 'GET';
const cheap = operations.filter((one) => !isDear(one));
const chosen = fc.oneof(
  { arbitrary: fc.constantFrom(...cheap), weight: 19 },
  { arbitrary: fc.constantFrom(...operations.filter(isDear)), weight: 1 },
);

/** A request of an operation in which anything may be wrong. */
const requests = chosen.chain(({ method, path, parameters = [], requestBody }) => {
  const schema = requestBody?.content['application/json'].schema;
  const value = schema ? valuesOf(inlined(schema, document.components.schemas), true) : fc.constant(undefined);
  const ofQuery = parameters.filter((each) => each.in === 'query').map(({ name }) => name);
  return fc.record({
    method: fc.oneof(
      { arbitrary: fc.constant(method), weight: 15 },
      { arbitrary: fc.constantFrom('PUT', 'POST', 'GET'), weight: 1 },
    ),
    path: fc
      .oneof(junk, names)
      .map((name) => path.replace(/\{\w+\}/g, encodeURIComponent(name).replaceAll('.', '%2E'))),
    query: fc.dictionary(fc.constantFrom(...ofQuery, 'other'), junk, { maxKeys: 2 }),
    body: fc.oneof(
      { arbitrary: value.map((each) => (each === undefined ? undefined : JSON.stringify(each))), weight: 8 },
      {
        arbitrary: fc.constantFrom(undefined, '', '{', '[]', 'null', `${'['.repeat(9_000)}`, '{"to":"ops","to":1}'),
        weight: 1,
      },
    ),
    headers: fc.record(
      {
        'idempotency-key': fc.constantFrom('k', 'a b', 'x'.repeat(300)),
        prefer: fc.constantFrom('wait=0', 'wait=x', 'x'),
      },
      { requiredKeys: [] },
    ),
    authorization: fc.oneof(
      { arbitrary: fc.constant('Bearer local'), weight: 9 },
      { arbitrary: fc.constantFrom('Bearer x', 'Basic bG9jYWw6bG9jYWw=', 'Bearer', 'local', 'Basic ????'), weight: 1 },
    ),
  });
});

test(`${REQUESTS} requests of all kinds: no fault of ours, and every error in our words`, async () => {
  const faults: unknown[] = [];
  const seen = new Set<string>();
  for (const some of chunks(fc.sample(requests, REQUESTS), AT_ONCE)) {
    await Promise.all(
      some.map(async ({ method, path, query, body, headers, authorization }) => {
        const url = `${urls.api}${path}?${new URLSearchParams(query)}`;
        const sent = method === 'GET' || method === 'DELETE' ? undefined : body;
        const answer = await request(method, url, sent, { ...headers, authorization });
        const code = answer.body?.code;
        seen.add(String(code ?? answer.status));
        const isPage = path.startsWith('/f/');
        const type = answer.headers.get('content-type') ?? '';
        const inOurWords =
          type === 'application/problem+json' &&
          code in PROBLEMS &&
          PROBLEMS[code as keyof typeof PROBLEMS] === answer.status;
        if (answer.status >= 500 || (answer.status >= 400 && !isPage && !inOurWords))
          faults.push([
            method,
            path.slice(0, 80),
            query,
            String(sent).slice(0, 300),
            answer.status,
            answer.text.slice(0, 200),
          ]);
      }),
    );
  }
  console.log(`answers: ${[...seen].sort().join(', ')}`);
  expect(faults.slice(0, 5)).toEqual([]);
  expect(seen.size).toBeGreaterThan(8);
  // what was stored breaks no list
  for (const list of ['/messages', '/tasks', '/shares', '/conversations'])
    expect((await api('GET', list)).status).toBe(200);
});

const hmac = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('base64');
const [callback] = SIMULATED_APP.callbacks;

type Push = { path: string; body: string; headers: Record<string, string> };
const doors: Record<string, (payload: string) => Push> = {
  events(payload) {
    const { token = '', aesKey = '' } = callback ?? {};
    const [timestamp, nonce] = [String(Date.now()), 'nonce'];
    const encrypt = encryptMessage(aesKey, payload, SIMULATED_APP.appKey, randomBytes(16));
    const parts = [token, timestamp, nonce, encrypt].sort().join('');
    const signature = createHash('sha1').update(parts).digest('hex');
    return {
      path: `/dingtalk/events?${new URLSearchParams({ timestamp, nonce, signature })}`,
      body: JSON.stringify({ encrypt }),
      headers: {},
    };
  },
  robot(body) {
    const timestamp = String(Date.now());
    const sign = hmac(SIMULATED_APP.appSecret, `${timestamp}\n${SIMULATED_APP.appSecret}`);
    return { path: '/dingtalk/robot', body, headers: { timestamp, sign } };
  },
  cards(body) {
    const timestamp = String(Date.now());
    const signature = hmac(SIMULATED_APP.cardSecrets[0] ?? '', timestamp);
    const headers = { 'x-ddpaas-signature-timestamp': timestamp, 'x-ddpaas-signature': signature };
    return { path: '/dingtalk/cards', body, headers };
  },
};

const odd = fc.oneof(
  junk,
  fc.jsonValue(),
  fc.constantFrom('2', 'chat_update_title', 'chat_add_member', 'text', 'zhangsan'),
);
const MEMBERS =
  `EventType eventId msgId conversationId openConversationId conversationType conversationTitle title owner userId
  senderStaffId text msgtype content operator outTrackId value userIdType corpId chatId timeStamp createAt`.split(
    /\s+/,
  );
const payloads = fc.oneof(
  { arbitrary: fc.dictionary(fc.constantFrom(...MEMBERS), odd).map((value) => JSON.stringify(value)), weight: 9 },
  { arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)), weight: 1 },
);

function saidBy({ status, headers, body, text }: Awaited<ReturnType<typeof request>>): string {
  if (status === 200) return 'kept';
  const said = `${status} ${body?.code ?? text.slice(0, 100)}`;
  return status === 503 && !headers.has('retry-after') ? `${said}, without Retry-After` : said;
}

test(`${CALLBACKS} signed callbacks of all kinds: answered, and none poisons its queue`, async () => {
  const pushes = fc.sample(fc.tuple(fc.constantFrom('events', 'robot', 'cards'), payloads), CALLBACKS);
  const tally: Record<string, number> = {};
  for (const some of chunks(pushes, AT_ONCE)) {
    await Promise.all(
      some.map(async ([door, payload]) => {
        const push = doors[door]?.(payload);
        // a door has 900 ms, which a busy machine may not have: what was not kept is pushed again, as DingTalk does
        for (;;) {
          const answer = await request('POST', `${urls.api}${push?.path}`, push?.body, push?.headers);
          const said = saidBy(answer);
          tally[said] = (tally[said] ?? 0) + 1;
          if (answer.status !== 503) return;
        }
      }),
    );
  }
  console.log(`callbacks: ${JSON.stringify(tally)}`);
  const { kept = 0, '403 callback_refused': refused = 0, '503 callback_not_stored': _, ...others } = tally;
  expect(others).toEqual({});
  expect(kept).toBeGreaterThan(0);
  expect(kept + refused).toBe(CALLBACKS);
  const left = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  await expect.poll(() => left('dingdock-local-events')).toBe(0);
  expect(await left('dingdock-local-events-dead-letters')).toBe(0);
});

/** As it stands, without what a client would mend. */
function raw(path: string, headers: Record<string, string>, body = ''): Promise<string> {
  return new Promise((resolve) => {
    const sent = rawRequest(
      urls.api,
      { path, method: 'POST', headers: { authorization: 'Bearer local', ...headers } },
      (response) => {
        response.resume();
        response.on('end', () => resolve(String(response.statusCode)));
      },
    );
    sent.on('error', () => resolve('connection closed'));
    sent.end(body);
  });
}

test('what the gateway refuses before us are a few kinds, and none of them hangs', async () => {
  const kinds = {
    'header of 70,000 bytes': await raw('/messages', { 'x-long': 'a'.repeat(70_000) }),
    'broken escape in the path': await raw('/destinations/%ff/test', {}),
    'body of 11 MB': await raw('/messages', {}, `"${'a'.repeat(11_000_000)}"`),
  };
  console.log(`refused before us: ${JSON.stringify(kinds)}`);
  for (const answer of Object.values(kinds)) expect(answer).toMatch(/^4\d\d$|^connection closed$/);
});
