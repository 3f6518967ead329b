import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { filesClient } from '../../support/files.ts';
import { largestItems } from '../../support/item-kinds.ts';

// The largest input that each kind of record accepts, through the deployed functions; tasks and approvals are in
// test/records/largest.test.ts.

const { api, request, urls, sim, act, send, put, finished, busEvents } = await filesClient();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const dynamodb = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
afterAll(() => dynamodb.destroy());
await sim('POST', '/settings', { qps: 100_000, qpm: 0 });

const items = largestItems(dynamodb);

test('a message: the longest text that is accepted, and one to 2,000 people of whom nobody is known', async () => {
  // the one takes more parts, the other more in each
  for (const to of ['notice', 'project']) {
    const text = (length: number) => send({ to, text: '字'.repeat(length) });
    let length = 100_000;
    let answer = await text(length);
    for (; answer.status === 422; answer = await text(length)) length = Math.floor(length * 0.9);
    console.log(`${length} characters are accepted for ${to}`);
    // between two of its parts it is queued again
    await expect.poll(async () => (await api('GET', answer.body.links.self)).body.status).toBe('sent');
  }
  const userIds = Array.from({ length: 2_000 }, (_, n) => `${n}-`.padEnd(64, 'u'));
  expect((await api('PUT', '/destinations/crowd', { kind: 'robot-users', userIds })).status).toBeLessThan(300);
  const told = await send({ to: 'crowd', text: '字'.repeat(900) });
  const failed = { status: 'failed', deliveries: [{ attempts: [{ code: 'nobody_reached' }] }] };
  await expect.poll(async () => (await api('GET', told.body.links.self)).body).toMatchObject(failed);
  await items.look();
});

test('twenty messages that are merged into one', async () => {
  const group = { kind: 'robot-group', openConversationId: 'cidProject=', merge: { windowMs: 5_000 } };
  expect((await api('PUT', '/destinations/merged', group)).status).toBeLessThan(300);
  const sent = Array.from({ length: 20 }, (_, n) =>
    api('POST', '/messages', { to: 'merged', text: `${n}${'字'.repeat(400)}` }),
  );
  const made = (await Promise.all(sent)).map(({ body }) => body.links.self);
  const states = async () => Promise.all(made.map(async (self) => (await api('GET', self)).body.status));
  await expect.poll(states).toEqual(made.map(() => 'sent'));
  await items.look();
});

test('a file: the longest name', async () => {
  const key = `share/project/${'字'.repeat(330)}.txt`;
  await put(key, Buffer.from('largest'), { Metadata: { caption: encodeURIComponent('字'.repeat(200)) } });
  await finished(key);
  await items.look();
});

test('an event, and what a person says to the robot', async () => {
  const words = '字'.repeat(20_000);
  const push = (length: number) =>
    sim('POST', '/events', { EventType: 'largest_event', eventId: `largest-${length}`, words: '字'.repeat(length) });
  let length = 40_000;
  for (let { body } = await push(length); body.attempt.status === 413; { body } = await push(length))
    length = Math.floor(length * 0.8);
  console.log(`an event of ${length} characters is accepted`);
  await expect.poll(() => busEvents().some(({ detail }) => detail.id === `largest-${length}`)).toBe(true);
  await act('/say', { from: 'lisi', text: words });
  await act('/say', { from: 'lisi', file: { name: `${'字'.repeat(80)}.txt`, base64: 'eA==' } });
  await expect.poll(() => busEvents().some(({ detail }) => detail.type === 'file.received')).toBe(true);
  await items.look();
});

test('an incident with the longest words, which fires again and again', async () => {
  const rules = { kind: 'alertmanager', to: 'project', incidents: {} };
  const { pathname } = new URL((await api('PUT', '/sources/largest', rules)).body.address);
  const labels = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`label${n}`, '字'.repeat(900)]));
  const named = { alertname: 'largest', ...labels };
  for (let n = 0; n < 60; n += 1) {
    const status = n % 2 === 0 ? 'firing' : 'resolved';
    const at = new Date().toISOString();
    const alert = {
      status,
      labels: named,
      annotations: { description: '字'.repeat(9_000) },
      startsAt: at,
      endsAt: at,
      fingerprint: 'l',
    };
    const group = {
      groupKey: '{}:{alertname="largest"}',
      groupLabels: named,
      commonLabels: named,
      commonAnnotations: {},
    };
    const said = { version: '4', receiver: 'dingdock', externalURL: 'http://localhost:9093', status, ...group };
    expect((await request('POST', `${urls.api}${pathname}`, { ...said, alerts: [alert] })).status).toBeLessThan(300);
  }
  const state = async () => (await api('GET', '/incidents')).body.incidents[0]?.state;
  await expect.poll(state).toBe('resolved');
  await items.look();
});

test('every kind of record that these functions keep was among them', () => {
  items.told([
    ...['destination', 'key', 'source', 'what was seen of a source', 'claim on an event'],
    ...['message', 'content of a message', 'page of outcomes', 'row of a message', 'idempotency key'],
    ...['leader of a merge', 'share', 'link', 'media id', 'incident', 'row of an incident', 'code'],
    ...['token', 'slots', 'count of the month', 'place of who waits'],
  ]);
});
