import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HOST, LocalProblem } from '../stage/local-ports.ts';
import { eachLine } from './lines.ts';

const READY_WITHIN_MS = 60_000;
const READY_WITHIN_PATIENT_MS = 900_000;
const LAST_LINES = 15;
const STACK_LINE = /^\s+at /;

export type FunctionsOptions = {
  /** The folder of serverless.yml. */
  root: string;
  /** The folder with the bundles, and when they are there. */
  bundles: string;
  bundled: Promise<unknown>;
  stage: string;
  apiPort: number;
  lambdaPort: number;
  environment: { provider: Record<string, string>; functions: Record<string, Record<string, string>> };
  /** Whether schedules fire by themselves. */
  schedules: boolean;
  /** Pages of these origins may call the API. */
  allowOrigins: readonly string[];
  /** AWS_… of the functions: endpoints, region, credentials. */
  aws: Record<string, string>;
  /** A module that their process loads before anything else. */
  preload?: string | undefined;
  /** Whether an invocation, and the start, have as long as they take. */
  patient: boolean;
  onLine: (line: string) => void;
};

/**
 * The bundled functions under `serverless offline` in a process of their own. Returns at once;
 * `ready` settles when the API answers or the process ended, `ended` when it did, with its last words.
 */
export function startFunctions(options: FunctionsOptions) {
  const child = spawnServerless(options);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    eachLine(stream, (line) => {
      if (line.trim() === '') return;
      if (!STACK_LINE.test(line)) lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      options.onLine(line);
    });
  }

  const stopping = new AbortController();
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  const ended = gone.then(() => {
    const how = child.exitCode ?? child.signalCode ?? 'not started';
    return new LocalProblem(`serverless offline ended (${how}). Its last output:\n${lines.join('\n')}`);
  });
  const within = options.patient ? READY_WITHIN_PATIENT_MS : READY_WITHIN_MS;
  const ready = Promise.race([
    options.bundled.then(() => answering(`http://${HOST}:${options.apiPort}/health`, within, stopping.signal)),
    ended.then((problem) => Promise.reject(problem)),
  ]);
  return {
    ready,
    ended,
    pid: child.pid,
    /** Lets go of warm functions: the next invocation takes the new bundle. */
    reload: () => child.connected && child.send('reload'),
    async stop() {
      stopping.abort();
      kill(child);
      await gone;
    },
  };
}

function spawnServerless(options: FunctionsOptions) {
  const { root, bundles, stage, apiPort, lambdaPort } = options;
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const ports = ['--host', HOST, '--httpPort', String(apiPort), '--lambdaPort', String(lambdaPort)];
  const flags = ['--stage', stage, '--noPrependStageInUrl', '--noSponsor', '--terminateIdleLambdaTime', '900'];
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'NODE_OPTIONS');
  const patient = options.patient ? ['--noTimeout'] : [];
  const preload = options.preload === undefined ? [] : ['--require', options.preload];
  return spawn(process.execPath, [...preload, serverless, 'offline', 'start', ...ports, ...flags, ...patient], {
    cwd: root,
    env: {
      ...Object.fromEntries(own),
      ...options.aws,
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      LOCAL_STACK: JSON.stringify({
        environment: options.environment,
        location: relative(root, bundles),
        schedules: options.schedules,
        allowOrigins: options.allowOrigins,
      }),
    },
    // A group of its own: a Ctrl-C reaches only us, and one signal ends it with all it started. The IPC channel tells
    // it when we are gone.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** Nothing in there is worth saving, and a polite request would wait for connections. */
function kill(child: ChildProcess) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

async function answering(url: string, withinMs: number, signal: AbortSignal) {
  const deadline = Date.now() + withinMs;
  while (!signal.aborted) {
    try {
      const { status } = await fetch(url, { signal });
      if (status < 502) return;
    } catch {
      // not listening yet
    }
    if (Date.now() > deadline) throw new LocalProblem(`The functions did not answer ${url} in ${withinMs / 1000} s`);
    await delay(50);
  }
}
