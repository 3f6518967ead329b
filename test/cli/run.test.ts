import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { COMMON } from '../../cli/command.ts';
import { commandsFor } from '../../cli/commands.ts';
import { styleFor } from '../../cli/terminal.ts';
import { runCli } from '../support/cli.ts';

const COMMANDS = await commandsFor([]);
const SECRET = /\b(key|secret|token|password|SEC…)\b/i;

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  '`%s --help` tells its options and examples',
  async (name, command) => {
    const { code, text } = await runCli({}, [...name.split(' '), '--help']);
    expect(code).toBe(0);
    for (const option of Object.keys(command.options ?? {})) expect(text).toContain(`--${option}`);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) expect(text).toContain(example);
  },
);

test('no option takes a secret, which others of the machine would see, but the name of the variable that holds it', () => {
  const options = [COMMON, ...COMMANDS.map((command) => command.options ?? {})].flatMap((some) => Object.entries(some));
  const secret = options.filter(([name, { type, value = '' }]) => type === 'string' && SECRET.test(`${name} ${value}`));
  // an AppKey is a Client ID and the route of cards a name: neither is secret, nor is a key of idempotency
  const open = ['app-key', 'idempotency-key', 'key-env', 'route-key', 'secret-env'];
  expect([...new Set(secret.map(([name]) => name))].sort()).toEqual(open);
});

test('a variable that is named for the key and empty is told, and nothing is asked', async () => {
  const { code, text } = await runCli({}, ['send', '--to', 'ops', 'x', '--key-env', 'CI_KEY']);
  expect([code, text]).toEqual([2, expect.stringContaining('the variable CI_KEY is empty')]);
});

test('the help of all names every command', async () => {
  const { code, text } = await runCli({}, ['--help']);
  expect(code).toBe(0);
  for (const { name } of COMMANDS) expect(text).toContain(`dingdock ${name}`);
});

test.each([[['frobnicate']], [['keys', 'frobnicate']], [['send', '--frobnicate']], [['send']], [['keys']]])(
  '%j cannot be understood: exit code 2',
  async (args) => {
    expect((await runCli({}, args)).code).toBe(2);
  },
);

test('with --json a failure is JSON as well', async () => {
  const { code, json } = await runCli({ API_PORT: '1' }, ['send', '--to', 'ops', 'x', '--json']);
  expect(code).toBe(5);
  expect(json.error).toMatchObject({ code: 'unreachable', remedy: expect.stringContaining('npm start') });
});

test('a mistyped command, verb or option is answered with the one that was meant', async () => {
  const meant = async (...args: string[]) => /Did you mean (\S+)\?/.exec((await runCli({}, args)).text)?.[1];
  expect(await meant('sned')).toBe('send');
  expect(await meant('messages', 'lst')).toBe('list');
  expect(await meant('send', '--tp', 'ops', 'x')).toBe('--to');
});

test('a command loads its own files, and no AWS SDK for what is not called', async () => {
  const named = async (...args: string[]) => (await commandsFor(args)).map(({ name }) => name);
  expect(await named('send', '--to', 'ops', 'x')).toEqual(['send']);
  expect(await named('--stage', 'prod', 'keys', 'list')).toEqual(['keys create', 'keys list', 'keys revoke']);
  expect((await named('sned', 'task')).length).toBeGreaterThan(30);
});

test.each(['bash', 'zsh'])('%s completes topics, verbs and options', async (shell) => {
  const { code, text } = await runCli({}, ['completion', shell]);
  expect(code).toBe(0);
  const tried = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `${text.replace(/^autoload.*$/m, '')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dingdock; echo "\${COMPREPLY[*]}"`,
        'x',
        'dingdock',
        ...words,
      ],
      { encoding: 'utf8' },
    ).trim();
  expect(tried('se')).toBe('send');
  expect(tried('destinations', '').split(' ')).toEqual(['list', 'show', 'put', 'remove', 'test']);
  expect(tried('destinations', 'put', '--we')).toBe('--webhook');
  expect(tried('send', '--st')).toBe('--stage');
});

test('there is colour on a terminal only, and never under NO_COLOR', () => {
  expect(styleFor({}, true).bad('x')).toBe('\u001b[31mx\u001b[0m');
  expect(styleFor({ NO_COLOR: '1' }, true).bad('x')).toBe('x');
  expect(styleFor({}, false).bad('x')).toBe('x');
});

test('without a key for a deployed stage nothing is asked of it', async () => {
  const { code, text } = await runCli({ DINGDOCK_URL: 'http://127.0.0.1:1' }, [
    'send',
    '--to',
    'ops',
    'x',
    '--stage',
    'prod',
  ]);
  expect(code).toBe(3);
  expect(text).toContain('DINGDOCK_API_KEY');
});

test('send takes its text from a pipe too', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.end(JSON.stringify({ dryRun: true, calls: 1, deliveries: [] }));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const env = { ...process.env, DINGDOCK_URL: url, DINGDOCK_API_KEY: 'k' };
  const args = ['send', '--to', 'ops', '-', '--dry-run', '--json'];
  const running = promisify(execFile)('cli/dingdock.mjs', args, { env });
  running.child.stdin?.end('第一行\n第二行\n');
  expect(JSON.parse((await running).stdout)).toMatchObject({ dryRun: true });
  expect(bodies).toEqual([`/messages?dryRun=true ${JSON.stringify({ to: ['ops'], text: '第一行\n第二行' })}`]);
});

test('tail refuses a function that is none, and names those that are', async () => {
  const { code, text } = await runCli({}, ['tail', 'nope']);
  expect(code).toBe(2);
  expect(text).toContain('no function is called "nope": there are ');
});

test('tail tells what the functions logged, by function and by weight, without secrets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dingdock-tail-'));
  const timestamp = new Date().toISOString();
  const line = (level: string, message: string, more: object) => JSON.stringify({ level, message, timestamp, ...more });
  const lines = [
    'started',
    line('INFO', 'message-sent', { service: 'deliver-message', messageId: 'm_1' }),
    line('ERROR', 'record-failed', { service: 'share-file', code: 'x', reason: 'https://a/b?access_token=planted' }),
    line('ERROR', 'record-failed', { service: 'share-file', code: 'old', timestamp: '2020-01-01T00:00:00.000Z' }),
    '{"_aws":{}}',
  ];
  await writeFile(join(folder, 'functions.log'), `${lines.join('\n')}\n`);
  const env = { LOCAL_DIR: relative(process.cwd(), folder) };
  const all = await runCli(env, ['tail', '--once']);
  expect(all.text.split('\n')).toHaveLength(2);
  expect(all.text).toContain('deliver-message message-sent messageId=m_1');
  const errors = await runCli(env, ['tail', 'share-file', '--errors', '--once']);
  expect(errors.text).toMatch(/record-failed code=x reason=https:\/\/a\/b\?…$/);
  await rm(folder, { recursive: true });
});
