import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { packaged } from '../support/packaged.ts';
import { stackPorts } from '../support/run.ts';
import { startTestStack } from '../support/stack.ts';
import { newAccount } from './world.ts';

// The whole proof of a real account, rehearsed: every command of it runs, but for what asks for functions in that account.

let stack: Awaited<ReturnType<typeof startTestStack>>;
beforeAll(async () => {
  await newAccount();
  stack = await startTestStack();
});
afterAll(() => stack?.stop());

test('the proof of a real account comes to its end, and leaves nothing', async () => {
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: process.env.HOME ?? '',
    AWS_ENDPOINT_URL: inject('aws'),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
    TEMPLATE_ONLY: '1',
    SLS_AWS_MONITORING_FREQUENCY: '100',
    DINGDOCK_URL: stack.urls.api,
    REHEARSAL_KEY: 'local',
    SIMULATOR_URL: String(stack.urls.simulator),
    SIMULATOR_PORT: String(stackPorts().simulator),
    ALARM_EMAIL: 'ops@example.com',
  };
  const { code, said } = await new Promise<{ code: number; said: string }>((resolve) => {
    execFile('bash', ['test/cloud/real.sh'], { env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` }),
    );
  });
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringMatching(/\nproof: 17 steps, all done\n/) });
  expect(said.match(/left out: nothing runs functions here/g)).toHaveLength(5);
});

test('the alarm that it rings is one of the stage', async () => {
  const [, name = ''] =
    /--alarm-name "dingdock-\$STAGE-([\w-]+)"/.exec(readFileSync('test/cloud/real.sh', 'utf8')) ?? [];
  const { Resources } = await packaged('proof', 'eu-central-1');
  const names = Object.values(Resources).map(({ Properties }) => Properties?.AlarmName);
  expect(names).toContain(`dingdock-proof-${name}`);
});
