import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { costPerMillion, total, type Use } from '../../bench/cost.ts';

const prices = JSON.parse(readFileSync('bench/prices.json', 'utf8'));
const NOTHING: Use = {
  httpRequests: 0,
  invocations: 0,
  gbSeconds: 0,
  readUnits: 0,
  writeUnits: 0,
  sqsStandard: 0,
  sqsFifo: 0,
  s3Puts: 0,
  s3Gets: 0,
  busEvents: 0,
  logBytes: 0,
  egressBytes: 0,
};

test('a million uses cost what a bill would say, part by part', () => {
  const use = { ...NOTHING, httpRequests: 1, invocations: 2, gbSeconds: 0.05, writeUnits: 4, readUnits: 2, sqsFifo: 3 };
  const parts = costPerMillion({ ...use, logBytes: 1_000, egressBytes: 2_000 }, prices);
  expect(parts.httpApi).toBeCloseTo(1.0);
  expect(parts.lambda).toBeCloseTo(0.4 + 0.66667);
  expect(parts.dynamodb).toBeCloseTo(2.5 + 0.25);
  expect(parts.sqs).toBeCloseTo(1.5);
  expect(parts.logs).toBeCloseTo(0.5);
  expect(parts.egress).toBeCloseTo(0.18);
  expect(total(parts)).toBeCloseTo(1 + 1.06667 + 2.75 + 1.5 + 0.5 + 0.18);
});

test('no price is left out of the sum, and the table says that it is to be checked', () => {
  for (const name of Object.keys(NOTHING))
    expect(total(costPerMillion({ ...NOTHING, [name]: 1 }, prices))).toBeGreaterThan(0);
  expect(prices.note).toMatch(/List prices .* check them/);
  expect(Number.isNaN(Date.parse(prices.date))).toBe(false);
});
