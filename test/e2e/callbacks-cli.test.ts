import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { urls } = stackClient();

test('`dingdock callback verify` passes against the local stack', async () => {
  const { stdout } = await promisify(execFile)('cli/dingdock.mjs', [
    'callback',
    'verify',
    `${urls.api}/dingtalk/events`,
  ]);
  expect(stdout).toContain('✓ check_url for dingsimapp: encrypted success');
  expect(stdout).not.toContain('✗');
});

test('the command line says what it takes, with exit code 2 for what it does not', async () => {
  const run = promisify(execFile)('cli/dingdock.mjs', ['callback', 'frobnicate']);
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('dingdock callback verify') });
});
