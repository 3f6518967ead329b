import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTopics } from '../../../lib/aws/topics.ts';

const TOPIC = 'arn:aws-cn:sns:cn-north-1:123456789012:gone';
const asked: { headers: IncomingHttpHeaders; form: URLSearchParams }[] = [];
let answer = { status: 200, body: '<PublishResponse/>' };
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  asked.push({ headers: request.headers, form: new URLSearchParams(Buffer.concat(chunks).toString('utf8')) });
  response.writeHead(answer.status).end(answer.body);
});
let endpoint = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});
beforeEach(() => {
  asked.splice(0);
  answer = { status: 200, body: '<PublishResponse/>' };
});

const said = { subject: 'a message for 值班', text: '数据库满了', about: { messageId: 'm_1', destination: '值班' } };

test('a topic has the text whole, a subject that SNS takes, and attributes; signed for its region', async () => {
  await createTopics(endpoint).publish(TOPIC, said);
  expect(asked).toHaveLength(1);
  expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
    ...{ Action: 'Publish', TopicArn: TOPIC, Subject: 'a message for ??', Message: '数据库满了' },
    ...{ 'MessageAttributes.entry.1.Name': 'messageId', 'MessageAttributes.entry.1.Value.StringValue': 'm_1' },
    ...{ 'MessageAttributes.entry.2.Name': 'destination', 'MessageAttributes.entry.2.Value.StringValue': '值班' },
  });
  expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/cn-north-1\/sns\//);
});

test('a text that is too long is cut between characters', async () => {
  await createTopics(endpoint).publish(TOPIC, { ...said, text: '满'.repeat(80_000) });
  expect(asked[0]?.form.get('Message')).toMatch(/^满{66666}$/);
});

test('a refusal says its code', async () => {
  answer = { status: 404, body: '<ErrorResponse><Error><Code>NotFound</Code></Error></ErrorResponse>' };
  const publish = createTopics(endpoint).publish(TOPIC, said);
  await expect(publish).rejects.toMatchObject({ code: 'NotFound', retryable: true });
});
