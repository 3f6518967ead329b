import { afterEach, expect, test } from 'vitest';
import { DingTalkUnreachable } from '../../lib/base/dingtalk-errors.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { nightWorld, type Sending } from '../support/night-world.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const quiet = { from: '22:00', to: '08:00' };
/** A group with quiet hours by the clocks of the app's people, in Shanghai. */
async function world(start: string, over: Partial<Destination> = {}) {
  const group = { kind: 'robot-group', openConversationId: 'cid', quiet, ...over } as Destination;
  const { accept, close, ...rest } = await nightWorld({ group }, start);
  open.push(close);
  const say = (text: string, more: { sendAt?: string; expiresAt?: string; priority?: 'high' } = {}) =>
    accept({ to: ['group'], content: { kind: 'text', text }, ...more });
  return { ...rest, say, accept, of: (id: string) => rest.delivery(id, 'group') };
}
const textOf = ({ rendered }: Sending) => (rendered.form === 'robot' ? rendered.msgParam.content : rendered);
const at = (time: string) => Date.parse(time);

test('what comes at night waits for the morning and goes as one message; what is urgent goes at once', async () => {
  const { say, sent, until, of } = await world('2026-11-29T15:30:00Z'); // 23:30 in Shanghai
  const first = await say('disk full');
  await say('disk full');
  expect(sent).toEqual([]);
  expect(await of(first)).toMatchObject({
    status: 'queued',
    waits: { for: 'quiet', until: '2026-11-30T00:00:00.000Z' },
  });
  await say('the house burns', { priority: 'high' });
  expect(sent.map(textOf)).toEqual(['the house burns']);
  await until(at('2026-11-29T23:59:00Z'));
  expect(sent).toHaveLength(1);
  const last = await say('cpu hot');
  await until(at('2026-11-30T00:01:30Z'));
  expect(sent.map(textOf)).toEqual(['the house burns', '3 条消息\ndisk full ×2\ncpu hot']);
  expect(sent[1]?.at).toBe(at('2026-11-30T00:00:00Z'));
  const [one, other] = await Promise.all([of(first), of(last)]);
  expect([one?.status, other?.status]).toEqual(['sent', 'sent']);
  // whichever comes out of the queue first takes the others along
  expect([one?.mergedInto, other?.mergedInto].filter(Boolean).length).toBeGreaterThan(0);
});

test('what was given up and is redriven at night goes in the morning, though its record in the queue does not know', async () => {
  const { deps, say, sent, until, work, queue, of } = await world('2026-11-29T02:00:00Z');
  const accept = deps.outbox.put;
  let records: Parameters<typeof accept>[0] = [];
  deps.outbox.put = async (items) => {
    records = items;
  };
  const id = await say('late');
  deps.outbox.put = accept;
  await deps.messages.record({ messageId: id, destination: 'group' }, { status: 'failed', deadLetter: true });
  await until(at('2026-11-29T15:30:00Z'));
  queue.push(...records);
  await work();
  expect(await of(id)).toMatchObject({ status: 'queued', deadLetter: false, waits: { for: 'quiet' } });
  await until(at('2026-11-30T00:01:00Z'));
  expect(sent.map(textOf)).toEqual(['late']);
});

test('a message is sent at its time, and what was to be sent at night goes in the morning', async () => {
  const { say, sent, until, of } = await world('2026-11-29T02:00:00Z');
  const noon = await say('noon', { sendAt: '2026-11-29T12:00:00+08:00' });
  const night = await say('night', { sendAt: '2026-11-29T15:00:20Z' });
  await say('now', { sendAt: '2026-11-28T00:00:00Z' });
  expect(sent.map(textOf)).toEqual(['now']);
  expect(await of(noon)).toMatchObject({ waits: { for: 'sendAt', until: '2026-11-29T04:00:00.000Z' } });
  await until(at('2026-11-29T04:00:00Z'));
  expect(sent.map(textOf)).toEqual(['now', 'noon']);
  await until(at('2026-11-29T15:02:00Z'));
  expect(await of(night)).toMatchObject({ status: 'queued', waits: { for: 'quiet' } });
  await until(at('2026-11-30T00:00:00Z'));
  expect(sent.map(textOf)).toEqual(['now', 'noon', 'night']);
});

test('what expires at night is told as expired, and cards go each by itself in the morning', async () => {
  const { say, accept, sent, until, of } = await world('2026-11-29T15:00:00Z');
  const short = await say('soon over', { expiresAt: '2026-11-29T16:00:00Z' });
  const link = { kind: 'link' as const, title: 'a', text: 'b', url: 'https://example.com/1' };
  for (let n = 0; n < 2; n += 1) await accept({ to: ['group'], content: link });
  await until(at('2026-11-29T16:01:00Z'));
  expect(await of(short)).toMatchObject({ status: 'expired' });
  await until(at('2026-11-30T00:01:00Z'));
  expect(sent.map(({ rendered }) => rendered.form === 'robot' && rendered.msgKey)).toEqual([
    'sampleLink',
    'sampleLink',
  ]);
});

test('a try that failed in the evening is not made again at night', async () => {
  const { say, deps, sent, until, of } = await world('2026-11-29T13:59:59Z'); // 21:59:59 in Shanghai
  const { send } = deps;
  deps.send = async () => {
    deps.send = send;
    throw new DingTalkUnreachable('messages.send', { code: 'refused', arrived: 'no', cause: undefined });
  };
  const late = await say('late');
  expect(await of(late)).toMatchObject({ attempts: [{ outcome: 'failed' }], waits: { for: 'quiet' } });
  await until(at('2026-11-29T23:59:00Z'));
  expect(sent).toEqual([]);
  await until(at('2026-11-30T00:00:00Z'));
  expect(sent.map(textOf)).toEqual(['late']);
});

test('a day of 23 and one of 25 hours have their morning at its time too', async () => {
  const berlin = { quiet: { ...quiet, timeZone: 'Europe/Berlin' } };
  for (const [evening, morning] of [
    ['2026-03-28T22:30:00Z', '2026-03-29T06:00:00Z'],
    ['2026-10-24T21:30:00Z', '2026-10-25T07:00:00Z'],
  ] as const) {
    const { say, sent, until } = await world(evening, berlin);
    await say('good morning');
    await until(at('2026-10-26T00:00:00Z'));
    expect(sent.map((one) => new Date(one.at).toISOString())).toEqual([morning.replace('Z', '.000Z')]);
  }
});
