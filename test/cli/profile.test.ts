import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { withStage } from '../../cli/stage/with-stage.ts';
import type { Env } from '../../cli/terminal.ts';
import { runCli } from '../support/cli.ts';

let home: string;
const file = () => join(home, 'dingdock', 'stages.json');
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'dingdock-profiles-'));
  await mkdir(join(home, 'dingdock'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function profiles(content: unknown, mode = 0o600) {
  await writeFile(file(), typeof content === 'string' ? content : JSON.stringify(content));
  await chmod(file(), mode);
}
const dingdock = (args: string[], env: Record<string, string> = {}) => runCli({ XDG_CONFIG_HOME: home, ...env }, args);

/** An API that tells who asked. */
async function listener() {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers.authorization);
    response.end('{"items":[]}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { keys, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

test('a stage is asked where and as whom its profile says, and the shell goes before it', async () => {
  const { keys, url } = await listener();
  await profiles({ prod: { url, apiKey: 'dd_mine' }, other: { url: 'http://127.0.0.1:9', apiKey: 'dd_other' } });
  expect((await dingdock(['destinations', 'list', '--stage', 'prod'])).code).toBe(0);
  expect((await dingdock(['destinations', 'list', '--stage', 'prod'], { DINGDOCK_API_KEY: 'dd_shell' })).code).toBe(0);
  expect((await dingdock(['destinations', 'list', '--stage', 'prod', '--key-env', 'CI'], { CI: 'dd_ci' })).code).toBe(
    0,
  );
  expect(keys).toEqual(['Bearer dd_mine', 'Bearer dd_shell', 'Bearer dd_ci']);
});

test('a profile names the region and the AWS profile of its stage', async () => {
  const before = process.env.AWS_PROFILE;
  onTestFinished(() => {
    if (before === undefined) delete process.env.AWS_PROFILE;
    else process.env.AWS_PROFILE = before;
  });
  await profiles({ prod: { awsProfile: 'company', region: 'eu-central-1' } });
  const given = { text: (name: string) => (name === 'stage' ? 'prod' : undefined) };
  const { env } = await withStage({ env: { XDG_CONFIG_HOME: home } as Env, dryRun: false }, given);
  expect([process.env.AWS_PROFILE, env.AWS_REGION]).toEqual(['company', 'eu-central-1']);
});

test('a file that is wrong is told with all its faults, and one that others can read keeps no key', async () => {
  await profiles({ prod: { url: 'nowhere', key: 'dd_x' }, cn: { region: 1 } });
  const wrong = await dingdock(['destinations', 'list', '--stage', 'prod']);
  expect(wrong.code).toBe(2);
  for (const place of ['prod.url', 'prod.key', 'cn.region', 'awsProfile, region, url, apiKey'])
    expect(wrong.text).toContain(place);
  expect(wrong.text).not.toContain('dd_x');
  await profiles('{');
  expect(await dingdock(['destinations', 'list', '--stage', 'prod'])).toMatchObject({ code: 2 });
  await profiles({ prod: { url: 'http://127.0.0.1:9', apiKey: 'dd_x' } }, 0o644);
  const open = await dingdock(['destinations', 'list', '--stage', 'prod']);
  expect([open.code, open.text]).toEqual([2, expect.stringContaining('chmod 600')]);
});

test('without the file, and for the local stack, nothing is read', async () => {
  await profiles('{');
  expect((await dingdock(['send', '--to', 'ops', 'x', '--key-env', 'NONE'])).text).toContain('NONE is empty');
  await rm(file());
  expect((await dingdock(['send', '--to', 'ops', 'x', '--stage', 'prod', '--region', 'eu-central-1'])).code).toBe(3);
});
