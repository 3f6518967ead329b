import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAwsEmulator } from '../../local/aws/aws-emulator.ts';
import { bucketCors } from '../../local/aws/bucket-cors.ts';
import { readTemplate } from '../../local/template/template.ts';

const PAGE = 'http://app.example:5173';
let emulator: Awaited<ReturnType<typeof startAwsEmulator>>;
beforeAll(async () => {
  const params = { publicUrl: 'http://127.0.0.1:3000', apiUrl: 'http://127.0.0.1:3100', uploadOrigins: PAGE };
  const template = readTemplate('serverless.yml', { stage: 'local', queuesUrl: 'http://127.0.0.1:1', params });
  emulator = await startAwsEmulator({
    ...{ port: 0, region: 'us-east-1', onUpload: () => undefined, answer: () => undefined },
    ...{ allowOrigins: [PAGE], cors: bucketCors(template) },
  });
  await fetch(`${emulator.url}/uploads`, { method: 'PUT' });
});
afterAll(() => emulator.close());

const object = () => `${emulator.url}/uploads/upload/s_1/a.txt`;
const preflight = (origin: string, method: string, headers: string) =>
  fetch(object(), {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

test('a page of an origin that the stage names puts a file, as the rule of serverless.yml says', async () => {
  const asked = await preflight(PAGE, 'PUT', 'content-type');
  expect(asked.status).toBe(200);
  expect(asked.headers.get('access-control-allow-origin')).toBe(PAGE);
  expect(asked.headers.get('access-control-allow-methods')).toBe('PUT');
  const put = await fetch(object(), { method: 'PUT', headers: { origin: PAGE, 'content-type': 'a/b' }, body: 'x' });
  expect([put.status, put.headers.get('access-control-allow-origin')]).toEqual([200, PAGE]);
});

test('it reads nothing, and neither another method nor another header nor another page is let through', async () => {
  const read = await fetch(object(), { headers: { origin: PAGE } });
  expect(read.headers.get('access-control-allow-origin')).toBeNull();
  expect((await preflight(PAGE, 'GET', '')).status).toBe(403);
  expect((await preflight(PAGE, 'DELETE', '')).status).toBe(403);
  expect((await preflight(PAGE, 'PUT', 'content-type, authorization')).status).toBe(403);
  expect((await preflight('http://other.example', 'PUT', 'content-type')).status).toBe(403);
});
