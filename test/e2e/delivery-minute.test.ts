import { expect, test } from 'vitest';
import { robotOf } from '../support/robot.ts';
import { stackClient } from '../support/stack-client.ts';

const client = await stackClient();

test('40 messages under the real limit: never more than 20 in any minute, and none refused', async () => {
  const { shown } = await robotOf(client, 'minute', 60_000);
  for (let n = 0; n < 40; n += 1) await client.api('POST', '/messages', { to: 'minute', text: `minute ${n}` });
  await expect.poll(async () => (await shown()).length).toBe(40);
  const times = (await shown()).map(({ at }) => Date.parse(at));
  for (const [index, time] of times.entries()) {
    const later = times[index + 20];
    if (later !== undefined) expect(later - time).toBeGreaterThanOrEqual(60_000);
  }
  const calls = (await client.callsTo('/robot/send')).filter(
    ({ query }: { query: { access_token: string } }) => query.access_token === 'robot-minute',
  );
  expect(calls.map(({ code }: { code: string }) => code)).toEqual(Array(40).fill('ok'));
});
