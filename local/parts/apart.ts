import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LocalProblem } from '../../stage/local-ports.ts';
import type { Hooks, Start } from './parts.ts';
import type { News, Order } from './process.ts';
import type { Run } from './revive.ts';

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url));
const STOPS_WITHIN_MS = 2_000;

type Apart = Pick<Hooks, 'onBusEvent'> & {
  /** A module that the process loads before anything else. */
  preload?: string | undefined;
};

/** Starts a part in a process of its own. */
export function startApart(start: Start, { onBusEvent, preload }: Apart): Run {
  const execArgv = preload === undefined ? [] : ['--require', preload];
  const child = fork(PROGRAM, [start.name], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const tell = (order: Order) => void (child.connected && child.send(order));
  const ended = once(child, 'exit').then(
    ([code, signal]) => new LocalProblem(`${start.name} ended (${signal ?? code})`),
    () => new LocalProblem(`${start.name} could not be started`),
  );
  const started = new Promise<void>((resolve, reject) => {
    child.on('message', (news: News) => {
      if (news === 'ready') resolve();
      else if ('busEvent' in news) onBusEvent?.(news.busEvent);
      else reject(new LocalProblem(`${start.name} did not start: ${news.failed}`));
    });
  });
  tell({ start });
  return {
    pid: child.pid,
    ended,
    ready: Promise.race([started, ended.then((problem) => Promise.reject(problem))]),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      tell('stop');
      const late = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
