import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

const RUNTIME = fileURLToPath(new URL('function.cjs', import.meta.url));
const SERVER = fileURLToPath(new URL('server.cjs', import.meta.url));

const Figures = v.object({
  ms: v.number(),
  cpuMs: v.number(),
  rssKb: v.number(),
  answer: v.optional(v.unknown()),
  error: v.optional(v.string()),
});
export type Figures = v.InferOutput<typeof Figures>;

/**
 * A fresh process of this Node with one function in it, as one Lambda instance is. `loaded` counts from the start of the
 * process, a call from its event; `rssKb` is the most that the process ever held. `wrap` goes before the command; `timeoutS` is what an invocation is told it has.
 */
export function startFunction(
  bundle: string,
  environment: Record<string, string> = {},
  { wrap = [], timeoutS = 900 }: { wrap?: string[]; timeoutS?: number } = {},
) {
  const [command = '', ...args] = [...wrap, process.execPath, RUNTIME, bundle, String(timeoutS)];
  const child = spawn(command, args, {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const gone = once(child, 'close');
  const { stdin, stdout, stderr } = child;
  const figures = child.stdio[3];
  if (!stdin || !stdout || !stderr || !(figures instanceof Readable))
    throw new Error('the process has not its streams');
  let logged = 0;
  const chunks: Buffer[] = [];
  // errors are logged by the other stream, and Lambda keeps both
  for (const stream of [stdout, stderr])
    stream.on('data', (chunk: Buffer) => {
      logged += chunk.length;
      chunks.push(chunk);
    });
  stdin.on('error', () => undefined); // a process that was killed reads no more
  const lines = createInterface({ input: figures })[Symbol.asyncIterator]();
  const next = async () => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`the process of ${bundle} ended without an answer`);
    return v.parse(v.pipe(v.string(), v.parseJson(), Figures), value);
  };
  const loaded = next();
  loaded.catch(() => undefined);

  return {
    loaded,
    /** One event at a time, as Lambda does. */
    async call(event: object): Promise<Figures> {
      stdin.write(`${JSON.stringify(event)}\n`);
      await loaded;
      return next();
    },
    /** What the function wrote so far: that goes to CloudWatch. */
    logBytes: () => logged,
    log: () => Buffer.concat(chunks).toString('utf8'),
    kill: () => child.kill('SIGKILL'),
    async stop() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** A process with one function behind an HTTP server, as API Gateway puts it. */
export async function startServer(bundle: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER, bundle], { env, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const stream = child.stdio[3];
  if (!(stream instanceof Readable)) throw new Error('the server has not its stream');
  const [line] = await once(stream, 'data');
  return {
    url: String(line).trim(),
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}
