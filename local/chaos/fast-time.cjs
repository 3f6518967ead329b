// Makes time pass TIME_SCALE times as fast in this process and its threads: every pause, hold, lease, schedule and clock
// alike. TIME_ORIGIN (epoch ms) is the moment from which on it does, the same for all processes of a run. The clock of a
// function's thread can be set wrong, too (thread.cjs).
const { performance: clock } = require('node:perf_hooks');
const { syncBuiltinESMExports } = require('node:module');
const timers = require('node:timers');
const promises = require('node:timers/promises');
const { promisify } = require('node:util');

const scale = Number(process.env.TIME_SCALE || 1);
process.env.TIME_ORIGIN ||= String(Date.now());
const origin = Number(process.env.TIME_ORIGIN);
let aheadMs = 0;
exports.setAhead = (/** @type {number} */ ms) => {
  aheadMs = ms;
};

if (scale > 1 || process.env.CHAOS_THREADS !== undefined) {
  const real = { now: Date.now, performance: clock.now.bind(clock), setTimeout, setInterval, Date };
  const now = () => Math.floor(origin + (real.now() - origin) * scale) + aheadMs;
  const faster = (/** @type {number | undefined} */ ms) => (ms === undefined ? ms : ms / scale);

  Date.now = now;
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, given, as) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, as === globalThis.Date ? target : as),
    apply: () => new real.Date(now()).toString(),
  });
  clock.now = () => real.performance() * scale;

  /** @type {any} */
  const timeout = (run, ms, ...given) => real.setTimeout(run, faster(ms), ...given);
  /** @type {any} */
  const interval = (run, ms, ...given) => real.setInterval(run, faster(ms), ...given);
  const { setTimeout: wait, setInterval: tick } = promises;
  const later = (ms, ...given) => wait(faster(ms), ...given);
  Object.defineProperty(timeout, promisify.custom, { value: later });
  for (const target of [globalThis, timers]) Object.assign(target, { setTimeout: timeout, setInterval: interval });
  Object.assign(promises, { setTimeout: later, setInterval: (ms, ...given) => tick(faster(ms), ...given) });
  AbortSignal.timeout = (ms) => {
    const ending = new AbortController();
    const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    real.setTimeout(() => ending.abort(reason), faster(ms)).unref();
    return ending.signal;
  };
  syncBuiltinESMExports();
}
