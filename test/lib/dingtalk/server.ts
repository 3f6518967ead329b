import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Call = {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  json: Record<string, unknown>;
};
/** `hang` never answers, `cut` ends the connection once the request was read. */
export type Answer = 'hang' | 'cut' | { status?: number; headers?: Record<string, string>; body: unknown };

export type Server = { url: string; calls: Call[]; close(): Promise<void> };

/** A local stand-in for DingTalk's hosts that answers as the test says. */
export async function startServer(answer: (call: Call, count: number) => Answer | Promise<Answer>): Promise<Server> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://local');
    const bytes = Buffer.concat(chunks);
    const isJson = request.headers['content-type']?.includes('json') ?? false;
    const call: Call = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      bytes,
      json: isJson ? JSON.parse(bytes.toString('utf8')) : {},
    };
    calls.push(call);
    const given = await answer(call, calls.length);
    if (given === 'hang') return;
    if (given === 'cut') return request.socket.destroy();
    const isText = typeof given.body === 'string';
    const type = isText ? 'text/html' : 'application/json';
    response.writeHead(given.status ?? 200, { 'content-type': type, ...given.headers });
    response.end(isText ? given.body : JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
