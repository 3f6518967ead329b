import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { IDLE_STAGES, idleBill, type Part, sumOf, tableOfIdle } from '../../bench/idle.ts';
import { packaged } from '../support/packaged.ts';

// What a stage that does nothing costs by the month, counted in its template.

const bills: Record<string, Part[]> = {};
beforeAll(async () => {
  for (const [stage, params] of Object.entries(IDLE_STAGES))
    bills[stage] = idleBill(await packaged('prod', 'us-east-1', params));
});

const NAT = 'alarms and `network=nat`';

test('a stage with its alarms costs ten dollars a month at most, but for a NAT gateway', () => {
  for (const [stage, parts] of Object.entries(bills))
    if (stage !== NAT && !stage.includes('dashboard')) expect([stage, sumOf(parts) <= 10]).toEqual([stage, true]);
});

test('the documents tell it', () => {
  const text = readFileSync('docs/deploy.md', 'utf8');
  expect(/<!-- idle -->\n([\s\S]*?)\n<!-- \/idle -->/.exec(text)?.[1]).toBe(tableOfIdle(bills));
});

test('what costs by the month is seen in the template', async () => {
  const template = await packaged('prod', 'us-east-1', []);
  const countOf = (what: string) => idleBill(template).find((part) => part.what === what)?.count;
  expect([countOf('queues that Lambda asks for work'), countOf('functions that run by the clock')]).toEqual([7, 2]);
  expect(countOf('detailed metrics of routes')).toBe(0);
  Object.assign(template.Resources.HttpApiStage!.Properties, {
    DefaultRouteSettings: { DetailedMetricsEnabled: true },
  });
  expect(countOf('detailed metrics of routes')).toBeGreaterThan(20);
});
