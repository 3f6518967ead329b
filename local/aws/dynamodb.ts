import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { refuseForeign } from 'dingtalk-simulator/own-origin';
import * as v from 'valibot';
import { HOST } from '../../stage/local-ports.ts';
import type { AwsRequest } from './aws-calls.ts';

/** DynamoDB (dynalite), in memory or in a folder; tables are there at once instead of after AWS's creation time. */
export async function startDynamodb(
  port: number,
  onRequest?: (request: AwsRequest) => void,
  allowOrigins: readonly string[] = [],
  keptIn?: string,
) {
  const dynalite: (options: object) => Server = createRequire(import.meta.url)('dynalite');
  const server = dynalite({ path: keptIn, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.keepAliveTimeout = 0; // a client ends its idle connections itself: its next request is never cut off
  refuseForeign(server, { allowOrigins });
  const idle = inWork(server);
  if (onRequest !== undefined) {
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      response.once('close', () => {
        if (!request.complete) return; // its client went before all of it was here, so nothing was done
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
    async close() {
      // dynalite closes its database with its server: what is still in work would then fail, and end the process
      await idle();
      await delay(1); // a table becomes active a timer after its request was answered
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/**
 * Follows the requests in work, including those whose client has gone. Once asked it lets no other begin, and waits for
 * the rest.
 */
function inWork(server: Server) {
  const working = new Map<ServerResponse, IncomingMessage>();
  let whenIdle: (() => void) | undefined;
  const done = (response: ServerResponse) => {
    working.delete(response);
    if (working.size === 0) whenIdle?.();
  };
  const refuse = (request: IncomingMessage) => {
    request.destroy(); // not by its socket, which would let the rest of the body in
    request.socket.destroy();
  };
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (whenIdle !== undefined) return refuse(request);
    working.set(response, request);
    // dynalite begins when the body is there, and ends the response when its work is done, whether anyone reads it or not
    response.once('close', () => request.readableEnded || done(response));
    const { end } = response;
    Object.assign(response, {
      end(...args: Parameters<typeof end>) {
        done(response);
        return end.apply(response, args);
      },
    });
  });
  // dynalite throws when a client goes half-way through its request
  server.on('request', (request: IncomingMessage) => request.removeAllListeners('error'));
  return () =>
    new Promise<void>((resolve) => {
      whenIdle = resolve;
      for (const request of working.values()) if (!request.readableEnded) refuse(request);
      if (working.size === 0) resolve();
    });
}
