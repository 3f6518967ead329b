import { once } from 'node:events';
import { createServer } from 'node:net';

export const HOST = '127.0.0.1';

/** Everything that listens: who it is, where by default, and the variable that moves it. */
export const PORTS = {
  api: { variable: 'API_PORT', port: 3000, wantedBy: 'the HTTP API' },
  simulator: { variable: 'SIMULATOR_PORT', port: 3100, wantedBy: 'the DingTalk simulator' },
  aws: { variable: 'AWS_EMULATOR_PORT', port: 4566, wantedBy: 'the S3 and SQS emulator' },
  dynamodb: { variable: 'DYNAMODB_PORT', port: 8000, wantedBy: 'the DynamoDB emulator' },
  lambda: { variable: 'LAMBDA_PORT', port: 3002, wantedBy: 'the Lambda invoke endpoint' },
} as const;

export type PortName = keyof typeof PORTS;
export type Ports = Record<PortName, number>;

const NAMES: PortName[] = ['api', 'simulator', 'aws', 'dynamodb', 'lambda'];

/** A mistake of the person at the keyboard: shown as it is, without a stack. */
export class LocalProblem extends Error {
  override readonly name = 'LocalProblem';
}

export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const faults: string[] = [];
  const read = (name: PortName) => {
    const { variable, port } = PORTS[name];
    const text = env[variable];
    if (text === undefined || text === '') return port;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0 || value > 65_535)
      faults.push(`${variable}=${text} is not a port number`);
    return value;
  };
  const ports = {
    api: read('api'),
    simulator: read('simulator'),
    aws: read('aws'),
    dynamodb: read('dynamodb'),
    lambda: read('lambda'),
  };
  if (faults.length > 0) throw new LocalProblem(faults.join('\n'));
  return ports;
}

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
