import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST } from '../../stage/local-ports.ts';
import { eachLine } from '../lines.ts';

/** What runs a function, as long as it lives. */
export type Thread = { name: string; die(): void };

/** A call may be here before its thread has told the port. */
const TOLD_WITHIN_MS = 300;
const LOOK_MS = 10;

/** Knows the threads of all functions (thread.cjs), and tells them what befalls them. */
export async function watchThreads() {
  const sockets = new Set<Socket>();
  const byPort = new Map<number, Thread>();
  let aheadMs = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    const thread = { name: '', die: () => void socket.write('die\n') };
    if (aheadMs !== 0) socket.write(`clock ${aheadMs}\n`);
    eachLine(socket, (line) => {
      if (thread.name === '') thread.name = line.replace(/^dingdock-[a-z]+-/, '');
      else byPort.set(Number(line), thread);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      for (const [port, whose] of byPort) if (whose === thread) byPort.delete(port);
    });
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the threads have no port');
  return {
    port: address.port,
    /** Who calls by this port: undefined for what is no function. */
    async of(port: number | undefined): Promise<Thread | undefined> {
      for (let waited = 0; waited < TOLD_WITHIN_MS; waited += LOOK_MS) {
        const found = port === undefined ? undefined : byPort.get(port);
        if (found !== undefined) return found;
        await delay(LOOK_MS);
      }
      return undefined;
    },
    /** Sets the clocks of all functions so far ahead, or behind. */
    setClocks(ms: number): void {
      aheadMs = ms;
      for (const socket of sockets) socket.write(`clock ${ms}\n`);
    },
    /** Lets all functions die: what comes next meets cold ones. */
    killAll(): void {
      for (const socket of sockets) socket.write('die\n');
    },
    close(): void {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export type Threads = Awaited<ReturnType<typeof watchThreads>>;
