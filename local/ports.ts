import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { HOST, LocalProblem, PORTS, type PortName, type Ports } from '../stage/local-ports.ts';

const NAMES: PortName[] = ['api', 'simulator', 'aws', 'dynamodb', 'lambda'];

/** Free ports are looked for here: one that the system gives is soon the end of somebody's connection, before a part has it. */
const FREE = { from: 7_000, to: 10_000 };
const FREE_TRIES = 50;

/**
 * Takes every wanted port for a moment, so that a taken one is found before anything is started, and 0 becomes a free
 * one. All are held until the last one is known: no two parts get the same.
 */
export async function claimPorts(wanted: Ports, unused: readonly PortName[] = []): Promise<Ports> {
  const ports = { ...wanted };
  const faults: string[] = [];
  const held: Server[] = [];
  const used = NAMES.filter((name) => !unused.includes(name));
  for (const [port, same] of Map.groupBy(used, (name) => wanted[name])) {
    if (port === 0 || same.length === 1) continue;
    const variables = same.map((name) => `${PORTS[name].variable} (${PORTS[name].wantedBy})`);
    faults.push(`Port ${port} is wanted twice: give each its own, ${variables.join(' and ')}`);
  }
  if (faults.length > 0) throw new LocalProblem(faults.join('\n'));
  for (const name of used) {
    try {
      const [server, port] = wanted[name] === 0 ? await heldFree() : [await hold(wanted[name]), wanted[name]];
      held.push(server);
      ports[name] = port;
    } catch (error) {
      faults.push(taken(name, wanted[name], error));
    }
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  if (faults.length > 0) throw new LocalProblem(faults.join('\n'));
  return ports;
}

async function hold(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: HOST, exclusive: true });
  await once(server, 'listening');
  return server;
}

async function heldFree(): Promise<[server: Server, port: number]> {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(FREE.from, FREE.to);
    try {
      return [await hold(port), port];
    } catch (error) {
      if (tries === FREE_TRIES) throw error;
    }
  }
}

function taken(name: PortName, port: number, error: unknown) {
  const { variable, wantedBy } = PORTS[name];
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${String(code)})`;
  return `Port ${port} for ${wantedBy} ${why}. Stop that program, or choose another port: ${variable}=${port + 10000 > 65_535 ? port - 10000 : port + 10000}`;
}
