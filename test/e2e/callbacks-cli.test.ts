import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { urls } = await stackClient();

const dingdock = (...args: string[]) => promisify(execFile)('cli/dingdock.mjs', args);

test.each(['/dingtalk/events', '/dingtalk/default/events'])(
  '`dingdock callback verify` passes against the local stack at %s',
  async (path) => {
    const { stdout } = await dingdock('callback', 'verify', `${urls.api}${path}`);
    expect(stdout).toContain('✓ check_url for dingsimapp: encrypted success');
    expect(stdout).not.toContain('✗');
  },
);

test('against the address of an app that is not there it fails, and says what to look at', async () => {
  const run = dingdock('callback', 'verify', `${urls.api}/dingtalk/nobody/events`);
  await expect(run).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining('✗ refused (403)') });
});

test('the command line says what it takes, with exit code 2 for what it does not', async () => {
  const run = dingdock('callback', 'frobnicate');
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("unknown command 'frobnicate'; dingdock --help lists the commands"),
  });
});
