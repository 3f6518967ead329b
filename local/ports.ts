import { once } from 'node:events';
import { createServer } from 'node:net';
import { HOST, LocalProblem, PORTS, type PortName, type Ports } from '../stage/local-ports.ts';

const NAMES: PortName[] = ['api', 'simulator', 'aws', 'dynamodb', 'lambda'];

/**
 * Takes every wanted port for a moment, so that a taken one is found before anything is started, and 0 becomes a free
 * one. All are held until the last one is known: no two parts get the same.
 */
export async function claimPorts(wanted: Ports, unused: readonly PortName[] = []): Promise<Ports> {
  const ports = { ...wanted };
  const faults: string[] = [];
  const held = [];
  const used = NAMES.filter((name) => !unused.includes(name));
  for (const [port, same] of Map.groupBy(used, (name) => wanted[name])) {
    if (port === 0 || same.length === 1) continue;
    const variables = same.map((name) => `${PORTS[name].variable} (${PORTS[name].wantedBy})`);
    faults.push(`Port ${port} is wanted twice: give each its own, ${variables.join(' and ')}`);
  }
  if (faults.length > 0) throw new LocalProblem(faults.join('\n'));
  for (const name of used) {
    const server = createServer();
    try {
      server.listen({ port: wanted[name], host: HOST, exclusive: true });
      await once(server, 'listening');
      held.push(server);
      const address = server.address();
      if (address !== null && typeof address === 'object') ports[name] = address.port;
    } catch (error) {
      faults.push(taken(name, wanted[name], error));
    }
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  if (faults.length > 0) throw new LocalProblem(faults.join('\n'));
  return ports;
}

function taken(name: PortName, port: number, error: unknown) {
  const { variable, wantedBy } = PORTS[name];
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be opened (${String(code)})`;
  return `Port ${port} for ${wantedBy} ${why}. Stop that program, or choose another port: ${variable}=${port + 10000 > 65_535 ? port - 10000 : port + 10000}`;
}
