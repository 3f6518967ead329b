import { createServer } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack } from '../../support/stack.ts';
import { browser } from './browser.ts';

/** What a site can do that a developer happens to open while the stack runs. */
const chromium = browser();
const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>a site</h1>'));
let stack: Awaited<ReturnType<typeof startTestStack>>;
let port = 0;
beforeAll(async () => {
  stack = await startTestStack();
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  const address = site.address();
  port = typeof address === 'object' && address ? address.port : 0;
});
afterAll(async () => {
  site.close();
  await stack?.stop();
});

const api = { authorization: 'Bearer local', 'content-type': 'application/json' };
const aws = (target: string) => ({ 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' });

type Ask = { part: string; url: string; init: { method?: string; headers?: Record<string, string>; body?: string } };

/** What drives each part, as a program would do it. */
function asks(): Ask[] {
  const { urls } = stack;
  const simulator = urls.simulator ?? '';
  const message = JSON.stringify({ to: 'ops', text: 'from a site' });
  const event = JSON.stringify({ EventType: 'chat_add_member', ChatId: 'from-a-site' });
  const invoke = '/2015-03-31/functions/dingdock-local-describe-api/invocations';
  return [
    { part: 'API, a message', url: `${urls.api}/messages`, init: { method: 'POST', headers: api, body: message } },
    { part: 'API, tasks', url: `${urls.api}/tasks`, init: { headers: api } },
    { part: 'API, health', url: `${urls.api}/health`, init: {} },
    {
      part: 'DynamoDB',
      url: urls.dynamodb,
      init: {
        method: 'POST',
        headers: { ...aws('DynamoDB_20120810.ListTables'), authorization: CREDENTIAL },
        body: '{}',
      },
    },
    { part: 'S3, a list', url: `${urls.aws}/uploads`, init: {} },
    {
      part: 'S3, an upload',
      url: `${urls.aws}/uploads/share/ops/site.txt`,
      init: { method: 'PUT', body: 'from a site' },
    },
    { part: 'SQS', url: urls.aws, init: { method: 'POST', headers: aws('AmazonSQS.ListQueues'), body: '{}' } },
    {
      part: 'secrets',
      url: urls.aws,
      init: { method: 'POST', headers: aws('secretsmanager.GetSecretValue'), body: '{"SecretId":"dingdock/local"}' },
    },
    { part: 'Lambda', url: `${urls.lambda}${invoke}`, init: { method: 'POST', body: '{}' } },
    { part: 'simulator, messages', url: `${simulator}/_sim/messages`, init: {} },
    { part: 'simulator, an event', url: `${simulator}/_sim/events`, init: { method: 'POST', body: event } },
  ];
}

const CREDENTIAL =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/** What a page gets of it: a text, or nothing. */
function fromPage(page: Page, { url, init }: Ask, mode: 'cors' | 'no-cors') {
  const bare = mode === 'no-cors' ? { method: init.method, body: init.body } : init;
  return page.evaluate(
    ([address, given]) =>
      fetch(address as string, given as RequestInit).then(
        async (answer) => (answer.type === 'opaque' ? '' : `${answer.status} ${await answer.text()}`),
        () => '',
      ),
    [url, { ...bare, mode }] as const,
  );
}

async function calls(): Promise<number> {
  const answer = await fetch(`${stack.urls.simulator}/_sim/calls`);
  return ((await answer.json()) as unknown[]).length;
}

test.each(['127.0.0.1', 'localhost'])(
  'a page of another origin on %s reads nothing and changes nothing',
  async (host) => {
    const { page } = await chromium.visit(`http://${host}:${port}/`);
    const before = await calls();
    for (const ask of asks()) {
      for (const mode of ['cors', 'no-cors'] as const) expect(await fromPage(page, ask, mode), ask.part).toBe('');
    }
    // a form needs no permission
    const field = `<input name='{"EventType":"x","a":"' value='"}'>`;
    const address = `${stack.urls.simulator}/_sim/events`;
    await page.setContent(
      `<form method="post" enctype="text/plain" action="${address}">${field}<button>go</button></form>`,
    );
    await page.getByRole('button').click();
    await page.waitForURL(/_sim\/events/);
    await expect.poll(() => page.innerText('body')).toContain('refused');
    const lists = {
      list: await fetch(`${stack.urls.aws}/uploads?list-type=2`),
      pushes: await fetch(`${stack.urls.simulator}/_sim/pushes`),
    };
    expect(await lists.list.text()).not.toContain('site.txt');
    expect(await lists.pushes.json()).toEqual([]);
    expect(await calls()).toBe(before);
  },
);

test('a name of another host that leads here reads nothing', async () => {
  const { request } = await import('node:http');
  for (const url of [
    stack.urls.api,
    stack.urls.dynamodb,
    stack.urls.aws,
    stack.urls.lambda,
    stack.urls.simulator ?? '',
  ]) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        `${url}/health`,
        { headers: { host: `rebound.example:${new URL(url).port}` } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      asked.on('error', reject).end();
    });
    expect(status, url).toBe(403);
  }
});

test('programs are answered as before, and doors and links under the name of a tunnel', async () => {
  for (const { part, url, init } of asks().filter(({ part: name }) => !/upload|event|message$/.test(name))) {
    expect((await fetch(url, init)).status, part).not.toBe(403);
  }
  const door = await fetch(`${stack.urls.api}/t/t_none`, { headers: { origin: 'https://tunnel.example' } });
  expect(await door.text()).not.toContain('refused:');
});
