import { afterEach, expect, test } from 'vitest';
import { createDownloader } from '../../../lib/dingtalk/transport/download.ts';
import { isPublic } from '../../../lib/dingtalk/transport/public-address.ts';
import { type Answer, type Server, startServer } from './server.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
const serve = async (answer: Answer) => {
  const server = await startServer(() => answer);
  servers.push(server);
  return server;
};

test.each([
  '127.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fec0::1',
  '::ffff:0:a9fe:a9fe',
  '3fff::1',
  '5f00::1',
  'localhost',
])('%s is no public address', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['8.8.8.8', '47.96.0.1', '172.32.0.1', '192.169.0.1', '2400:3200::1'])(
  '%s is a public address',
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://127.0.0.1:9/file',
  'http://[::1]:9/file',
  'http://[::ffff:127.0.0.1]/file',
  'http://localhost:9/file',
  'http://2130706433/file',
  'http://0x7f.1/file',
])('%s is refused, and nothing is sent there', async (url) => {
  const download = createDownloader({ apiUrl: 'https://api.dingtalk.com' });
  await expect(download(url)).rejects.toMatchObject({ code: 'private_address', retryable: false });
});

test.each(['file:///etc/passwd', 'ftp://example.com/a', 'no address'])('%s is no address of a file', async (url) => {
  const download = createDownloader({ apiUrl: 'https://api.dingtalk.com' });
  await expect(download(url)).rejects.toMatchObject({ code: 'bad_address', retryable: false });
});

test("DingTalk's own configured origin is trusted, its neighbours on the machine are not", async () => {
  const { url, calls } = await serve({ body: 'the file', headers: { 'content-length': '8' } });
  const body = await createDownloader({ apiUrl: url })(`${url}/a.file?Expires=1`);
  expect(body.length).toBe(8);
  const chunks = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('the file');
  expect(Object.keys(calls[0]?.headers ?? {}).sort()).toEqual(['connection', 'host']);

  const neighbour = await serve({ body: 'secret' });
  await expect(createDownloader({ apiUrl: url })(neighbour.url)).rejects.toMatchObject({ code: 'private_address' });
  expect(neighbour.calls).toEqual([]);
});

test.each([
  [302, { location: 'http://169.254.169.254/' }, false],
  [403, {}, false],
  [503, {}, true],
])('an answer of %i is no file, and nobody follows it', async (status, headers, retryable) => {
  const { url, calls } = await serve({ status, headers, body: '<Error/>' });
  await expect(createDownloader({ apiUrl: url })(url)).rejects.toMatchObject({ code: 'download_refused', retryable });
  expect(calls).toHaveLength(1);
});
