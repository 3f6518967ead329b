import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { startAwsEmulator } from '../local/aws-emulator.ts';
import { bundle } from '../local/bundle.ts';
import { startDynamodb } from '../local/dynamodb.ts';
import { createResources } from '../local/resources.ts';
import { secretsAndBus } from '../local/secrets-and-bus.ts';
import { secretOf, seed } from '../local/seed.ts';
import { readTemplate } from '../local/template.ts';
import { uploadEvent } from '../local/upload-event.ts';
import { startSimulator } from '../simulator/server.ts';

const SIZES = [20_000_000, 200_000_000, 1_000_000_000];
const root = fileURLToPath(new URL('..', import.meta.url));

/** What Lambda's runtime does, in so many words, and what the process took at most. */
const RUNTIME = `
const { handler } = require(process.argv[2]);
handler(JSON.parse(process.argv[3]), { getRemainingTimeInMillis: () => 900000 }).then(({ batchItemFailures }) => {
  const rssKb = process.resourceUsage().maxRSS;
  require('node:fs').writeSync(1, JSON.stringify({ failed: batchItemFailures.length, rssKb }));
  process.exit(0);
});
`;
/** The upload that first comes to mind: read the object, send the object. */
const BUFFERED = `
(async () => {
  const object = await (await fetch(process.argv[2])).arrayBuffer();
  await (await fetch(process.argv[3], { method: 'PUT', body: object })).text();
  require('node:fs').writeSync(1, JSON.stringify({ failed: 0, rssKb: process.resourceUsage().maxRSS }));
  process.exit(0);
})();
`;

const Outcome = v.object({ failed: v.number(), rssKb: v.number() });
const Stored = v.array(v.object({ fileName: v.optional(v.string()), sha256: v.optional(v.string()) }));
const Said = v.array(
  v.object({ file: v.optional(v.object({ fileName: v.string(), sha256: v.optional(v.string()) })) }),
);

/** Peak memory of the bundled share-file, from S3 to DingTalk, beside that of a plain buffered upload. */
export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'dingdock-bench-'));
  const region = 'us-east-1';
  const secrets = new Map([['dingdock/local', secretOf(undefined)]]);
  const answer = secretsAndBus({ secrets, region, onEvent: () => undefined });
  const aws = await startAwsEmulator({ port: 0, region, onUpload: () => undefined, answer });
  const dynamodb = await startDynamodb(0);
  const simulator = await startSimulator({ port: 0 });
  const objects = await startObjects();
  const params = { publicUrl: aws.url, apiUrl: simulator.url, oapiUrl: simulator.url };
  const template = readTemplate(join(root, 'serverless.yml'), { stage: 'local', queuesUrl: aws.url, params });
  const bundles = join(dir, 'bundles');
  const bundler = bundle({ root, outDir: bundles, template, watch: false, onRebuilt: () => undefined });
  try {
    await createResources(template, { aws: aws.url, dynamodb: dynamodb.url });
    const tables = {
      keys: template.environment.KEYS_TABLE ?? '',
      destinations: template.environment.DESTINATIONS_TABLE ?? '',
    };
    await seed({ dynamodbUrl: dynamodb.url, region, tables, simulated: true });
    await bundler.ready;
    const files = { runtime: join(dir, 'runtime.cjs'), buffered: join(dir, 'buffered.cjs') };
    writeFileSync(files.runtime, RUNTIME);
    writeFileSync(files.buffered, BUFFERED);
    const env = {
      ...template.environment,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: aws.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_ENDPOINT_URL_S3: objects.url,
    };
    const handler = join(bundles, 'functions/share-file/handler.js');
    console.log('peak memory of the process (RSS), one file from S3 to DingTalk, all on this machine\n');
    console.log('file       share-file        time   SHA-256   buffered');
    for (const size of SIZES) {
      const name = `${size}.bin`;
      const event = JSON.stringify(queueEvent(name, size));
      const started = performance.now();
      const shared = await measure([files.runtime, handler, event], env);
      const seconds = (performance.now() - started) / 1000;
      const equal = shared.failed === 0 && (await sumAt(simulator.url, name)) === objects.sumOf(size);
      const buffered = await measure(
        [files.buffered, `${objects.url}/uploads/share/project/${name}`, `${objects.url}/sink`],
        {},
      );
      console.log(
        [
          `${size / 1e6} MB`.padEnd(10),
          `${(shared.rssKb / 1000).toFixed(0)} MB`.padEnd(13),
          `${seconds.toFixed(1)} s`.padStart(8),
          (equal ? 'equal' : 'NOT EQUAL').padStart(9),
          `${(buffered.rssKb / 1000).toFixed(0)} MB`.padStart(11),
        ].join(' '),
      );
      if (!equal) process.exitCode = 1;
    }
  } finally {
    await bundler.stop();
    await Promise.all([objects.close(), simulator.close(), dynamodb.close(), aws.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** S3 with objects of any size that nobody had to upload (`…/<bytes>.bin`), and a sink. */
async function startObjects() {
  const piece = Buffer.alloc(1_000_000, 'dingdock ');
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') {
      for await (const _ of request);
      return response.end();
    }
    const size = Number(/(\d+)\.bin/.exec(request.url ?? '')?.[1] ?? 0);
    response.writeHead(200, { 'content-length': size, etag: '"tag"' });
    if (request.method === 'HEAD') return response.end();
    await pipeline(Readable.from(pieces(size)), response).catch(() => undefined); // a reader may go
    return undefined;
  });
  function* pieces(size: number) {
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    sumOf(size: number) {
      const hash = createHash('sha256');
      for (let sent = 0; sent < size; sent += piece.length) hash.update(piece);
      return hash.digest('hex');
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function queueEvent(name: string, size: number) {
  const upload = {
    bucket: 'uploads',
    key: `share/project/${name}`,
    event: 'ObjectCreated:Put',
    size,
    eTag: 'tag',
  } as const;
  const body = JSON.stringify(
    uploadEvent({ ...upload, region: 'us-east-1', sourceIp: '127.0.0.1', requestId: 'bench' }, new Date()),
  );
  return { Records: [{ messageId: 'bench', receiptHandle: 'bench', body, attributes: {} }] };
}

function measure(args: string[], env: Record<string, string>): Promise<v.InferOutput<typeof Outcome>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      // the function logs beside its outcome, one line each
      const outcome = v.safeParse(Outcome, jsonIn(text));
      if (outcome.success) resolve(outcome.output);
      else reject(new Error(`the measured process ended without an outcome: ${text.slice(-500)}`));
    });
  });
}

function jsonIn(text: string): unknown {
  const last = text.trim().split('\n').at(-1) ?? '';
  return last === '' ? undefined : JSON.parse(last);
}

/** What the simulator got: a file of the drive in the group, or media. */
async function sumAt(simulator: string, name: string): Promise<string | undefined> {
  const read = async (path: string): Promise<unknown> => (await fetch(`${simulator}/_sim${path}`)).json();
  const media = v.parse(Stored, await read('/files')).find(({ fileName }) => fileName === name);
  if (media) return media.sha256;
  const said = v.parse(Said, await read('/messages?conversation=cidProject%3D'));
  return said.find(({ file }) => file?.fileName === name)?.file?.sha256;
}
