import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { startSimulator } from 'dingtalk-simulator';
import { startAwsEmulator } from '../../local/aws/aws-emulator.ts';
import { startDynamodb } from '../../local/aws/dynamodb.ts';
import { type BusEvent, secretsAndBus } from '../../local/aws/secrets-and-bus.ts';
import { createResources } from '../../local/template/resources.ts';
import { readTemplate } from '../../local/template/template.ts';
import { startEventSources } from '../../local/triggers/event-source.ts';
import { triggersOf } from '../../local/triggers/triggers.ts';
import { appsSecretOf, KNOWN_KEYS, ownKeysSecretOf } from '../../stage/local-secret.ts';
import { httpEvent } from './events.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const TEMPLATE = fileURLToPath(new URL('../../serverless.yml', import.meta.url));

/** What a network does to a service behind it. */
export type Weather = 'up' | 'slow' | 'dead' | 'hanging';

const SLOW_MS = 600;
/** For doors and pushes that are not to fail because the machine is busy. */
export const PATIENT_MS = 60_000;
export const PATIENT = { timeoutMs: PATIENT_MS, attempts: 1 };

/**
 * Gives the functions' own calls of AWS so long, too: on a busy machine the emulators, which share this process, answer
 * after the five seconds of a function, and each repeat makes it worse. For the modules as they are loaded now.
 */
export async function beAsPatient(): Promise<void> {
  const { patient } = await import('../../lib/compose/clients.ts');
  patient.timeoutMs = PATIENT_MS;
}

type HttpHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * The callback functions' own handlers in this process, between the simulator and the real emulators, with a network in
 * front of the queue, of the tables, of the secrets and of the bus whose weather a test makes.
 */
export async function startCallbackBed({ secret = appsSecretOf(undefined) } = {}) {
  await beAsPatient();
  const bus: { type: string; detail: BusEvent['detail'] }[] = [];
  const dynamodb = await startDynamodb(0);
  const answer = secretsAndBus({
    secrets: new Map([
      ['dingdock/local', secret],
      ['dingdock/local/keys', ownKeysSecretOf(KNOWN_KEYS)],
    ]),
    region: 'us-east-1',
    onEvent: ({ detailType, detail }) => bus.push({ type: detailType, detail }),
  });
  const aws = await startAwsEmulator({ port: 0, region: 'us-east-1', onUpload: () => undefined, answer });
  const queueNetwork = await startNetwork(aws.url);
  const secretNetwork = await startNetwork(aws.url);
  const busNetwork = await startNetwork(aws.url);
  const tableNetwork = await startNetwork(dynamodb.url);
  const simulator = await startSimulator({
    port: 0,
    settings: { pushDeadlineMs: PATIENT_MS, cardDeadlineMs: PATIENT_MS },
  });
  const params = { publicUrl: 'http://127.0.0.1:9', apiUrl: simulator.url, oapiUrl: simulator.url };
  const template = readTemplate(TEMPLATE, { stage: 'local', queuesUrl: queueNetwork.url, params });
  await createResources(template, { aws: aws.url, dynamodb: dynamodb.url });
  Object.assign(process.env, template.environment, {
    AWS_REGION: template.region,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: tableNetwork.url,
    AWS_ENDPOINT_URL_SQS: queueNetwork.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretNetwork.url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: busNetwork.url,
    AWS_ENDPOINT_URL_S3: aws.url,
  });
  const sqs = new SQSClient({ endpoint: aws.url, region: template.region, credentials: CREDENTIALS });
  const tables = new DynamoDBClient({ endpoint: dynamodb.url, region: template.region, credentials: CREDENTIALS });
  const closers: (() => Promise<unknown>)[] = [];

  return {
    bus,
    simulator,
    queueNetwork,
    secretNetwork,
    busNetwork,
    tableNetwork,
    /** Puts the door's handler behind an address, and the simulator before it. */
    async openDoor(handler: HttpHandler): Promise<string> {
      const server = createServer((request, response) => void serve(handler, request, response));
      const url = await listen(server);
      closers.push(() => close(server));
      simulator.setCallbackUrl(url);
      return url;
    },
    /** Lets handle-event work off its queue, or any other function that a queue of serverless.yml calls. */
    startQueues(functions: Record<string, (event: never) => Promise<unknown>>) {
      const sources = startEventSources({
        sqs,
        region: template.region,
        triggers: triggersOf(template, aws.url).filter(({ functionName }) => functionName in functions),
        invoke: async (name, event) => functions[name]?.(event as never),
        onProblem: (_, error) => console.error(error),
      });
      closers.push(sources.stop);
    },
    /** Lets reconcile ask for the failed list again, however soon. */
    async forgetAsked(): Promise<void> {
      const Key = { id: { S: 'failed-list#default' } };
      await tables.send(new DeleteItemCommand({ TableName: template.environment.EVENTS_TABLE, Key }));
    },
    async queued(): Promise<number> {
      const { EVENTS_QUEUE_URL = '' } = template.environment;
      const QueueUrl = EVENTS_QUEUE_URL.replace(queueNetwork.url, aws.url);
      const AttributeNames = ['ApproximateNumberOfMessages' as const];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages);
    },
    // biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
    sim: async (method: string, path: string, body?: unknown): Promise<any> => {
      const response = await fetch(`${simulator.url}/_sim${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return response.json();
    },
    async stop() {
      for (const each of closers.reverse()) await each();
      const networks = [queueNetwork, secretNetwork, busNetwork, tableNetwork];
      await Promise.all([simulator.close(), ...networks.map((network) => network.close())]);
      sqs.destroy();
      tables.destroy();
      await Promise.all([aws.close(), dynamodb.close()]);
    },
  };
}

/** A proxy whose weather can be made. */
async function startNetwork(target: string) {
  let weather: Weather = 'up';
  const server = createServer(async (request, response) => {
    if (weather === 'dead') return request.socket.destroy();
    if (weather === 'hanging') return undefined;
    const body = await bodyOf(request);
    if (weather === 'slow') await delay(SLOW_MS);
    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers)) {
      if (typeof value === 'string' && !/^(host|connection|content-length|expect)$/.test(name))
        headers.set(name, value);
    }
    const passOn = fetch(`${target}${request.url}`, { method: request.method ?? 'GET', headers, body });
    const answer = await passOn.catch(() => undefined);
    if (!answer) return request.socket.destroy(); // what came late finds the test over
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    return response.end(Buffer.from(await answer.arrayBuffer()));
  });
  return {
    url: await listen(server),
    set: (next: Weather) => {
      weather = next;
    },
    close: () => close(server),
  };
}

async function serve(handler: HttpHandler, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://door');
  const app = /^\/dingtalk\/([^/]+)\/(?:events|robot|cards)$/.exec(pathname)?.[1];
  const path = app === undefined ? pathname : pathname.replace(`/${app}/`, '/{app}/');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const event = {
    ...httpEvent(`${request.method} ${path}`, {
      body: (await bodyOf(request)).toString('base64'),
      isBase64Encoded: true,
      headers: Object.fromEntries(headers),
      ...(app !== undefined && { pathParameters: { app } }),
    }),
    queryStringParameters: Object.fromEntries(searchParams),
  };
  const { statusCode = 500, headers: own = {}, body } = await handler(event);
  response.writeHead(statusCode, Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value)])));
  response.end(body);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
