// What Lambda's runtime does, in so many words: loads a bundle, then answers one event after the other. Figures go out on
// the fourth stream, so that the first ones are the function's own; what reads the events is loaded after the function.
const { writeSync } = require('node:fs');
const { peakKb } = require('./peak-memory.cjs');
const { handler } = require(process.argv[2] ?? '');
const tell = (figures) => writeSync(3, `${JSON.stringify(figures)}\n`);
const ms = (cpu) => (cpu.user + cpu.system) / 1000;
tell({ ms: performance.now(), cpuMs: ms(process.cpuUsage()), rssKb: peakKb() });

const timeoutMs = 1000 * Number(process.argv[3]);
require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', async (event) => {
    const started = performance.now();
    const before = process.cpuUsage();
    const context = { getRemainingTimeInMillis: () => timeoutMs - (performance.now() - started) };
    const outcome = await handler(JSON.parse(event), context).then(
      (answer) => ({ answer }),
      (error) => ({ error: String(error?.stack ?? error) }),
    );
    tell({ ...outcome, ms: performance.now() - started, cpuMs: ms(process.cpuUsage(before)), rssKb: peakKb() });
  });
