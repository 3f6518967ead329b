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
