import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { numberIn, objectIn, parseObject, textIn } from '../../json.ts';
import { schedule } from '../../world/due.ts';
import { isOff } from '../../world/refusals.ts';
import { nextId, type State, tell } from '../../world/state.ts';
import type { StreamConnection, StreamTicket } from '../../world/stream.ts';

/** The WebSocket side of Stream mode: `/connect?ticket=…` (interactive.md §9.3, callbacks.md §8). */
export function serveStream(state: State, server: Server): void {
  // pongs are sent by hand, since a half-open connection sends none
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://simulator');
    const ticket = pathname === '/connect' ? takeTicket(state, searchParams.get('ticket') ?? '') : undefined;
    if (!ticket) {
      // nobody reads from it any more, so its end would not be noticed
      const refusal = 'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
      socket.end(refusal, () => socket.destroy());
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => welcome(state, opened, ticket));
  });
  state.closing.signal.addEventListener('abort', () => {
    for (const connection of [...state.streams]) connection.end('cut');
    sockets.close();
  });
}

/** Asks the app to connect anew; the line is closed about ten seconds later (callbacks.md §8). */
export function disconnect(state: State, connection: StreamConnection): void {
  connection.state = 'leaving';
  connection.write(systemFrame(state, connection, 'disconnect', { reason: 'the server is going to restart' }));
  schedule(state, state.clock.now() + state.settings.stream.disconnectMs, async () => connection.end('close'));
}

/** The app has to send the same data back. */
export function ping(state: State, connection: StreamConnection): void {
  connection.write(systemFrame(state, connection, 'ping', { opaque: state.chance.bytes(8).toString('hex') }));
}

/** Good for one connection, and for 90 seconds. */
function takeTicket(state: State, value: string): StreamTicket | undefined {
  const ticket = state.streamTickets.get(value);
  if (isOff(state, 'stream.ticket')) return ticket;
  state.streamTickets.delete(value);
  return ticket && ticket.expiresAt > state.clock.now() ? ticket : undefined;
}

function welcome(state: State, socket: WebSocket, { appKey, subscriptions }: StreamTicket): void {
  const connection: StreamConnection = {
    id: nextId(state, 'connection-'),
    appKey,
    subscriptions,
    since: new Date(state.clock.now()).toISOString(),
    state: 'open',
    waiting: new Map(),
    write: (frame) => {
      if (connection.state !== 'half-open') socket.send(frame);
    },
    end: (how) => (how === 'cut' ? socket.terminate() : socket.close()),
  };
  const beat = setInterval(() => ping(state, connection), state.settings.stream.pingMs).unref();
  socket.on('ping', (data) => {
    if (connection.state !== 'half-open') socket.pong(data);
  });
  socket.on('message', (data) => {
    if (connection.state !== 'half-open') hear(connection, String(data));
  });
  // a broken frame or a reset line: `close` follows
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearInterval(beat);
    state.streams = state.streams.filter((each) => each !== connection);
    for (const { fail } of connection.waiting.values()) fail(new Error('the Stream connection was closed'));
    tell(state, 'tenant', {});
  });
  if (state.settings.stream.oneConnection)
    for (const earlier of state.streams.filter((each) => each.appKey === appKey)) earlier.end('close');
  state.streams.push(connection);
  tell(state, 'tenant', {});
}

/** An answer of the app: `code`, the messageId in the headers, JSON text as data (callbacks.md §8). */
function hear(connection: StreamConnection, text: string): void {
  const frame = parseObject(text);
  const messageId = textIn(objectIn(frame, 'headers'), 'messageId');
  const waiting = messageId === undefined ? undefined : connection.waiting.get(messageId);
  const data = frame?.data;
  waiting?.settle({ code: numberIn(frame, 'code') ?? 0, data: typeof data === 'string' ? data : '' });
}

function systemFrame(state: State, { id }: StreamConnection, topic: string, data: object): string {
  const headers = {
    connectionId: id,
    contentType: 'application/json',
    messageId: nextId(state, 'stream-'),
    time: String(state.clock.now()),
    topic,
  };
  return JSON.stringify({ specVersion: '1.0', type: 'SYSTEM', headers, data: JSON.stringify(data) });
}
