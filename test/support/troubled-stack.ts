import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach } from 'vitest';
import { createFaults, SERVICES, startFront } from '../../local/chaos/front.ts';
import type { StackOptions } from '../../local/stack-options.ts';
import { filesClient } from './files.ts';
import { stackPorts } from './run.ts';

/** The stack behind fronts that spoil what its functions ask of AWS and DingTalk: those requests that a test means. */
export async function troubledStack(app: object = {}, options: Partial<StackOptions> = {}) {
  const ports = stackPorts();
  const faults = createFaults();
  const [aws, dynamodb, simulator] = await Promise.all([
    startFront(ports.aws, faults),
    startFront(ports.dynamodb, faults),
    startFront(ports.simulator, faults),
  ]);
  afterAll(() => [aws, dynamodb, simulator].forEach((front) => void front.close()));
  const through = { aws: aws.url, dynamodb: dynamodb.url, simulator: simulator.url };
  const client = await filesClient(app, { ports, through, ...options });
  const heal = () => SERVICES.forEach((each) => void faults.set(each, undefined));
  afterEach(heal);
  return { ...client, faults, heal };
}

/** Requests of a function, all or those of one operation. */
export function by(caller: string, operation?: string) {
  return ({ headers }: IncomingMessage): boolean =>
    String(headers.authorization).includes(`Credential=${caller}/`) &&
    (operation === undefined || String(headers['x-amz-target']).split('.')[1]?.startsWith(operation) === true);
}

/** The same at the first try of each: it is tried again. */
export function firstTry(strikes: (request: IncomingMessage) => boolean) {
  return (request: IncomingMessage): boolean =>
    String(request.headers['amz-sdk-request']).startsWith('attempt=1') && strikes(request);
}
