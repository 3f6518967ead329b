import { expect, test } from 'vitest';
import { chaos } from '../../support/chaos.ts';

test('a short outage of EventBridge, five times as fast, loses nothing', async () => {
  const { code, output } = await chaos(['--outage', 'events', '--for', '60', '--load', '0.1'], { TIME_SCALE: '5' });
  expect(output).toMatch(/^TIME_SCALE 5: 60 s take 12 s\nok {3}events fails 60 s.*lost 0, twice 0, .*lies 0/s);
  expect(output).not.toContain('struck 0');
  expect(code).toBe(0);
});

test.each(['events', 'dynamodb', 'download'])(
  '90 s without %s lose nothing, and nothing is told wrongly',
  async (service) => {
    const { code, output } = await chaos(['--outage', service, '--for', '90']);
    expect([code, output]).toEqual([0, expect.stringContaining('lost 0, twice 0')]);
  },
);

test.each(['dies-before', 'dies-after', 'clock-ahead', 'clock-behind'])('%s: nothing is lost', async (name) => {
  const { code, output } = await chaos(['--case', name, '--for', '200', '--load', '0.3'], { TIME_SCALE: '3' });
  expect([code, output]).toEqual([0, expect.stringContaining('lost 0, twice 0')]);
});

test('outages and deaths at random lose nothing either', async () => {
  const { code, output } = await chaos(['--seed', '1', '--minutes', '10'], { TIME_SCALE: '2' });
  expect([code, output]).toEqual([0, expect.stringContaining('lost 0, twice 0')]);
});
