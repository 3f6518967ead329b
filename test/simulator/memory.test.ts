import { writeSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { startSimulator } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { collect } from '../support/collect.ts';

/** The line that fits best through all rounds, so that one odd round does not make the figure. */
function slopeOf(values: number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const over = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0);
  return over / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
}

test('memory is flat once the oldest are forgotten: the slope of a shortened run', async () => {
  const settings = {
    mostKept: 400,
    qps: 1e6,
    monthlyQuota: 1e6,
    // a whole hour's messages within one minute's window would count as growth
    robotWindow: { limit: 1e6, windowMs: 1, penaltyMs: 0 },
  };
  const robots = [{ accessToken: 'open', conversation: 'cidOps=' }];
  const simulator = await startSimulator({ port: 0, settings, fixtures: { robots } });
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  let sent = 0;
  const send = () =>
    new Promise<void>((resolve, reject) => {
      const [headers, method] = [{ 'content-type': 'application/json' }, 'POST'];
      const call = request(`${simulator.url}/robot/send?access_token=open`, { agent, method, headers }, (answer) => {
        answer.resume().on('end', () => resolve());
      });
      call.on('error', reject);
      sent += 1;
      call.end(
        JSON.stringify({ msgtype: 'text', msgUuid: `u-${sent}`, text: { content: `${sent} ${'x'.repeat(500)}` } }),
      );
    });
  const heap: number[] = [];
  // the first rounds fill what is kept
  for (let round = 0; round < 8; round += 1) {
    for (let n = 0; n < 500; n += 50) await Promise.all(Array.from({ length: 50 }, send));
    collect();
    if (round >= 2) heap.push(process.memoryUsage().heapUsed);
  }
  const slope = slopeOf(heap) / 500;
  const hour = ((slope * 180_000) / 1024 ** 2).toFixed(1);
  // not console.log, which is kept back when a test passes
  writeSync(1, `memory: ${slope.toFixed(1)} bytes a message, ${hour} MB in an hour of 50 a second\n`);
  // a message, its call and its msgUuid are over 1 kB; what is kept for good would show
  expect(slope).toBeLessThan(100);
  const messages = (await (await fetch(`${simulator.url}/_sim/messages`)).json()) as unknown[];
  expect(messages.length).toBeLessThanOrEqual(440);
  agent.destroy();
  await simulator.close();
});
