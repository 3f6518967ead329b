import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { HOST } from '../../stage/local-ports.ts';
import type { Deaths } from './deaths.ts';

/** What can be out of order by itself: AWS's services, and what of DingTalk's answers from servers of its own. */
export const SERVICES = ['events', 'dynamodb', 'sqs', 's3', 'secrets', 'api', 'oapi', 'download', 'store'] as const;
export type Service = (typeof SERVICES)[number];

/**
 * How: answers an error, answers nothing, ends the connection before or after the work is done, or takes its time.
 */
export const MANNERS = ['fails', 'hangs', 'cuts', 'loses', 'slow'] as const;
export type Manner = (typeof MANNERS)[number];

const SLOW_MS = 3_000;

/** Which services are out of order, how, and for which requests. What hangs hangs until its service is well again. */
export function createFaults() {
  const faults = new Map<Service, { manner: Manner; strikes: (request: IncomingMessage) => boolean }>();
  const hanging = new Map<ServerResponse, Service>();
  const struck = new Map<Service, number>();
  return {
    set(
      service: Service,
      manner: Manner | undefined,
      strikes: (request: IncomingMessage) => boolean = () => true,
    ): void {
      if (manner !== undefined) faults.set(service, { manner, strikes });
      else faults.delete(service);
      for (const [response, whose] of hanging) if (whose === service) response.destroy();
    },
    of(service: Service | undefined, request: IncomingMessage): Manner | undefined {
      const fault = service && faults.get(service);
      return fault?.strikes(request) ? fault.manner : undefined;
    },
    hang(service: Service, response: ServerResponse): void {
      hanging.set(response, service);
      response.once('close', () => hanging.delete(response));
    },
    strike: (service: Service) => struck.set(service, (struck.get(service) ?? 0) + 1),
    /** How many requests each service spoiled so far. */
    struck: () => Object.fromEntries(struck),
  };
}

export type Faults = ReturnType<typeof createFaults>;

/** Stands before an emulator: hands on what comes, or does to it what the fault of its service says. */
export async function startFront(upstreamPort: number, faults: Faults, deaths?: Deaths) {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const service = serviceOf(incoming);
    const manner = faults.of(service, incoming);
    incoming.on('error', () => undefined);
    outgoing.on('error', () => undefined);
    if (service !== undefined && deaths?.isOn()) return void mayKill(deaths, incoming, outgoing);
    if (service === undefined || manner === undefined) return handOn(incoming, outgoing);
    faults.strike(service);
    if (manner === 'slow') setTimeout(() => handOn(incoming, outgoing), SLOW_MS);
    else if (manner === 'hangs') faults.hang(service, outgoing);
    else if (manner === 'cuts') incoming.socket.destroy();
    else if (manner === 'loses') handOn(incoming, outgoing, () => incoming.socket.destroy());
    else fail(service, incoming, outgoing);
  });
  server.keepAliveTimeout = 0; // a client ends its idle connections itself

  async function mayKill(by: Deaths, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const death = await by.of(incoming, body);
    if (death?.point === 'before') death.thread.die();
    else handOn(incoming, outgoing, death?.thread.die, body);
  }

  function handOn(incoming: IncomingMessage, outgoing: ServerResponse, instead?: () => void, body?: Buffer): void {
    const { method, url: path, headers } = incoming;
    const host = `${HOST}:${upstreamPort}`;
    const onward = request({ host: HOST, port: upstreamPort, method, path, agent, headers: { ...headers, host } });
    onward.once('response', (answer) => {
      if (instead) {
        answer.resume().once('end', instead);
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.once('close', () => outgoing.writableEnded || onward.destroy());
    if (body === undefined) incoming.pipe(onward);
    else onward.end(body);
  }

  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the front has no port');
  return {
    url: `http://${HOST}:${address.port}`,
    close(): void {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

const TARGETS: Record<string, Service> = {
  DynamoDB_20120810: 'dynamodb',
  AmazonSQS: 'sqs',
  secretsmanager: 'secrets',
  AWSEvents: 'events',
};

/** By what a request says of itself: AWS's services by their target, DingTalk's by the path. */
export function serviceOf({ url = '/', headers }: Pick<IncomingMessage, 'url' | 'headers'>): Service | undefined {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return TARGETS[target.split('.')[0] ?? ''];
  if (url.startsWith('/v1.0/robot/messageFiles/download')) return 'download';
  if (/^\/v[12]\.0\//.test(url)) return 'api';
  if (/^\/_sim\/(downloads|oss)\//.test(url)) return 'store';
  if (url.startsWith('/_sim/')) return undefined;
  return url.startsWith('/uploads') ? 's3' : 'oapi';
}

function fail(service: Service, incoming: IncomingMessage, outgoing: ServerResponse): void {
  incoming.resume();
  const isAws = incoming.headers['x-amz-target'] !== undefined;
  const [status, type, body] = isAws
    ? [500, 'application/x-amz-json-1.0', JSON.stringify({ __type: 'InternalServerError', message: 'out of order' })]
    : [503, 'text/html', '<html><body>503 Service Temporarily Unavailable</body></html>'];
  outgoing.writeHead(status, { 'content-type': type, 'x-out-of-order': service });
  outgoing.end(body);
}
