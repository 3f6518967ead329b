import { afterEach, expect, test } from 'vitest';
import { createDownloader } from '../../../lib/dingtalk/transport/download.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { startProxy } from '../../support/proxy.ts';
import { type Answer, startServer } from './server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(answer: Answer) {
  const server = await startServer(() => answer);
  closers.push(server.close);
  return server;
}

async function proxyThat(...manner: Parameters<typeof startProxy>) {
  const proxy = await startProxy(...manner);
  closers.push(proxy.close);
  return proxy;
}

test('a call goes through the proxy, with its password, and keeps its way for the next', async () => {
  const [server, proxy] = await Promise.all([serve({ body: { ok: true } }), proxyThat()]);
  const http = createHttp({ proxy: `http://user:p%40ss@${proxy.host}` });
  const file = {
    length: 6,
    async *open() {
      yield Buffer.from('abc');
      yield Buffer.from('def');
    },
  };
  for (const body of ['text', new Uint8Array(100_000), file]) {
    const answer = await http({ method: 'POST', url: `${server.url}/a?b=c`, body, timeoutMs: 60_000 });
    expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' });
  }
  expect(server.calls.map(({ bytes }) => bytes.length)).toEqual([4, 100_000, 6]);
  const authorization = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
  expect(proxy.asked.length).toBeLessThan(3);
  expect(proxy.asked[0]).toEqual({ line: `CONNECT ${new URL(server.url).host}`, authorization });
  expect(server.calls[0]?.headers['proxy-authorization']).toBeUndefined();
});

test.each(['refuses', 'hangs', 'says yes and no more', 'is not there'] as const)(
  'a proxy that %s has let nothing through',
  async (manner) => {
    const host = manner === 'is not there' ? '127.0.0.1:9' : (await proxyThat(manner)).host;
    const http = createHttp({ proxy: `http://${host}`, connectTimeoutMs: 300 });
    const call = http({ method: 'POST', url: 'https://api.invalid/x', body: 'x', timeoutMs: 60_000 });
    await expect(call).rejects.toMatchObject({ code: 'connect_failed', arrived: 'no', retryable: true });
    const download = createDownloader({ apiUrl: 'https://api.invalid', proxy: `http://${host}`, answerMs: 300 });
    await expect(download('https://oss.invalid/x')).rejects.toMatchObject({ code: 'download_failed', retryable: true });
  },
);

test('a file that people sent is fetched through the proxy, which knows its host', async () => {
  const [server, proxy] = await Promise.all([serve({ body: 'the file' }), proxyThat()]);
  const download = createDownloader({ apiUrl: server.url, proxy: `http://${proxy.host}` });
  const { chunks } = await download(`${server.url}/file`);
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  expect(text).toBe('the file');
  expect(proxy.asked).toMatchObject([{ line: `GET ${server.url}/file` }]);
  await expect(download('http://127.0.0.1:9/file')).rejects.toMatchObject({ code: 'private_address' });
  await expect(download('https://oss.invalid/file')).rejects.toMatchObject({ code: 'download_failed' });
  expect(proxy.asked.at(-1)?.line).toBe('CONNECT oss.invalid:443');
});
