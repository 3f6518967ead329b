import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from 'dingtalk-simulator';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CAUSES } from '../../cli/commands/doctor/causes.ts';
import { runCli } from '../support/cli.ts';

let simulator: Awaited<ReturnType<typeof startSimulator>>;
let folder: string;
/** Secrets Manager, as much of it as init asks for. */
const secrets = new Map<string, string>();
const manager = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString());
  const name = body.SecretId ?? body.Name;
  const action = String(request.headers['x-amz-target']).split('.')[1];
  const refuse = (type: string) =>
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify({ __type: type }));
  if (action === 'CreateSecret' && secrets.has(name)) return void refuse('ResourceExistsException');
  if (action === 'GetSecretValue' && !secrets.has(name)) return void refuse('ResourceNotFoundException');
  if (action !== 'GetSecretValue') secrets.set(name, body.SecretString);
  response.end(JSON.stringify({ Name: name, SecretString: secrets.get(name) }));
});
let managerUrl: string;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'dingdock-init-'));
  await new Promise<void>((resolve) => manager.listen(0, '127.0.0.1', resolve));
  managerUrl = `http://127.0.0.1:${(manager.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(async () => {
  await simulator.close();
  manager.close();
  await rm(folder, { recursive: true });
});

const APP = ['--corp-id', 'dingsimcorp', '--app-key', 'dingsimapp', '--agent-id', '1000001'];
const init = (args: string[], env: Record<string, string> = {}) =>
  runCli(
    {
      DINGTALK_API_URL: simulator.url,
      DINGTALK_OAPI_URL: simulator.url,
      DINGTALK_APP_SECRET: 'dingsimsecret',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: managerUrl,
      AWS_REGION: 'us-east-1',
      ...env,
    },
    ['init', ...args],
  );

test('an app that DingTalk takes is written to the secret of the stage, with keys for its callbacks', async () => {
  const { code, json } = await init([...APP, '--stage', 'prod']);
  expect(code).toBe(0);
  const { apps, ...rest } = JSON.parse(secrets.get('dingdock/prod') ?? '');
  expect(rest).toEqual({});
  // our own keys, apart from all that DingTalk knows
  const keys = JSON.parse(secrets.get('dingdock/prod/keys') ?? '');
  expect(Object.keys(keys).sort()).toEqual(['cookieKey', 'linkKey', 'sealingKey']);
  expect(new Set(Object.values<string>(keys).map((key) => key.slice(0, 32))).size).toBe(3);
  expect(apps).toEqual([
    expect.objectContaining({ name: 'default', appKey: 'dingsimapp', appSecret: 'dingsimsecret', agentId: 1000001 }),
  ]);
  expect(apps[0].callbacks[0].aesKey).toMatch(/^[A-Za-z0-9]{43}$/);
  expect(json.callback).toEqual(apps[0].callbacks[0]);
});

test('a second time our own keys, the keys of the callbacks and the other apps stay', async () => {
  await init([...APP, '--stage', 'twice']);
  const keys = secrets.get('dingdock/twice/keys');
  const first = JSON.parse(secrets.get('dingdock/twice') ?? '');
  const proxy = 'http://proxy.example:3128';
  secrets.set('dingdock/twice', JSON.stringify({ ...first, proxy }));
  await init([...APP, '--stage', 'twice', '--name', 'second']);
  await init([...APP, '--stage', 'twice', '--operator', 'zhangsan']);
  const { apps, ...rest } = JSON.parse(secrets.get('dingdock/twice') ?? '');
  expect(secrets.get('dingdock/twice/keys')).toBe(keys);
  expect(rest).toEqual({ proxy });
  expect(apps.map(({ name }: { name: string }) => name)).toEqual(['second', 'default']);
  expect(apps[1]).toEqual({ ...first.apps[0], operatorUserId: 'zhangsan' });
});

test.each([
  ['a wrong secret', APP, { DINGTALK_APP_SECRET: 'wrong-app-secret' }, 'credentials' as const],
  ['a wrong corp', ['--corp-id', 'dingother', ...APP.slice(2)], {}, 'wrong-corp' as const],
])('%s is found before anything is written, and does not come out', async (_, args, env, cause) => {
  const { code, text } = await init([...args, '--stage', 'never'], env);
  expect(code).toBe(CAUSES[cause][0]);
  expect(text).toContain('nothing was written');
  expect(text).not.toContain('wrong-app-secret');
  expect(secrets.has('dingdock/never')).toBe(false);
});

test('for the local stack it is one line of .env that nobody else can read; the other lines stay', async () => {
  const file = join(folder, '.env');
  await writeFile(file, 'API_PORT=3333\n', { mode: 0o600 });
  expect((await init([...APP, '--file', file])).code).toBe(0);
  expect((await init([...APP, '--file', file])).code).toBe(0);
  const [kept, apps, rest] = (await readFile(file, 'utf8')).split('\n');
  expect([kept, rest]).toEqual(['API_PORT=3333', '']);
  expect(JSON.parse(/^DINGTALK_APPS='(.*)'$/.exec(apps ?? '')?.[1] ?? '')).toHaveLength(1);
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test('what is missing is told at once, and the secret is never an option', async () => {
  const { code, text } = await init(['--stage', 'x'], { DINGTALK_APP_SECRET: '' });
  expect(code).toBe(2);
  for (const word of ['--corp-id', '--app-key', '--agent-id', 'DINGTALK_APP_SECRET']) expect(text).toContain(word);
  expect((await init(['--app-secret', 'x'])).code).toBe(2);
});

test('--dry-run tries the credentials and writes nothing', async () => {
  const { code, text } = await init([...APP, '--stage', 'dry', '--dry-run']);
  expect(code).toBe(0);
  expect(text).toContain('DingTalk takes the credentials');
  expect(secrets.has('dingdock/dry')).toBe(false);
});
