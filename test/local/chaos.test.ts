import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { createFaults, type Manner, serviceOf, startFront } from '../../local/chaos/front.ts';
import { planOf } from '../../local/chaos/plan.ts';
import { isGood } from '../../local/chaos/report.ts';
import { chaos } from '../support/chaos.ts';

test('words that are none are answered with what there is', async () => {
  const { code, output } = await chaos(['--outage', 'event']);
  expect([code, output]).toEqual([2, expect.stringContaining('services: events, dynamodb')]);
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

test('a seed is one plan, and another is another', () => {
  const plan = planOf(7, 600_000);
  expect(plan).toEqual(planOf(7, 600_000));
  expect(plan).not.toEqual(planOf(8, 600_000));
  expect(plan.length).toBeGreaterThan(10);
  expect(plan.filter((trouble) => trouble.at + ('ms' in trouble ? trouble.ms : 0) > 600_000)).toEqual([]);
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
