import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import * as v from 'valibot';
import { HOST } from '../../stage/local-ports.ts';
import type { AwsRequest } from './aws-calls.ts';

/** DynamoDB in memory (dynalite); tables are there at once instead of after AWS's creation time. */
export async function startDynamodb(port: number, onRequest?: (request: AwsRequest) => void) {
  const dynalite: (options: object) => Server = createRequire(import.meta.url)('dynalite');
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  if (onRequest !== undefined) {
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      response.once('close', () => {
        const { method = '', url = '/', headers } = request;
        onRequest({ method, url, headers, body: Buffer.concat(parts), status: response.statusCode });
      });
    });
  }
  server.listen(port, HOST);
  await once(server, 'listening');
  const { port: actual } = v.parse(v.object({ port: v.number() }), server.address());
  return {
    port: actual,
    url: `http://${HOST}:${actual}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
