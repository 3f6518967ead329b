// `npm start`: everything on this machine until Ctrl-C.
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalProblem, readPorts } from '../stage/local-ports.ts';
import { asked } from './asked.ts';
import { failureReader } from './function-log.ts';
import { DESTINATION_NAMES, sourceAddresses } from './seed.ts';
import { type Stack, startStack } from './stack.ts';

const STOP_WITHIN_MS = 3_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const stateDir = resolve(root, process.env.LOCAL_DIR || '.local');
const functionLog = join(stateDir, 'functions.log');
const USAGE = `npm start -- [--fresh] [--allow-origin http://localhost:5173] …
  --fresh          begins anew, without what it had
  --allow-origin   a page of yours that may call the API`;
const { values: flags } = asked(USAGE, {
  fresh: { type: 'boolean', default: false },
  'allow-origin': { type: 'string', multiple: true, default: [] },
});
const started = Date.now();
const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;

let stack: Stack | undefined;
const starting = new AbortController();
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
// A signal to npm ends only the shell between npm and us.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid !== parent && !ending && end(0), 300).unref();
}
// The terminal may be gone before we are.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(functionLog, '');
  const failure = failureReader();
  const apps = process.env.DINGTALK_APPS || undefined;
  console.log(`Starting dingdock on this machine${apps === undefined ? '' : ', with the real DingTalk'}`);
  stack = await startStack({
    ports: readPorts(process.env),
    stateDir,
    root,
    apps,
    dynamodbUrl: process.env.AWS_ENDPOINT_URL_DYNAMODB || undefined,
    watch: true,
    keep: true,
    fresh: flags.fresh,
    allowOrigins: flags['allow-origin'],
    signal: starting.signal,
    onProgress: (line) => console.log(`  ${line} …`),
    onFunctionLine(line) {
      appendFileSync(functionLog, `${line}\n`);
      if (ending) return;
      if (process.env.DEBUG) return console.log(line);
      const text = failure(line);
      if (text !== undefined) console.error(`✗ ${text}`);
    },
    onBusEvent: ({ source, detailType }) => console.log(`→ bus: ${source} ${detailType}`),
    onRevival: ({ message }) => console.error(`✗ ${message.split('\n')[0]}: starting it again`),
    onFailure(problem) {
      console.error(`\n${problem.message}`);
      void end(1);
    },
  });
  if (!ending) console.log(welcome(stack));
} catch (error) {
  if (ending) process.exit(0); // and by now it has taken down what it had started
  console.error(error instanceof LocalProblem ? `\n${error.message}\n` : error);
  process.exit(1);
}

/** Stops everything; asked a second time, or when that takes too long, just ends. The functions end with us. */
async function end(code: number) {
  if (ending) process.exit(130);
  ending = true;
  console.log('\nStopping …');
  setTimeout(() => process.exit(code), STOP_WITHIN_MS).unref();
  starting.abort(new LocalProblem('interrupted'));
  if (stack === undefined) return;
  await stack.stop().catch((error: unknown) => console.error(error));
  process.exit(code);
}

function welcome({ urls, busFile, apiKey }: Stack) {
  const rows = [
    ['API', `${urls.api}   key: ${apiKey}`],
    ['Console', `${urls.api}/console   what goes on, and what failed and why`],
    ['DingTalk', urls.simulator === undefined ? 'the real one' : `${urls.simulator}   simulator: open it in a browser`],
    ['S3, SQS', urls.aws],
    ['DynamoDB', urls.dynamodb],
    ['Events', relative(root, busFile)],
    ['Logs', `${relative(root, functionLog)}   on screen with DEBUG=1`],
  ];
  const json = `-H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json'`;
  const [to, shared] = urls.simulator === undefined ? ['<destination>', '<destination>'] : DESTINATION_NAMES;
  return `
Ready in ${seconds()}. Ctrl-C stops it; the next start goes on from here, and with --fresh from nothing.

${rows.map(([name = '', value]) => `  ${name.padEnd(10)}${value}`).join('\n')}

Send a message
  curl ${urls.api}/messages ${json} -H 'Prefer: wait=20' -d '{"to":"${to}","text":"你好"}'
Dispatch a task
  curl ${urls.api}/tasks ${json} -d '{"title":"看一下新版本","assignees":["zhangsan","lisi"],"notify":"${to}"}'
Share a file
  curl -T README.md ${urls.aws}/uploads/share/${shared}/README.md
${urls.simulator === undefined ? '\nRegister a destination first: PUT /destinations/<name>' : whatIsOpen(urls.api, urls.simulator)}`;
}

/** Addresses for senders that exist, and where to see what they sent. */
function whatIsOpen(api: string, simulator: string) {
  const rows = sourceAddresses(api).map(({ kind, address }) => `  ${kind.padEnd(16)}${address}`);
  return `
Point a sender at it
${rows.join('\n')}

See what arrived: ${simulator}`;
}
