import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appsSecretOf } from '../../stage/local-secret.ts';
import { clientOf, startEmulator } from './emulator.ts';

let emulator: Awaited<ReturnType<typeof startEmulator>>;
let secrets: SecretsManagerClient;
let bus: EventBridgeClient;

beforeAll(async () => {
  emulator = await startEmulator();
  secrets = new SecretsManagerClient(clientOf(emulator.url));
  bus = new EventBridgeClient(clientOf(emulator.url));
});
afterAll(() => emulator.close());

test('hands out a secret', async () => {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: 'dingdock/local' }));
  expect(SecretString).toBe('{"a":1}');
});

test('does not know other secrets', async () => {
  const unknown = secrets.send(new GetSecretValueCommand({ SecretId: 'nope' }));
  await expect(unknown).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('takes events for the bus and refuses a detail that is no object', async () => {
  const entry = { EventBusName: 'dingdock-local', Source: 'dingdock', DetailType: 'task.done' };
  const Entries = [
    { ...entry, Detail: '{"id":"你好"}', Time: new Date('2026-01-02T03:04:05Z') },
    { ...entry, Detail: '[]' },
  ];
  const answer = await bus.send(new PutEventsCommand({ Entries }));
  expect(answer.FailedEntryCount).toBe(1);
  expect(answer.Entries).toEqual([
    { EventId: expect.any(String) },
    { ErrorCode: 'MalformedDetail', ErrorMessage: expect.any(String) },
  ]);
  expect(emulator.events).toEqual([
    {
      time: '2026-01-02T03:04:05.000Z',
      source: 'dingdock',
      detailType: 'task.done',
      detail: { id: '你好' },
      bus: 'dingdock-local',
    },
  ]);
});

const APP = { name: 'main', corpId: 'c', appKey: 'k', appSecret: 's', callbacks: [], cardSecrets: [] };

test.each([
  ['a list', [APP]],
  ['an object with apps', { apps: [APP] }],
])('takes the real apps as %s', (_, apps) => {
  expect(JSON.parse(appsSecretOf(JSON.stringify(apps))).apps).toMatchObject([APP]);
});

test.each(['', 'no json', '[]', '{"apps":{}}', '[{"name":"x"}]'])('refuses apps that are %j', (apps) => {
  expect(() => appsSecretOf(apps)).toThrow('DINGTALK_APPS');
});
