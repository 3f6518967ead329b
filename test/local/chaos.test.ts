import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createDeaths } from '../../local/chaos/deaths.ts';
import { sharesSince } from '../../local/chaos/fates.ts';
import { createFaults, type Manner, serviceOf, startFront } from '../../local/chaos/front.ts';
import { planOf } from '../../local/chaos/plan.ts';
import { isFair, isGood } from '../../local/chaos/report.ts';
import { watchThreads } from '../../local/chaos/threads.ts';
import { chaos } from '../support/chaos.ts';

test.each([
  [2, '--outage', 'event'],
  [2, '--outages', 'events'],
  [0, '--help', ''],
])('%i and what there is for %s %s', async (wanted, ...words) => {
  const { code, output } = await chaos(words.filter(Boolean));
  expect([code, output]).toEqual([wanted, expect.stringContaining('services: events, dynamodb')]);
  expect(output).not.toContain('    at ');
});

test.each([
  ['/', { 'x-amz-target': 'DynamoDB_20120810.PutItem' }, 'dynamodb'],
  ['/', { 'x-amz-target': 'AmazonSQS.SendMessage' }, 'sqs'],
  ['/', { 'x-amz-target': 'AWSEvents.PutEvents' }, 'events'],
  ['/', { 'x-amz-target': 'secretsmanager.GetSecretValue' }, 'secrets'],
  ['/uploads/share/ops/a.txt', {}, 's3'],
  ['/v1.0/robot/messageFiles/download', {}, 'download'],
  ['/v1.0/todo/users/1/tasks', {}, 'api'],
  ['/robot/send?access_token=1', {}, 'oapi'],
  ['/_sim/downloads/1.file?Expires=1', {}, 'store'],
  ['/_sim/messages', {}, undefined],
])('%s %j is for %s', (url, headers, service) => {
  expect(serviceOf({ url, headers })).toBe(service);
});

test('a front spoils what its fault says, and nothing else', async () => {
  let arrived = 0;
  const upstream = createServer((_request, response) => {
    arrived += 1;
    response.end('well');
  }).listen(0, '127.0.0.1');
  await new Promise((go) => upstream.once('listening', go));
  const address = upstream.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const faults = createFaults();
  const front = await startFront(address.port, faults);
  const ask = async (path: string) => {
    try {
      const answer = await fetch(`${front.url}${path}`);
      return answer.status === 200 ? await answer.text() : answer.status;
    } catch {
      return 'no answer';
    }
  };
  const underFault = async (manner: Manner) => {
    const before = arrived;
    const struck = faults.struck().api ?? 0;
    faults.set('api', manner);
    const answer = ask('/v1.0/todo');
    await expect.poll(() => faults.struck().api).toBe(struck + 1);
    if (manner !== 'hangs') await answer;
    const counted = arrived - before;
    const other = await ask('/robot/send');
    faults.set('api', undefined);
    return [await answer, counted, other];
  };
  expect(await underFault('fails')).toEqual([503, 0, 'well']);
  expect(await underFault('cuts')).toEqual(['no answer', 0, 'well']);
  expect(await underFault('hangs')).toEqual(['no answer', 0, 'well']);
  expect(await underFault('loses')).toEqual(['no answer', 1, 'well']);
  expect(await ask('/v1.0/todo')).toBe('well');
  expect(faults.struck()).toEqual({ api: 4 });
  front.close();
  upstream.close();
});

test.each([
  ['before', 0],
  ['after', 1],
] as const)('a function dies %s its call, once for each call that it makes', async (point, made) => {
  let arrived = 0;
  const upstream = createServer((_request, response) => {
    arrived += 1;
    response.end('well');
  }).listen(0, '127.0.0.1');
  await new Promise((go) => upstream.once('listening', go));
  const address = upstream.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const calling = new AbortController();
  const thread = { name: 'deliver-message', die: () => calling.abort() };
  const deaths = createDeaths({ of: async () => thread }, () => 0);
  const front = await startFront(address.port, createFaults(), deaths);
  const call = (signal?: AbortSignal) =>
    fetch(front.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      body: JSON.stringify({ TableName: 'dingdock-local-limits' }),
      ...(signal && { signal }),
    });
  deaths.set(point);
  await expect(call(calling.signal)).rejects.toThrow(/abort/);
  expect(arrived).toBe(made);
  expect(await (await call()).text()).toBe('well');
  expect(deaths.told()).toEqual({ died: ['deliver-message GetItem limits'], spared: [] });
  front.close();
  upstream.close();
});

test('who calls is known by the port, and is told to die and what time it is', async () => {
  const threads = await watchThreads();
  const line = connect(threads.port, '127.0.0.1');
  line.write('dingdock-local-deliver-message\n54321\n');
  const heard: string[] = [];
  line.on('data', (data) => heard.push(String(data)));
  await expect.poll(() => threads.of(54_321)).toMatchObject({ name: 'deliver-message' });
  threads.setClocks(5);
  await expect.poll(() => heard.join('')).toBe('clock 5\n');
  (await threads.of(54_321))?.die();
  await expect.poll(() => heard.join('')).toBe('clock 5\ndie\n');
  line.resetAndDestroy(); // as of a process that was killed
  await expect.poll(() => threads.of(54_321)).toBeUndefined();
  threads.close();
});

test('a seed is one plan, and another is another', () => {
  const plan = planOf(7, 600_000);
  expect(plan).toEqual(planOf(7, 600_000));
  expect(plan).not.toEqual(planOf(8, 600_000));
  expect(plan.length).toBeGreaterThan(10);
  expect(plan.filter((trouble) => trouble.at + ('ms' in trouble ? trouble.ms : 0) > 600_000)).toEqual([]);
});

test('files are looked for on every day since a world began, page by page', async () => {
  const asked: string[] = [];
  const api = async (_: string, path: string) => {
    asked.push(path);
    const shares = [{ key: path, status: 'shared', targets: [] }];
    return { status: 200, body: { shares, ...(!path.includes('cursor') && { cursor: 'a+b' }) } };
  };
  const now = Date.parse('2026-12-02T00:01:00Z');
  const found = await sharesSince({ api }, Date.parse('2026-11-30T23:59:59Z'), now);
  const days = ['2026-11-30', '2026-12-01', '2026-12-02'];
  expect(asked).toEqual(days.flatMap((day) => [`/shares?day=${day}`, `/shares?day=${day}&cursor=a%2Bb`]));
  expect(found.map(({ key }) => key)).toEqual(asked);
});

test('a report is good with what was told and refused, and bad with anything lost', () => {
  const verdict = {
    accepted: 1,
    delivered: 0,
    told: 1,
    lost: [],
    twice: [],
    twiceFlagged: 1,
    lies: [],
    refused: { x: 1 },
  };
  const rest = { tooFast: 0, deadLetters: 0, caughtUpSeconds: 1 };
  expect(isGood({ ...verdict, ...rest })).toBe(true);
  expect(isGood({ ...verdict, ...rest, lost: ['x'] })).toBe(false);
  expect(isGood({ ...verdict, ...rest, deadLetters: 1 })).toBe(false);
});

test('a flood is fair when all came, about as fast to each destination, and none too fast', () => {
  const flood = { accepted: 10, delivered: 10, seconds: 1, spread: 5, tooFast: 0, deadLetters: 0 };
  expect(isFair(flood)).toBe(true);
  for (const worse of [{ delivered: 9 }, { spread: 5.1 }, { tooFast: 1 }, { deadLetters: 1 }]) {
    expect(isFair({ ...flood, ...worse })).toBe(false);
  }
});
