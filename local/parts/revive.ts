import { setTimeout as delay } from 'node:timers/promises';
import type { LocalProblem } from '../../stage/local-ports.ts';

/** What lived for so long is no sign of something that cannot live. */
const LIVED_MS = 5_000;
const PAUSE_MS = 200;

/** One run of something that can be started again; `ended` settles when it is no more. */
export type Run = {
  pid: number | undefined;
  ready: Promise<unknown>;
  ended: Promise<LocalProblem>;
  stop(): Promise<unknown>;
};

export type Revived = {
  /** So many deaths in a row, each soon after a start, are the last. */
  mostDeaths: number;
  /** It is started again. */
  onDeath: (problem: LocalProblem) => void;
  /** It is not. */
  onFailure: (problem: LocalProblem) => void;
};

/** Starts something, and again each time it ends by itself. `now` is the one that runs. */
export function revive<R extends Run>(start: () => R, { mostDeaths, onDeath, onFailure }: Revived) {
  let run = start();
  let isStopped = false;
  const first = run;

  async function watch(): Promise<void> {
    let deaths = 0;
    for (;;) {
      const startedAt = Date.now();
      const problem = await run.ended;
      if (isStopped) return;
      deaths = Date.now() - startedAt < LIVED_MS ? deaths + 1 : 1;
      if (deaths >= mostDeaths) return onFailure(problem);
      onDeath(problem);
      await delay(PAUSE_MS);
      if (isStopped) return;
      run = start();
      run.ready.catch(() => undefined);
    }
  }
  first.ready.then(watch, () => undefined); // a first start that fails is its caller's to tell of

  return {
    ready: first.ready,
    now: () => run,
    async stop(): Promise<void> {
      isStopped = true;
      await run.stop();
    },
  };
}
