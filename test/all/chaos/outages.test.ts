import { expect, test } from 'vitest';
import { chaos } from '../../support/chaos.ts';

test.each(['events', 'dynamodb', 'download'])(
  '90 s without %s lose nothing, and nothing is told wrongly',
  async (service) => {
    const { code, output } = await chaos(['--outage', service, '--for', '90']);
    expect([code, output]).toEqual([0, expect.stringContaining('lost 0, twice 0')]);
  },
);

test('outages and deaths at random lose nothing either', async () => {
  const { code, output } = await chaos(['--seed', '1', '--minutes', '10'], { TIME_SCALE: '2' });
  expect([code, output]).toEqual([0, expect.stringContaining('lost 0, twice 0')]);
});
