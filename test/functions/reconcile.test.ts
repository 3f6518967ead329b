import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { appsSecretOf } from '../../stage/local-secret.ts';
import { PATIENT, PATIENT_MS, startCallbackBed } from '../support/callback-bed.ts';
import { startProxy } from '../support/proxy.ts';

let bed: Awaited<ReturnType<typeof startCallbackBed>>;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let run: () => Promise<void>;
beforeAll(async () => {
  proxy = await startProxy();
  const { apps } = JSON.parse(appsSecretOf(undefined));
  const oftener = apps.map((app: object) => ({ ...app, failedListMinutes: 5 }));
  bed = await startCallbackBed({ secret: JSON.stringify({ proxy: `http://${proxy.host}`, apps: oftener }) });
  const door = await import('../../functions/receive-callback/handler.ts');
  const events = await import('../../functions/handle-event/handler.ts');
  const { handler } = await import('../../functions/reconcile/handler.ts');
  run = () => bed.forgetAsked().then(() => handler());
  await bed.openDoor(door.doorsWithin(PATIENT_MS, PATIENT));
  bed.startQueues({ 'handle-event': events.handler });
});
afterAll(async () => {
  await bed.stop();
  await proxy.close();
});
/** As its schedule calls it: a run that a busy machine left no time for is followed by the next. */
const reconcile = () => {
  const ended = () =>
    run().then(
      () => 'well',
      ({ code }) => code,
    );
  return expect.poll(ended).toBe('well');
};
const weather = (is: 'up' | 'dead') => {
  bed.queueNetwork.set(is);
  bed.tableNetwork.set(is);
};
beforeEach(() => weather('up'));

/**
 * How many events are on the bus about each person. An event that EventBridge took, but answered too late, comes again
 * under its id; whoever listens knows it by that. DingTalk's push and its failed list give two ids to one event.
 */
function heard(prefix: string): Record<string, number> {
  const ids = new Map<string, Set<unknown>>();
  for (const { detail } of bed.bus) {
    const { id, data } = detail as { id: string; data: { userId?: string[] } };
    const person = String(data.userId?.[0]);
    if (person.startsWith(prefix)) ids.set(person, (ids.get(person) ?? new Set()).add(id));
  }
  return Object.fromEntries([...ids].map(([person, own]) => [person, own.size]));
}

const once = (prefix: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 1]));

const push = (person: string) => bed.sim('POST', '/events', { EventType: 'user_add_org', userId: [person] });
const pushAll = (prefix: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, index) => push(`${prefix}${index}`)));
const advance = (advanceMs: number) => bed.sim('POST', '/clock', { advanceMs });

test('with both stores down for 20 s, the second retry brings every event once', async () => {
  weather('dead');
  const first = await pushAll('twenty', 5);
  expect(first.map((push) => push.delivered)).toEqual(Array(5).fill(false));
  await advance(10_000);
  await advance(10_000);
  weather('up');
  await advance(20_000);
  await expect.poll(() => heard('twenty')).toEqual(once('twenty', 5));
  await reconcile();
  expect(await bed.queued()).toBe(0);
  expect(heard('twenty')).toEqual(once('twenty', 5));
});

test.each([
  { down: '60 s', prefix: 'sixty', ms: 60_000 },
  { down: '10 min', prefix: 'ten-min', ms: 600_000 },
])('with both stores down for $down, the failed list brings every event once', async ({ prefix, ms }) => {
  weather('dead');
  await pushAll(prefix, 5);
  await advance(ms);
  const asked = async () => (await bed.sim('GET', '/calls?path=/call_back/get_call_back_failed_result')).length;
  const before = await asked();
  await expect(run()).rejects.toMatchObject({ code: 'job_failed' });
  expect(await asked()).toBe(before);
  weather('up');
  await reconcile();
  await expect.poll(() => heard(prefix)).toEqual(once(prefix, 5));
  await reconcile();
  await push(`${prefix}-after0`);
  await expect.poll(() => heard(`${prefix}-after`)).toEqual(once(`${prefix}-after`, 1));
  expect(heard(prefix)).toEqual({ ...once(prefix, 5), ...once(`${prefix}-after`, 1) });
});

test('what did arrive, though the answer came too late, is not published again from the failed list', async () => {
  await bed.sim('POST', '/settings', { pushDeadlineMs: 0 });
  const late = await push('late0');
  expect(late.delivered).toBe(false);
  await advance(10_000);
  await advance(30_000);
  await bed.sim('POST', '/settings', { pushDeadlineMs: PATIENT_MS });
  await expect.poll(() => heard('late')).toEqual(once('late', 1));
  await reconcile();
  await push('later0');
  await expect.poll(() => heard('later')).toEqual(once('later', 1));
  await expect.poll(() => bed.queued()).toBe(0);
  expect(heard('late0')).toEqual(once('late', 1));
});

test('all pages of the failed list are fetched, and how many were missed is told as a metric', async () => {
  weather('dead');
  await bed.sim('POST', '/settings', { retryPlanMs: [1] });
  await pushAll('many', 205);
  const failed = async () => (await bed.sim('GET', '/failed-list')).length;
  await expect.poll(failed).toBe(205);
  weather('up');
  const lines = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const told = () =>
    lines.mock.calls
      .map(([line]) => String(line))
      .filter((line) => line.includes('MissedCallbacks'))
      .map((line) => JSON.parse(line).MissedCallbacks);
  // a run asks for no other page after twenty seconds, which a busy machine may need for one: the next run goes on
  for (let runs = 0; runs < 3 && told().at(-1) !== 0; runs += 1) await reconcile();
  const missed = told();
  lines.mockRestore();
  expect(missed.reduce((sum, count) => sum + count, 0)).toBe(205);
  await expect.poll(() => heard('many')).toEqual(once('many', 205));
  await bed.sim('POST', '/settings', { retryPlanMs: [10_000, 30_000] });
});

test('the bus hears of each level of a quota of the month, once', async () => {
  // the date stands still: a month of DingTalk's might turn meanwhile
  vi.setSystemTime(Date.now());
  onTestFinished(() => void vi.useRealTimers());
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '';
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1' });
  const counters = createMeterTable(client, process.env.LIMITS_TABLE ?? '', Date.now);
  const levels = () =>
    bed.bus
      .filter(({ type }) => type === 'quota.reached')
      .map(({ detail }) => detail as { data: { quota: string; percent: number } });
  await reconcile();
  expect(levels()).toEqual([]);
  await counters.add({ api: 4_000 });
  await reconcile();
  await reconcile();
  expect(levels()).toEqual([
    expect.objectContaining({
      id: expect.stringMatching(/^quota-\d{4}-\d\d-api-80$/),
      ...{ app: 'default', corpId: 'dingsimcorp' },
      data: expect.objectContaining({ quota: 'api', percent: 80, allowed: 5_000, used: expect.any(Number) }),
    }),
  ]);
  await counters.add({ api: 1_000, webhook: 2_850 });
  await reconcile();
  await reconcile();
  expect(levels().map(({ data: { quota, percent } }) => `${quota} ${percent}`)).toEqual([
    ...['api 80', 'api 95', 'api 100'],
    ...['webhook 80', 'webhook 95'],
  ]);
  client.destroy();
});

test('a stage whose secret names a proxy calls DingTalk by it', () => {
  const lines = new Set(proxy.asked.map(({ line }) => line));
  expect(lines).toEqual(new Set([`CONNECT ${new URL(bed.simulator.url).host}`]));
});
