import * as v from 'valibot';
import type { AwsRequest } from '../local/aws/aws-calls.ts';
import { type Bed, startWorld } from './bed.ts';
import type { Use } from './cost.ts';
import { startDynamodbFront } from './dynamodb-front.ts';
import { startFunction } from './process.ts';
import { startWire } from './wire.ts';

export type Counted = Use & { dingtalkCalls: number; dynamodbRequests: number; sqsRequests: number; cpuMs: number };

const Entry = v.object({ MessageBody: v.string(), MessageGroupId: v.optional(v.string()) });
const Sent = v.looseObject({
  QueueUrl: v.string(),
  Entries: v.optional(v.array(v.looseObject({ MessageBody: v.optional(v.string()) }))),
});
const Calls = v.array(v.unknown());

/** AWS and DingTalk with a counter at every door, and the packaged functions, each in a process of its own. */
export async function startCountedWorld({ functions }: Bed) {
  let use = nothing();
  let callsBefore = 0;
  const queues = new Map<string, v.InferOutput<typeof Entry>[]>();
  const world = await startWorld({ onRequest: (request) => countRequest(request) });
  const front = await startDynamodbFront(world.urls.dynamodb, world.template);
  const wire = await startWire(world.urls.simulator);
  const environment = {
    ...world.environment,
    AWS_ENDPOINT_URL_DYNAMODB: front.url,
    DINGTALK_API_URL: wire.url,
    DINGTALK_OAPI_URL: wire.url,
  };
  const running = new Map<string, ReturnType<typeof startFunction>>();

  function countRequest({ method, headers, body }: AwsRequest): void {
    const target = headers['x-amz-target'];
    if (headers['user-agent'] === undefined && target === undefined) return;
    if (typeof target !== 'string') {
      countObject(method);
      return;
    }
    if (target === 'AWSEvents.PutEvents') use.busEvents += 1;
    if (!target.startsWith('AmazonSQS.')) return;
    const input: unknown = Buffer.isBuffer(body) || typeof body === 'string' ? JSON.parse(String(body)) : body;
    const { QueueUrl, Entries } = v.parse(Sent, input);
    const name = QueueUrl.split('/').at(-1) ?? '';
    countQueue(name, 1);
    const entries = [...(Entries ?? []), input]
      .map((entry) => v.safeParse(Entry, entry))
      .filter((each) => each.success);
    queues.set(name, [...(queues.get(name) ?? []), ...entries.map(({ output }) => output)]);
  }

  function countObject(method: string): void {
    if (/^(PUT|POST)$/.test(method)) use.s3Puts += 1;
    if (/^(GET|HEAD)$/.test(method)) use.s3Gets += 1;
  }

  function countQueue(name: string, requests: number): void {
    use.sqsRequests += requests;
    if (name.endsWith('.fifo')) use.sqsFifo += requests;
    else use.sqsStandard += requests;
  }

  return {
    ...world,
    /** Runs the function once, as API Gateway would. */
    async invoke(name: string, event: object): Promise<unknown> {
      const bundle = functions.get(name);
      if (!bundle) throw new Error(`no function ${name}`);
      const one = running.get(name) ?? startFunction(bundle.file, environment, { timeoutS: bundle.timeoutS });
      running.set(name, one);
      const before = one.logBytes();
      const { ms, cpuMs, answer, error } = await one.call(event);
      if (error !== undefined) throw new Error(`${name}: ${error}`);
      use.invocations += 1;
      use.gbSeconds += (ms / 1000) * (bundle.memoryMb / 1024);
      use.cpuMs += cpuMs;
      await new Promise((go) => setTimeout(go, 5)); // what it logged is on its way through a pipe
      use.logBytes += one.logBytes() - before;
      return answer;
    },
    /** Counts the receive and the delete that Lambda makes for a batch of a queue, and answers what is in that queue. */
    take(queue: string, most: number) {
      const name = `dingdock-local-${queue}`;
      const entries = (queues.get(name) ?? []).splice(0, most);
      if (entries.length > 0) countQueue(name, 2);
      return entries;
    },
    /** The functions' own, since `used` was asked. */
    cpuMs: () => use.cpuMs,
    /** A request that API Gateway takes, logs by a line of its own, and answers. */
    httpRequest(route: string, answer: unknown) {
      use.httpRequests += 1;
      use.logBytes += accessLogLine(route).length;
      use.egressBytes += JSON.stringify(answer).length;
    },
    /** What was used since the last time. */
    async used(): Promise<Counted> {
      const answer: unknown = await (await fetch(`${world.urls.simulator}/_sim/calls`)).json();
      const calls = v.parse(Calls, answer).length;
      const { reads, writes, requests } = await front.used();
      const counted = {
        ...use,
        readUnits: reads,
        writeUnits: writes,
        dynamodbRequests: requests,
        egressBytes: use.egressBytes + wire.used(),
        dingtalkCalls: calls - callsBefore,
      };
      callsBefore = calls;
      use = nothing();
      return counted;
    },
    async close() {
      await Promise.all([...running.values()].map((one) => one.stop()));
      await front.close();
      await world.close();
      await wire.close();
    },
  };
}

export type CountedWorld = Awaited<ReturnType<typeof startCountedWorld>>;

/** As `provider.logs.httpApi.format` of serverless.yml makes it. */
function accessLogLine(route: string): string {
  const fields = { requestId: 'bV2FGjKEvHcEPrA=', route, status: '202', ms: '123', functionMs: '119', error: '-' };
  return JSON.stringify({ ...fields, ip: '203.0.113.200' });
}

function nothing(): Counted {
  return {
    httpRequests: 0,
    invocations: 0,
    gbSeconds: 0,
    readUnits: 0,
    writeUnits: 0,
    sqsStandard: 0,
    sqsFifo: 0,
    s3Puts: 0,
    s3Gets: 0,
    busEvents: 0,
    logBytes: 0,
    egressBytes: 0,
    dingtalkCalls: 0,
    dynamodbRequests: 0,
    sqsRequests: 0,
    cpuMs: 0,
  };
}
