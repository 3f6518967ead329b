import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decryptMessage, sealReply } from '../lib/dingtalk/callback.ts';
import { startAwsEmulator } from '../local/aws-emulator.ts';
import { bundle } from '../local/bundle.ts';
import { startDynamodb } from '../local/dynamodb.ts';
import { createResources } from '../local/resources.ts';
import { secretsAndBus } from '../local/secrets-and-bus.ts';
import { secretOf } from '../local/seed.ts';
import { readTemplate } from '../local/template.ts';

const RUNS = 25;
const KEY = { token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' };
const RECEIVER = 'dingsimapp';
const root = fileURLToPath(new URL('..', import.meta.url));

/** What Lambda's runtime does, in so many words; the answer is written before anything is torn down. */
const RUNTIME = `
const { handler } = require(process.argv[2]);
handler(JSON.parse(process.argv[3])).then((answer) => {
  require('node:fs').writeSync(1, JSON.stringify(answer));
  process.exit(0);
});
`;
const BARE = 'exports.handler = async () => ({ statusCode: 200, body: "{}" });';

/**
 * From the start of a fresh process to the encrypted success of the bundled receive-callback, with its secret read and the
 * event put on a queue over loopback; beside it, in turn, a handler that does nothing.
 */
export async function run(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'dingdock-bench-'));
  const region = 'us-east-1';
  const answer = secretsAndBus({
    secrets: new Map([['dingdock/local', secretOf(undefined)]]),
    region,
    onEvent: () => undefined,
  });
  const aws = await startAwsEmulator({ port: 0, region, onUpload: () => undefined, answer });
  const dynamodb = await startDynamodb(0);
  const params = { publicUrl: aws.url, apiUrl: aws.url, oapiUrl: aws.url };
  const template = readTemplate(join(root, 'serverless.yml'), { stage: 'local', queuesUrl: aws.url, params });
  const bundler = bundle({ root, outDir: join(dir, 'bundles'), template, watch: false, onRebuilt: () => undefined });
  try {
    await createResources(template, { aws: aws.url, dynamodb: dynamodb.url });
    await bundler.ready;
    mkdirSync(join(dir, 'bare'));
    const files = { runtime: join(dir, 'runtime.cjs'), bare: join(dir, 'bare', 'handler.cjs') };
    writeFileSync(files.runtime, RUNTIME);
    writeFileSync(files.bare, BARE);
    const env = {
      ...template.environment,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: aws.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
    };
    const start = (handler: string) => coldStart(files.runtime, handler, env);
    const packaged = join(dir, 'bundles/functions/receive-callback/handler.js');
    const times: Record<'callback' | 'bare', number[]> = { callback: [], bare: [] };
    let late = 0;
    for (let count = 0; count < RUNS; count++) {
      const callback = await start(packaged);
      // On a machine that is busy with other things an answer may run out of its budget: that is told, not averaged.
      if (opened(callback.output) === 'success') times.callback.push(callback.ms);
      else late += 1;
      times.bare.push((await start(files.bare)).ms);
    }
    print(times);
    if (late > 0) console.log(`${late} of ${RUNS} answers were no success in time: is this machine busy?`);
  } finally {
    await bundler.stop();
    await Promise.all([aws.close(), dynamodb.close()]);
    rmSync(dir, { recursive: true, force: true });
  }
}

function coldStart(runtime: string, handler: string, env: Record<string, string>) {
  const started = performance.now();
  const child = spawn(process.execPath, [runtime, handler, JSON.stringify(pushEvent())], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  return new Promise<{ ms: number; output: string }>((resolve, reject) => {
    let ms = 0;
    child.stdout.on('data', (chunk) => {
      ms = performance.now() - started;
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', () => resolve({ ms, output }));
  });
}

function pushEvent() {
  const plaintext = JSON.stringify({ EventType: 'user_add_org', eventId: randomBytes(8).toString('hex') });
  const push = sealReply({ key: KEY, receiverId: RECEIVER, plaintext, now: Date.now, random: randomBytes });
  return {
    routeKey: 'POST /dingtalk/events',
    headers: { 'content-type': 'application/json' },
    queryStringParameters: { signature: push.msg_signature, timestamp: push.timeStamp, nonce: push.nonce },
    body: JSON.stringify({ encrypt: push.encrypt }),
    isBase64Encoded: false,
  };
}

/** What the answer says, decrypted; nothing when it is a refusal. What the function logged stands before it. */
function opened(output: string): string | undefined {
  const { statusCode, body } = JSON.parse(output.slice(output.lastIndexOf('\n') + 1));
  return statusCode === 200 ? decryptMessage(KEY.aesKey, JSON.parse(body).encrypt).plaintext : undefined;
}

function print(times: Record<'callback' | 'bare', number[]>): void {
  const at = (values: number[], share: number) =>
    Math.round([...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0);
  const row = (name: string, values: number[]) => ({
    name,
    N: values.length,
    median: at(values, 0.5),
    p90: at(values, 0.9),
  });
  console.log('process start to answer, ms');
  console.table([row('receive-callback, encrypted success', times.callback), row('bare handler', times.bare)]);
  const [full, floor] = [at(times.callback, 0.5), at(times.bare, 0.5)];
  const cores = cpus();
  console.log(
    `over bare: ${full - floor} ms; Node ${process.version}, ${cores.length} × ${cores[0]?.model.trim() ?? 'CPU'}`,
  );
}
