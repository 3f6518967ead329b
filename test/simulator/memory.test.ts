import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startSimulator } from '../../simulator/server.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

test('memory is flat once the oldest are forgotten: the slope of a shortened run', async () => {
  const settings = {
    mostKept: 400,
    qps: 1e6,
    monthlyQuota: 1e6,
    robotWindow: { limit: 1e6, windowMs: 60_000, penaltyMs: 0 },
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
  const slope = ((heap.at(-1) ?? 0) - (heap[0] ?? 0)) / (500 * (heap.length - 1));
  console.log(
    `memory: ${slope.toFixed(1)} bytes a message, ${((slope * 180_000) / 1024 ** 2).toFixed(1)} MB in an hour of 50 a second`,
  );
  // a message, its call and its msgUuid are over 1 kB; what is kept for good would show
  expect(slope).toBeLessThan(300);
  const messages = (await (await fetch(`${simulator.url}/_sim/messages`)).json()) as unknown[];
  expect(messages.length).toBeLessThanOrEqual(440);
  agent.destroy();
  await simulator.close();
});
