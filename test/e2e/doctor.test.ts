import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { startSimulator } from 'dingtalk-simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CAUSES, type Cause } from '../../cli/commands/doctor/causes.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { signWebhook } from '../../lib/dingtalk/webhook.ts';
import { API_KEY, appsSecretOf, KEYS_FILE, KNOWN_KEYS } from '../../stage/local-secret.ts';
import { cliOf } from '../support/cli.ts';
import { filesClient } from '../support/files.ts';
import { delivery, message } from '../support/messages.ts';

const { api, sqs, urls } = await filesClient();
const { dingdock } = cliOf(urls);
/** The doctor's own DingTalk: what it is told to do wrong concerns no other test. */
let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0 });
});
afterAll(() => simulator.close());

/** As of a stack that was started with these apps: its keys are in its folder, and are those that the test's stack has. */
const LOCAL_DIR = mkdtempSync(join(tmpdir(), 'dingdock-doctor-'));
writeFileSync(join(LOCAL_DIR, KEYS_FILE), JSON.stringify({ ...KNOWN_KEYS, apiKey: 'is not asked: DINGDOCK_API_KEY' }));
afterAll(() => rmSync(LOCAL_DIR, { recursive: true }));
const appWith = (over: object) => {
  const [app] = JSON.parse(appsSecretOf(undefined)).apps;
  return { DINGTALK_APPS: JSON.stringify([{ ...app, ...over }]), DINGDOCK_API_KEY: API_KEY, LOCAL_DIR };
};
const fault = (path: string, trouble: object | string) =>
  fetch(`${simulator.url}/_sim/faults`, { method: 'POST', body: JSON.stringify({ path, fault: trouble, times: 1 }) });

type Found = { code: number; causes: Cause[]; text: string };
async function doctor(args: string[] = [], env: Record<string, string> = {}, now = Date.now): Promise<Found> {
  const own = { SIMULATOR_URL: simulator.url, DINGTALK_API_URL: simulator.url, DINGTALK_OAPI_URL: simulator.url };
  const { code, json, text } = await dingdock(['doctor', ...args], { env: { ...own, ...env }, now });
  const found: { cause?: Cause }[] = json.findings;
  return { code, text, causes: found.flatMap(({ cause }) => cause ?? []) };
}

const robot = async (name: string, over: object) => {
  await api('PUT', `/destinations/${name}`, { kind: 'custom-robot', accessToken: 'simopsrobot', ...over });
  return ['--to', name];
};
const queueUrl = async (name: string) =>
  (await sqs.send(new GetQueueUrlCommand({ QueueName: `dingdock-local-${name}` }))).QueueUrl ?? '';

/** Ten faults, as they are brought about, the cause that the doctor has to name, and a word of its remedy. */
const FAULTS: [fault: string, cause: Cause, remedy: RegExp, seed: () => Promise<Found>][] = [
  ['a wrong app secret', 'credentials', /Client Secret/, () => doctor([], appWith({ appSecret: 'wrong' }))],
  [
    'a scope that was never granted',
    'permission',
    /appscope\/apply\?content=dingsimapp%23qyapi_get_member/,
    async () => {
      const said = '应用尚未开通所需的权限：[qyapi_get_member] {requiredScopes=[qyapi_get_member]}';
      await fault('/topapi/v2/user/get', { errcode: 88, sub_code: '60011', sub_msg: said, errmsg: said });
      return doctor();
    },
  ],
  [
    'an IP allow-list without us',
    'ip-not-allowed',
    /egress IP/,
    async () => {
      await fault('/topapi/v2/user/get', { errcode: 88, sub_code: '60020', sub_msg: 'request ip=1.2.3.4' });
      return doctor();
    },
  ],
  ['a clock that is two hours off', 'clock', /NTP/, () => doctor([], {}, () => Date.now() + 7_200_000)],
  [
    'a signature that is encoded twice',
    'sign-encoded-twice',
    /Encode the signature once/,
    () => {
      const at = Date.now();
      const sign = encodeURIComponent(encodeURIComponent(signWebhook('SECx', at)));
      return doctor([
        '--signed-url',
        `https://oapi.dingtalk.com/robot/send?access_token=t&timestamp=${at}&sign=${sign}`,
      ]);
    },
  ],
  [
    "another robot's secret",
    'sign-secret',
    /SEC…, whole/,
    async () => doctor(await robot('dr-secret', { secret: 'SECanother' })),
  ],
  [
    'a robot that signs, and no secret',
    'sign-mode',
    /store its secret/,
    async () => doctor(await robot('dr-mode', {})),
  ],
  [
    'a webhook that is gone',
    'robot-gone',
    /create the robot anew/,
    async () => doctor(await robot('dr-gone', { accessToken: 'dr-nobody' })),
  ],
  ['a wrong receiver id', 'wrong-corp', /corpId/, () => doctor([], appWith({ corpId: 'dingothercorp' }))],
  [
    'an expired key',
    'key-expired',
    /keys create/,
    async () => {
      const yesterday = () => Date.now() - 2 * 86_400_000;
      const { json } = await dingdock(['keys', 'create', 'dr-old', '--scope', '*', '--expires', '1d'], {
        now: yesterday,
      });
      return doctor([], { DINGDOCK_API_KEY: json.key });
    },
  ],
  [
    'a dead letter',
    'dead-letters',
    /dlq redrive/,
    async () => {
      const QueueUrl = await queueUrl('inbound-dead-letters');
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
      const found = await doctor();
      await sqs.send(new PurgeQueueCommand({ QueueUrl }));
      return found;
    },
  ],
  [
    'a queue that is stuck',
    'stuck-queue',
    /reconcile/,
    async () => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
      const messages = createMessageTable(client, 'dingdock-local-messages');
      const dueAt = Date.now() - 86_400_000;
      const deliveries = { ops: delivery({ dueAt, waiting: true }) };
      await messages.create(
        message({ id: 'm_stuck_for_the_doctor', createdAt: new Date(dueAt).toISOString(), deliveries }),
      );
      await messages.watch('m_stuck_for_the_doctor', dueAt);
      const found = await doctor();
      await messages.checked('m_stuck_for_the_doctor', dueAt, undefined);
      client.destroy();
      return found;
    },
  ],
];

test.each(FAULTS)('%s is named %s, with its remedy and its exit code', async (_, cause, remedy, seed) => {
  const { code, causes, text } = await seed();
  expect(causes).toContain(cause);
  expect(text).toMatch(remedy);
  expect(code).toBe(Math.min(...causes.map((each) => CAUSES[each][0])));
});

test('a wrong corp id is found at the callback door too, and told from a wrong token or AES key', async () => {
  const { causes } = await doctor([], appWith({ corpId: 'dingothercorp' }));
  expect(causes).toEqual(expect.arrayContaining(['wrong-corp', 'wrong-receiver']));
  const { causes: withOtherKey } = await doctor(
    [],
    appWith({ callbacks: [{ token: 'another', aesKey: 'b'.repeat(43) }] }),
  );
  expect(withOtherKey).toContain('callback-key');
});

test('nothing listening is a fault of its own', async () => {
  const { code, causes } = await doctor([], { API_PORT: '1' });
  expect(causes).toContain('api-unreachable');
  expect(code).toBe(10);
});

test('a stage that is well has nothing to tell, a test message included', async () => {
  expect((await doctor(['--to', 'zhangsan'])).causes).toEqual([]);
});

test('every cause has an exit code of its own', () => {
  const codes = Object.values(CAUSES).map(([exit]) => exit);
  expect(new Set(codes).size).toBe(codes.length);
});
