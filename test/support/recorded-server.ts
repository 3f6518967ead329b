import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that answers by the path, and what it was asked for. */
export async function recordedServer(answer: (path: string) => string) {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.end(answer(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
}
