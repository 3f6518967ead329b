import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { desk } from './desk.ts';
import { receiver, sealed } from './receiver.ts';

/** The examples of docs/simulator.md that every machine can run, as they stand there. */
const here = desk();
const owner = receiver();
const document = readFileSync('docs/simulator.md', 'utf8');
const section = (title: string) => document.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
const example = (title: string, language: string) => {
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(section(title))?.[1];
  expect(code, `${title}: an example in ${language}`).toBeTruthy();
  return `${code}`.replaceAll('http://127.0.0.1:3100', here.url).replaceAll('127.0.0.1:3100', new URL(here.url).host);
};
const shell = async (title: string) => (await promisify(execFile)('sh', ['-ec', example(title, 'sh')])).stdout;

beforeEach(() => {
  here.simulator.setCallbackUrl(owner.url);
  owner.react = (request) => (request.path.startsWith('/dingtalk/events') ? sealed() : {});
});

/** Runs a module as if it stood in this folder. */
async function node(code: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(code);
  let said = '';
  for await (const chunk of child.stdout) said += chunk;
  return said;
}

test('curl: a message stands in the group', async () => {
  expect(await shell('curl')).toContain('"text":"你好"');
  expect(await here.sim('GET', '/messages')).toMatchObject([{ conversation: 'cidOps=', text: '你好' }]);
});

test('curl: trouble is made, and what happened is shown', async () => {
  expect(await shell('Make trouble')).not.toContain('"error"');
  expect(await here.sim('GET', '/faults')).toHaveLength(2);
  expect(await here.sim('GET', '/settings')).toMatchObject({ monthlyQuota: 10 });
});

test('curl: what people say and do reaches the callback address', async () => {
  expect(await shell('Be people, and be DingTalk')).not.toContain('"error"');
  const types = owner.seen.map((seen) => seen.body.msgtype ?? seen.event?.EventType);
  expect(types).toEqual(['text', 'file', 'audio', 'video', 'richText', 'text', 'user_add_org']);
});

test('Node: the stock SDK sends', async () => {
  expect(await node(example('Node', 'js'))).toMatch(/^\S{20,}\n$/);
  expect(await here.sim('GET', '/messages')).toMatchObject([{ text: '你好' }]);
});

test('Node: a stock bot hears by Stream', async () => {
  const args = ['--import', 'dingtalk-simulator/preload', '--input-type=module', '-'];
  const env = { ...process.env, DINGTALK_SIMULATOR: here.url };
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.end(example('By Stream', 'js'));
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  try {
    await expect.poll(() => here.sim('GET', '/streams')).toHaveLength(1);
    expect((await here.sim('POST', '/say', { from: 'lisi', text: '状态' })).delivered).toBe(true);
    await expect.poll(() => said).toContain('状态');
  } finally {
    child.kill();
  }
});

test('Node: a suite starts its own, with the same token every time', async () => {
  const code = example('In a test suite', 'js');
  const said = await Promise.all([node(code), node(code)]);
  expect(said[0]).toContain('accessToken');
  expect(said[1]).toBe(said[0]);
});

test('the fixtures of the document are fixtures', async () => {
  const world = JSON.parse(/```json\n([\s\S]*?)```/.exec(section('A world of your own'))?.[1] ?? '');
  for (const kind of ['people', 'groups', 'apps', 'robots'])
    for (const item of world[kind]) expect((await here.call('POST', `/_sim/${kind}`, item)).status).toBe(200);
});

test('the package’s file is named as it is made', () => {
  const { name, version } = JSON.parse(readFileSync('simulator/package.json', 'utf8'));
  expect(document).toContain(`.local/${name}-${version}.tgz`);
});
