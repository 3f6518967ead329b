import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

/** The stories of docs/stories, told by their own snippets. */
const { act, api, messagesIn, urls } = await stackClient();
const folder = mkdtempSync(join(tmpdir(), 'dingdock-story-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Block = { language: string; text: string };
const blocksOf = (file: string): Block[] =>
  [...readFileSync(`docs/stories/${file}`, 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  );
const textsOf = (file: string, language: string) =>
  blocksOf(file).flatMap((block) => (block.language === language ? [block.text] : []));
const keep = (name: string, text: string) => writeFileSync(join(folder, name), text);

const DINGDOCK = `${process.execPath} ${resolve('cli/dingdock.mjs')}`;
/** Runs a snippet as somebody pastes it, here against this stack. */
function paste(snippet: string, env: Record<string, string> = {}) {
  const script = snippet.replaceAll('npx dingdock', DINGDOCK);
  const options = { cwd: folder, env: { ...process.env, ...cliOf(urls).env, ...env } };
  return promisify(execFile)('sh', ['-ec', script], options).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout, stderr }) => ({ code: Number(code), stdout: `${stdout}${stderr}` }),
  );
}
const shownIn = async (conversation: string, about: string) =>
  JSON.stringify((await messagesIn(conversation)).filter((each: object) => JSON.stringify(each).includes(about)));

test.each(['alarms', 'deploy', 'monday'])('both languages tell %s by the same snippets', (story) => {
  expect(blocksOf(`${story}.zh-CN.md`)).toEqual(blocksOf(`${story}.md`));
});

test('the alarms of a cluster are one card, which is taken and is over', async () => {
  const [source = '', alarm = ''] = textsOf('alarms.md', 'json');
  const [put = '', fire = '', resolved = ''] = textsOf('alarms.md', 'sh');
  keep('cluster.json', source);
  keep('alarm.json', alarm);
  const { stdout } = await paste(put);
  const { pathname = '' } = new URL(/http\S+\/in\/cluster\/\S+/.exec(stdout)?.[0] ?? '');
  const [receiver] = parse(textsOf('alarms.md', 'yaml')[0] ?? '').receivers;
  const [{ url }] = receiver.webhook_configs;
  expect(pathname.startsWith(`${new URL(url.replace('<dingdock>', 'dock')).pathname}/`)).toBe(true);
  const env = { ADDRESS: `${urls.api}${pathname}` };
  expect((await paste(fire, env)).code).toBe(0);
  await expect.poll(() => shownIn('cidProject=', 'DiskFull')).toMatch(/I-\w{4}/);
  const code = /I-\w{4}/.exec(await shownIn('cidProject=', 'DiskFull'))?.[0] ?? '';
  await act('/say', { from: 'wangwu', text: `认领 ${code}`, conversation: 'cidProject=' });
  const incident = async () => (await api('GET', '/incidents')).body.incidents[0];
  await expect.poll(incident).toMatchObject({ state: 'taken', taken: { userId: 'wangwu' } });
  expect((await paste(resolved, env)).code).toBe(0);
  await expect.poll(incident).toMatchObject({ state: 'resolved' });
  const cards = (await messagesIn('cidProject=')).filter(({ outTrackId }: { outTrackId?: string }) => outTrackId);
  expect(cards.map((card: object) => JSON.stringify(card).includes(code))).toEqual([true]);
});

test('a deploy goes on when both said yes, and not when one said no', async () => {
  const [makeKey = '', step = ''] = textsOf('deploy.md', 'sh');
  const key = /dd_\w+/.exec((await paste(makeKey)).stdout)?.[0] ?? '';
  expect(key).not.toBe('');
  keep('deploy.sh', '#!/bin/sh\necho "$BUILD_ID" > deployed\n');
  chmodSync(join(folder, 'deploy.sh'), 0o755);
  const code = async (id: string) => {
    const { approvals = [] } = (await api('GET', '/approvals')).body;
    return approvals.find((each: { status: string; id: string }) => each.status === 'pending' && each.id !== id);
  };
  const answered = async (build: string, answers: [string, string][]) => {
    const running = paste(step, { BUILD_ID: build, DINGDOCK_API_KEY: key });
    await expect.poll(() => code('')).toBeDefined();
    const approval = await code('');
    for (const [from, word] of answers) await act('/say', { from, text: `${word} ${approval.code}` });
    return running;
  };
  const no = await answered('41', [['lisi', '拒绝']]);
  expect([no.code, existsSync(join(folder, 'deployed'))]).toEqual([1, false]);
  const yes = await answered('42', [
    ['zhangsan', '同意'],
    ['lisi', '同意'],
  ]);
  expect([yes.code, readFileSync(join(folder, 'deployed'), 'utf8')]).toEqual([0, '42\n']);
  await expect.poll(() => shownIn('cidOps=', '1.4 is in production')).not.toBe('[]');
  // started again, it asks nobody twice
  expect((await paste(step, { BUILD_ID: '42', DINGDOCK_API_KEY: key })).code).toBe(0);
});

test('the report of a Monday is there once, however often the schedule starts it', async () => {
  const tags = ['Ref', 'GetAtt', 'Sub'].map((name) => ({ tag: `!${name}`, resolve: (value: string) => value }));
  const { Resources } = parse(textsOf('monday.md', 'yaml')[0] ?? '', { customTags: tags });
  const secrets = createServer((_, answer) => answer.end(JSON.stringify({ SecretString: 'local' })));
  await new Promise<void>((go) => secrets.listen(0, '127.0.0.1', go));
  const { port } = secrets.address() as AddressInfo;
  const env = {
    API: urls.api,
    KEY_NAME: 'monday-report-key',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const { Input } = Resources.Monday.Properties.Target;
  const sdk = createRequire(import.meta.url).resolve('@aws-sdk/client-secrets-manager');
  const code: string = Resources.Report.Properties.Code.ZipFile;
  keep('index.cjs', code.replace("'@aws-sdk/client-secrets-manager'", JSON.stringify(sdk)));
  const run = (at: string) => {
    const event = Input.replace('<aws.scheduler.scheduled-time>', at);
    const script = `require('./index.cjs').handler(${event}).catch((error) => { console.error(error); process.exitCode = 1; })`;
    return promisify(execFile)(process.execPath, ['-e', script], { cwd: folder, env: { ...process.env, ...env } });
  };
  const first = '2026-01-05T01:00:00Z';
  await Promise.all([run(first), run(first)]);
  await run(first);
  await run('2026-01-12T01:00:00Z');
  const texts = async () =>
    (await messagesIn('cidOps=')).flatMap(({ text = '' }: { text?: string }) => /截至 ([\d-]+)/.exec(text)?.[1] ?? []);
  await expect.poll(texts).toEqual(['2026-01-05', '2026-01-12']);
  secrets.close();
});
