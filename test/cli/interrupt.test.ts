import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const BYTES = 32 * 1024 * 1024;

test('Ctrl-C in the middle of an upload cuts it, so that the bucket keeps nothing, and the program says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dingdock-interrupt-'));
  const file = join(folder, 'big.zip');
  await writeFile(file, Buffer.alloc(BYTES));
  const asked: string[] = [];
  const cut = Promise.withResolvers<{ received: number; complete: boolean }>();
  /** The API and the bucket, which takes its time. */
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.method !== 'PUT') {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/bucket`;
      const expiresAt = '2026-01-31T08:15:00.000Z';
      const upload = {
        method: 'PUT',
        url,
        expiresAt,
        headers: { 'content-length': String(BYTES), 'content-type': 'application/zip' },
      };
      return void response.end(JSON.stringify({ id: 's_test', upload, links: { self: '/shares/s_test' } }));
    }
    let received = 0;
    request.on('data', (chunk: Buffer) => {
      if (received === 0) child.kill('SIGINT');
      received += chunk.length;
      request.pause();
      // so slow that much is left whenever the program comes to hear of it; once it is gone, what is here is read out
      setTimeout(() => request.resume(), child.exitCode === null ? 100 : 0);
    });
    request.on('close', () => cut.resolve({ received, complete: request.complete }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const env = { ...process.env, DINGDOCK_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  const child = spawn('cli/dingdock.mjs', ['share', file, '--to', 'project', '--json'], { env });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));

  expect(code).toBe(130);
  expect(JSON.parse(text).error).toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining('nothing was shared'),
  });
  const { received, complete } = await cut.promise;
  expect(complete).toBe(false);
  expect(received).toBeLessThan(BYTES);
  expect(asked).toEqual(['POST /files', 'PUT /bucket']);
  server.close();
  await rm(folder, { recursive: true });
});
