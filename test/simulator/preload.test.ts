import { spawn, spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { desk } from './desk.ts';

/** Programs with DingTalk's hosts in them, sent here by the preload. */
const here = desk();

/** Runs a module with the preload; the hosts' names lead nowhere from where tests run, so an answer is the simulator's. */
async function run(code: string): Promise<string> {
  const env = { ...process.env, DINGTALK_SIMULATOR: here.url };
  const args = ['--import', 'dingtalk-simulator/preload', '--input-type=module', '-'];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.end(`const body = JSON.stringify({ appKey: 'dingsimapp', appSecret: 'dingsimsecret' });
    const url = 'https://api.dingtalk.com/v1.0/oauth2/accessToken';
    const headers = { 'content-type': 'application/json' };
    ${code}`);
  let said = '';
  for await (const chunk of child.stdout) said += chunk;
  return said.trim();
}

test.each([
  ['fetch', `const answer = await (await fetch(url, { method: 'POST', headers, body })).json();`],
  [
    'undici',
    `import { request } from 'undici';
     const answer = await (await request(url, { method: 'POST', headers, body })).body.json();`,
  ],
  ['axios', `import axios from 'axios'; const { data: answer } = await axios.post(url, JSON.parse(body));`],
  [
    'node:https',
    `import { request } from 'node:https'; import { json } from 'node:stream/consumers';
     const answer = await new Promise((done) => request(url, { method: 'POST', headers }, (it) => done(json(it))).end(body));`,
  ],
  [
    'tls.connect by its name',
    `import { connect } from 'node:tls';
     const socket = connect(443, 'api.dingtalk.com', {}, () => socket.write(
       \`POST /v1.0/oauth2/accessToken HTTP/1.1\\r\\nhost: api.dingtalk.com\\r\\nconnection: close\\r\\n\` +
       \`content-type: application/json\\r\\ncontent-length: \${body.length}\\r\\n\\r\\n\${body}\`));
     let text = ''; for await (const chunk of socket) text += chunk;
     const answer = JSON.parse(text.slice(text.indexOf('\\r\\n\\r\\n') + 4));`,
  ],
])('by %s', async (_name, code) => {
  expect(await run(`${code}; console.log(answer.expireIn);`)).toBe('7200');
  expect(await here.sim('GET', '/calls')).toMatchObject([{ path: '/v1.0/oauth2/accessToken', status: 200 }]);
});

test('the old host’s unknown paths are the old host’s, since its name stays', async () => {
  const code = `const ask = async (host) => (await (await fetch('https://' + host + '/nothing')).json()).errcode;
    console.log(await ask('oapi.dingtalk.com'), await ask('api.dingtalk.com'));`;
  expect(await run(code)).toBe('22 404');
});

test('what goes to other hosts goes there', async () => {
  const met: string[] = [];
  const other = createServer((socket) => {
    met.push('other');
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await expect.poll(() => other.listening).toBe(true);
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await run(`await fetch('https://127.0.0.1:${port}/', { headers: { host: 'api.dingtalk.com' } }).catch(() => 0);`);
  other.close();
  expect(met.length).toBeGreaterThan(0);
  expect(await here.sim('GET', '/calls')).toEqual([]);
});

test('a browser that was led here by one of DingTalk’s names is refused', async () => {
  const ask = (headers: Record<string, string>) =>
    new Promise<number | undefined>((done, fail) => {
      const sent = { host: 'api.dingtalk.com', ...headers };
      get(`${here.url}/_sim/messages`, { headers: sent }, (answer) => done(answer.resume().statusCode)).on(
        'error',
        fail,
      );
    });
  expect(await ask({})).toBe(200);
  expect(await ask({ origin: 'http://api.dingtalk.com' })).toBe(403);
  expect(await ask({ 'sec-fetch-site': 'same-origin' })).toBe(403);
  expect(await ask({ host: 'evil.example' })).toBe(403);
});

test('an address that is none is told at once', () => {
  const env = { ...process.env, DINGTALK_SIMULATOR: '127.0.0.1:3100' };
  const args = ['--import', 'dingtalk-simulator/preload', '-e', '0'];
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([1, expect.stringContaining('expected http://127.0.0.1:3100')]);
});
