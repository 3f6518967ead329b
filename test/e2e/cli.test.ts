import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliOf } from '../support/cli.ts';
import { filesClient, sha256 } from '../support/files.ts';

const { api, request, urls, messagesIn, fileMessages, shares, storedSha256, s3 } = await filesClient();
const { env, dingdock } = cliOf(urls);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dingdock-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, bytes: number): Promise<{ path: string; content: Buffer }> {
  const content = randomBytes(bytes);
  const path = join(folder, name);
  await writeFile(path, content);
  return { path, content };
}

describe('dingdock send', () => {
  test('sends, and says what became of it', async () => {
    const { code, json, text } = await dingdock(['send', '--to', 'zhangsan', 'from the command line']);
    expect([code, json.status]).toEqual([0, 'sent']);
    expect(text).toContain(`${json.id} sent`);
    const shown = (await messagesIn('zhangsan')).filter(
      ({ text: said }: { text: string }) => said === 'from the command line',
    );
    expect(shown).toHaveLength(1);
  });

  test('tells every fault of a request, with an exit code of its own', async () => {
    const { code, text, json } = await dingdock(['send', '--to', 'nowhere,neither', 'x']);
    expect(code).toBe(6);
    expect(text).toMatch(/nowhere[\s\S]*neither/);
    expect(json.error.errors).toMatchObject([{ path: 'to', code: 'unknown_destination' }, { path: 'to' }]);
  });

  test('a message that DingTalk refuses is exit code 1 with reason and remedy', async () => {
    await api('PUT', '/destinations/cli-gone', { kind: 'custom-robot', accessToken: 'cli-nobody' });
    const { code, text } = await dingdock(['send', '--to', 'cli-gone', 'x']);
    expect(code).toBe(1);
    expect(text).toMatch(/cli-gone: failed · 300005 .*create the robot anew/);
  });

  test('without a stack it says that nothing answers', async () => {
    const { code, text } = await dingdock(['send', '--to', 'ops', 'x'], { env: { API_PORT: '1' } });
    expect(code).toBe(5);
    expect(text).toContain('npm start');
  });

  test('--dry-run checks, says what would be sent, and sends nothing', async () => {
    const { code, text } = await dingdock(['send', '--to', 'ops', 'never sent', '--dry-run']);
    expect(code).toBe(0);
    expect(text).toMatch(
      /^would send text to ops \(custom-robot\): \d+ bytes · 1 call\n1 call to DingTalk; nothing was sent$/,
    );
    const wrong = await dingdock(['send', '--to', 'nowhere', 'never sent', '--dry-run']);
    expect([wrong.code, wrong.text]).toEqual([6, expect.stringContaining('nowhere')]);
    const task = await dingdock(['task', 'never made', '--assign', 'zhangsan', '--dry-run']);
    expect(task.text).toMatch(/^would dispatch a task to .+\n1 call to DingTalk; nothing was sent$/);
    expect(JSON.stringify(await messagesIn('cidOps='))).not.toContain('never sent');
  });
});

test('dingdock task dispatches a task', async () => {
  const { code, json } = await dingdock(['task', 'CLI 任务', '--assign', 'zhangsan,lisi', '--notify', 'project']);
  expect(code).toBe(0);
  const { title, assignees } = (await api('GET', `/tasks/${json.id}`)).body;
  expect(title).toBe('CLI 任务');
  expect(assignees.map(({ userId }: { userId: string }) => userId)).toEqual(['zhangsan', 'lisi']);
});

test('dingdock destinations puts, lists, shows, tests and removes', async () => {
  expect((await dingdock(['destinations', 'put', 'cli-people', '--users', 'wangwu'])).code).toBe(0);
  const names: { name: string }[] = (await dingdock(['destinations', 'list'])).json.destinations;
  expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining(['cli-people', 'ops', 'project']));
  expect((await dingdock(['destinations', 'show', 'cli-people'])).json).toMatchObject({
    kind: 'robot-users',
    userIds: ['wangwu'],
  });
  expect(await dingdock(['destinations', 'test', 'cli-people'])).toMatchObject({ code: 0, json: { status: 'sent' } });
  expect((await dingdock(['destinations', 'remove', 'cli-people'])).code).toBe(0);
  expect((await dingdock(['destinations', 'show', 'cli-people'])).code).toBe(6);
});

describe('dingdock keys', () => {
  const make = async (...args: string[]) => (await dingdock(['keys', 'create', ...args])).json;
  const as = (key: string, body: object) =>
    request('POST', `${urls.api}/messages`, body, { authorization: `Bearer ${key}` });

  test('a key for ops cannot send to project, and hears why', async () => {
    const { key } = await make('cli-ops', '--scope', 'messages:send', '--to', 'ops');
    expect((await as(key, { to: 'ops', text: 'may' })).status).toBe(202);
    const { status, body } = await as(key, { to: ['ops', 'project'], text: 'may not' });
    expect([status, body.code]).toEqual([403, 'destination_not_allowed']);
    const { code, text } = await dingdock(['send', '--to', 'project', 'x', '--key-env', 'CI_KEY'], {
      env: { CI_KEY: key },
    });
    expect(code).toBe(4);
    expect(text).toContain('not for project');
    expect((await dingdock(['task', 'x', '--assign', 'lisi'], { env: { DINGDOCK_API_KEY: key } })).text).toContain(
      'tasks:write',
    );
  });

  test('what went to other destinations than its own is closed to a key, whatever the id', async () => {
    const { key } = await make(
      'cli-reader',
      '--scope',
      'messages:read,tasks:read,tasks:write,files:read',
      '--to',
      'ops',
    );
    const headers = { authorization: `Bearer ${key}` };
    const body = { title: 'elsewhere', assignees: ['lisi'], notify: 'project' };
    const made = [
      `/messages/${(await api('POST', '/messages', { to: 'project', text: 'elsewhere' })).body.id}`,
      `/tasks/${(await api('POST', '/tasks', body)).body.id}`,
      `/shares/${(await api('POST', '/files', { to: 'project', fileName: 'a.txt', size: 1 })).body.id}`,
    ];
    for (const path of made) {
      expect((await api('GET', path)).status).toBe(200);
      const closed = await request('GET', `${urls.api}${path}`, undefined, headers);
      expect([path, closed.status, closed.body.code]).toEqual([path, 403, 'destination_not_allowed']);
    }
    const change = await request('PATCH', `${urls.api}${made[1]}`, { status: 'done' }, headers);
    expect(change.body.code).toBe('destination_not_allowed');
  });

  test('what the list tells opens no door', async () => {
    const { key } = await make('cli-listed', '--scope', '*', '--expires', '1d', '--rate', '100');
    const { json, text } = await dingdock(['keys', 'list']);
    expect(json.keys).toContainEqual(expect.objectContaining({ name: 'cli-listed', rate: 100, scopes: ['*'] }));
    expect(JSON.stringify(json) + text).not.toContain(key.split('_')[2]);
  });

  test('a scope that is none is refused with those that are', async () => {
    const { code, text } = await dingdock(['keys', 'create', 'x', '--scope', 'everything']);
    expect(code).toBe(2);
    expect(text).toContain('messages:send, messages:read');
  });
});

describe('dingdock share', () => {
  test('shows how far it is, and ends with the id of the message', async () => {
    const { path, content } = await file('big.zip', 6 * 1024 * 1024);
    const { code, text, json, progress } = await dingdock(['share', path, '--to', 'project']);
    expect(code).toBe(0);
    const shares = progress.flatMap((line) => /(\d+) % .* of 6\.0 MiB/.exec(line)?.[1] ?? []).map(Number);
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(100);
    expect(text).toMatch(/project: shared · as file · m_\w+/);
    expect(json.messages).toEqual([expect.objectContaining({ status: 'sent' })]);
    const [shown] = await fileMessages('big.zip');
    expect(await storedSha256(shown.file.mediaId)).toBe(sha256(content));
  });

  test('Ctrl-C while it uploads leaves nothing half-shared', async () => {
    const { path } = await file('stopped.zip', 8 * 1024 * 1024);
    const stop = new AbortController();
    const over = { signal: stop.signal, onProgress: () => stop.abort() };
    const { code, text } = await dingdock(['share', path, '--to', 'project', '--name', 'stopped.zip'], over);
    expect([code, text]).toEqual([130, expect.stringContaining('nothing was shared')]);
    const left = (await shares()).find(({ fileName }: { fileName: string }) => fileName === 'stopped.zip');
    expect(left.status).toBe('awaiting');
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    await expect(s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key: left.key }))).rejects.toThrow();
    expect(await fileMessages('stopped.zip')).toEqual([]);
  });

  test.each(['empty.txt', 'missing.txt'])('%s is refused before anything is asked', async (name) => {
    if (name === 'empty.txt') await file(name, 0);
    expect((await dingdock(['share', join(folder, name), '--to', 'project'])).code).toBe(6);
  });
});

test('the address of a robot comes by the pipe, so that no list of processes shows it', async () => {
  const options = { env: { ...process.env, ...env, CLI_SECRET: 'SECpiped' } };
  const args = ['destinations', 'put', 'cli-piped', '--webhook', '-', '--secret-env', 'CLI_SECRET', '--json'];
  const running = promisify(execFile)('cli/dingdock.mjs', args, options);
  running.child.stdin?.end('https://oapi.dingtalk.com/robot/send?access_token=cli-piped\n');
  const { stdout } = await running;
  expect(JSON.parse(stdout)).toMatchObject({ name: 'cli-piped', kind: 'custom-robot' });
  expect(stdout).not.toContain('SECpiped');
  expect((await dingdock(['destinations', 'remove', 'cli-piped'])).code).toBe(0);
});

test('the program itself takes a command line, answers JSON, and uses no colour in a pipe', async () => {
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(
    'cli/dingdock.mjs',
    ['send', '--to', 'zhangsan', 'by the program', '--json'],
    options,
  );
  expect(JSON.parse(stdout)).toMatchObject({ status: 'sent' });
});

describe('what became of it', () => {
  test('messages, tasks, shares and groups are listed and shown', async () => {
    const { json: sent } = await dingdock(['send', '--to', 'zhangsan', 'to be asked for']);
    expect((await dingdock(['messages', 'show', sent.id])).text).toContain(`${sent.id} sent`);
    const listed = await dingdock(['messages', 'list', '--to', 'zhangsan']);
    expect(listed.json.messages.map(({ id }: { id: string }) => id)).toContain(sent.id);
    const { json: task } = await dingdock(['task', 'asked for', '--assign', 'lisi']);
    expect((await dingdock(['tasks', 'list', '--assignee', 'lisi'])).text).toContain('asked for');
    expect((await dingdock(['tasks', 'show', task.id])).text).toContain('lisi assigned');
    expect((await dingdock(['shares', 'list', '--day', '2020-01-01'])).text).toBe('none');
    expect((await dingdock(['conversations', 'list', '--title', 'nothing'])).text).toBe('none');
    expect((await dingdock(['messages', 'show', 'm_nowhere'])).code).toBe(6);
  });
});
