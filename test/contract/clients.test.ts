import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** What a caller writes; those with a reason must not compile. */
const USES: [request: string, wrong?: string][] = [
  [`send({ to: 'ops', text: 'x' })`],
  [
    `send({ to: ['ops', 'project'], markdown: { title: 'a', text: 'b' }, mention: { users: ['lisi'] }, priority: 'high' })`,
  ],
  [`send({ to: 'ops', actionCard: { title: 'a', text: 'b', buttons: [{ title: 'c', url: 'https://example.com' }] } })`],
  [`put({ kind: 'custom-robot', accessToken: 'x' })`],
  [`put({ kind: 'robot-users', userIds: ['lisi'], files: { linkOnly: true } })`],
  [`dispatch({ title: 'x', assignees: ['lisi', { mobile: '13800000001' }], due: '2036-01-31T08:00:00Z' })`],
  [`list({ status: 'failed', to: 'ops' })`],
  [`send({ to: 'ops' })`, 'no content'],
  [`send({ to: 'ops', text: 'x', markdown: { title: 'a', text: 'b' } })`, 'two contents'],
  [`send({ to: 'ops', image: { mediaId: 'a' }, file: { mediaId: 'a', fileName: 'b' } })`, 'two other contents'],
  [`send({ to: 'ops', text: 'x', txet: 'x' })`, 'an unknown field'],
  [`send({ to: 'ops', link: { title: 'a', text: 'b', url: 'c', imageUrl: 'd' } })`, 'an unknown field inside'],
  [`send({ to: 'ops', text: 'x', priority: 'hihg' })`, 'a bad enumeration'],
  [`list({ status: 'send' })`, 'a bad status in a query'],
  [`put({ kind: 'custom-robot' })`, 'a missing token'],
  [`put({ kind: 'custom-robto', accessToken: 'x' })`, 'an unknown kind'],
  [`put({ kind: 'robot-group', userIds: ['lisi'] })`, 'a member of another kind'],
  [`send({ to: 'ops', text: 'x', mention: 'lisi' })`, 'a wrong type of mention'],
  [`send({ text: 'x' })`, 'no destination'],
  [`dispatch({ title: 'x', assignees: [{ name: 'lisi' }] })`, 'a person of no kind'],
];

const GENERATORS = [
  {
    name: 'openapi-typescript',
    run: ['openapi-typescript/bin/cli.js', 'openapi.json', '--output'],
    output: 'api.d.ts',
    calls: `import type { components, paths } from './api.d.ts';
type Schemas = components['schemas'];
declare function send(body: Schemas['SendMessage']): void;
declare function put(body: Schemas['Destination']): void;
declare function dispatch(body: Schemas['DispatchTask']): void;
declare function list(query: paths['/messages']['get']['parameters']['query']): void;`,
  },
  {
    name: '@hey-api/openapi-ts',
    run: ['@hey-api/openapi-ts/bin/run.js', '--input', 'openapi.json', '--output'],
    output: 'client',
    calls: `import { dispatchTask, listMessages, putDestination, sendMessage } from './client/index';
import type { DispatchTaskData, ListMessagesData, PutDestinationData, SendMessageData } from './client/index';
const send = (body: SendMessageData['body']) => sendMessage({ body });
const put = (body: PutDestinationData['body']) => putDestination({ body, path: { name: 'ops' } });
const dispatch = (body: DispatchTaskData['body']) => dispatchTask({ body });
const list = (query: ListMessagesData['query']) => listMessages({ query });`,
  },
];

const execute = promisify(execFile);
const CONFIG = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, target: 'es2024', module: 'esnext', moduleResolution: 'bundler' },
    ...{ types: [], lib: ['es2024', 'dom', 'dom.iterable'], skipLibCheck: true, allowImportingTsExtensions: true },
  },
  include: ['uses.ts'],
};

describe.each(GENERATORS)('a client made by $name', ({ run: [bin = '', ...args], output, calls }) => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dingdock-client-'));
    await execute(process.execPath, [resolve('test/clients/node_modules', bin), ...args, join(folder, output)]);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(CONFIG));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('takes what the API takes, and tells each mistake before it is sent', async () => {
    const head = calls.split('\n').length;
    await writeFile(join(folder, 'uses.ts'), `${calls}\n${USES.map(([use]) => `${use};`).join('\n')}\n`);
    const checked = await execute(resolve('node_modules/.bin/tsc'), ['-p', folder], { cwd: folder }).catch(
      (error) => error,
    );
    const lines = [...checked.stdout.matchAll(/uses\.ts\((\d+),/g)].map(
      ([, line]) => USES[Number(line) - head - 1]?.[0],
    );
    expect(
      checked.stdout.split('\n').filter((line: string) => /^\S+\.ts\(/.test(line) && !/^uses\.ts/.test(line)),
    ).toEqual([]);
    expect([...new Set(lines)]).toEqual(USES.filter(([, wrong]) => wrong).map(([use]) => use));
  });
});
