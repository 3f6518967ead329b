import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeathTable } from '../../../lib/aws/tables/death-table.ts';
import { createDeedTable } from '../../../lib/aws/tables/deed-table.ts';
import { createClaimTable } from '../../../lib/aws/tables/events/claim-table.ts';
import { createFailedListTimes } from '../../../lib/aws/tables/events/door-table.ts';
import { createLimitTable } from '../../../lib/aws/tables/limit-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { createLaneTable } from '../../../lib/aws/tables/messages/lane-table.ts';
import { createPlaceTable } from '../../../lib/aws/tables/messages/place-table.ts';
import { createMeterTable } from '../../../lib/aws/tables/meter-table.ts';
import { createPeopleTable } from '../../../lib/aws/tables/people-table.ts';
import { createButtonTable } from '../../../lib/aws/tables/records/button-table.ts';
import { createReadTable } from '../../../lib/aws/tables/records/read-table.ts';
import { createTokenTable } from '../../../lib/aws/tables/token-table.ts';
import { createVisitorTable } from '../../../lib/aws/tables/visitors/visitor-table.ts';
import { sha256 } from '../../../lib/base/hash.ts';
import { handleEvent } from '../../../lib/events/handle-event.ts';
import { messageIdAt } from '../../../lib/messages/message.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { filled, forInputs } from '../../support/largest.ts';
import { memoryLog } from '../../support/memory-log.ts';
import fc from '../../support/property.ts';
import { startEventTable, startMessageTable, startTables, startTaskTable } from '../../support/tables.ts';

// What workers note for themselves, of the longest names and ids: it holds no content, so it stays small by its form.

let tables: Awaited<ReturnType<typeof startTables>>;
let items: ReturnType<typeof largestItems>;
beforeAll(async () => {
  tables = await startTables('tokens', 'limits');
  for (const name of ['messages', 'records']) await startMessageTable(tables.client, name);
  await startTaskTable(tables.client, 'tasks');
  await startEventTable(tables.client, 'events');
  items = largestItems(tables.client);
});
afterAll(() => tables.close());

const inputs = <T>(drawn: fc.Arbitrary<T>, run: (input: T) => Promise<unknown>) =>
  forInputs(drawn, async (input) => {
    await run(input);
    await items.look();
  });
const START = Date.parse('2026-11-30T15:59:00Z');
const MINUTE_MS = 60_000;

test('slots of the fastest pace that a destination may have, blocked, kept and given back', async () => {
  const pace = fc.record({
    messages: fc.integer({ min: 990, max: 1_000 }),
    perMs: fc.integer({ min: 1, max: 86_400_000 }),
  });
  await inputs(fc.record({ pace, sign: filled(64) }), async ({ pace: given, sign }) => {
    let at = START;
    const limits = createLimitTable(tables.client, 'limits', () => at, Math.random);
    const limited = [{ target: `robot#${sha256(sign)}`, pace: given }];
    for (let n = 0; n < 4; n += 1) {
      const granted = await limits.take(limited, n % 2 ? 'high' : 'normal', { more: 400, tookMs: 1, waitMs: 1_000 });
      if (granted.granted) await limits.giveBack(granted.spare.slice(0, 3));
      at += 1_000;
    }
    await limits.block(limited[0]?.target ?? '', at + MINUTE_MS);
  });
});

test('the calls of a month by every act of many apps, on both sides of its turn', async () => {
  const apps = fc.array(filled(64), { minLength: 20, maxLength: 20 });
  let months = 0;
  await inputs(apps, async (names) => {
    // as many apps as one stage has: those of each input count in another month
    let at = Date.UTC(2026, 11 + 2 * months++, 0, 15, 59);
    const meter = createMeterTable(tables.client, 'limits', () => at);
    for (let n = 0; n < 2; n += 1) {
      for (const [index, app] of names.entries()) {
        const acts = Array.from({ length: 40 }, (_, act) => [
          `api#${index}${app.toWellFormed()}#act.number.${act}`,
          1_000_000,
        ]);
        await meter.add({ ...Object.fromEntries(acts), api: 40, webhook: 40 });
      }
      await meter.setGone('api', at + MINUTE_MS);
      await meter.told('webhook', 100);
      at += MINUTE_MS;
    }
  });
});

test('a token of any length, its lease and its pause', async () => {
  await inputs(filled(2_048), async (sealed) => {
    const tokens = createTokenTable(tables.client, 'tokens');
    const lease = { owner: sealed, over: START, endsAt: START + MINUTE_MS, seen: undefined };
    await tokens.claim(`default#${sha256(sealed)}`, lease);
    await tokens.put(`default#${sha256(sealed)}`, sealed, { sealed, expiresAt: START }, START + MINUTE_MS);
  });
});

test('places to wait at, lanes, the positions of a pass, starts without an end, and deeds of a person', async () => {
  const name = fc.record({
    lane: filled(64),
    userId: filled(20),
    at: fc.integer({ min: START, max: START + 86_400_000 }),
  });
  await inputs(name, async ({ lane, userId, at }) => {
    const now = () => at;
    const place = { name: 'waiting', most: 8, now, random: Math.random, randomId: () => sha256(lane) };
    const leave = await createPlaceTable(tables.client, 'limits', place).take(at + MINUTE_MS);
    await createLaneTable(tables.client, 'messages').note(lane, { at, quietUntil: at, reachedAt: at });
    const messages = createMessageTable(tables.client, 'messages');
    await messages.seen(messageIdAt(at, '0'.repeat(20)));
    await messages.beginAt(at);
    const deaths = createDeathTable(tables.client, 'limits', now);
    for (let n = 0; n < 54; n += 1) await deaths.begun(sha256(lane), `${1_000 - n} ${at} ${at + 900_000}`);
    const deeds = createDeedTable(tables.client, 'tasks', now, Math.random);
    for (let n = 0; n < 12; n += 1) await deeds.take(userId);
    await deeds.mayTell(userId);
    await items.look();
    await leave?.();
    await deaths.ended(sha256(lane));
  });
});

test('people who left, and states of sign-ins, of which only hashes are kept', async () => {
  const visit = fc.record({ corpId: filled(128), userId: filled(64), text: filled(2_000) });
  let visits = 0;
  await inputs(visit, async ({ corpId, userId, text }) => {
    const state = `${visits++}${text}`; // each is spent once
    const visitors = createVisitorTable(tables.client, 'records', { now: Date.now, hash: sha256 });
    await visitors.departures.note({ corpId, userId }, START);
    await visitors.departures.note({ corpId, userId }, START + MINUTE_MS);
    expect(await visitors.departures.leftAt({ corpId, userId })).toBe(START + MINUTE_MS);
    expect(await visitors.states.spend(state)).toBe(true);
    expect(await visitors.states.spend(state)).toBe(false);
  });
});

test('what those read who were told of an incident', async () => {
  const told = fc.record({ app: filled(64), userId: filled(20, ['字', 'u', '%']), key: filled(64) });
  await inputs(told, async ({ app, userId, key }) => {
    const reads = createReadTable(tables.client, 'records', () => START);
    await reads.watch(app, [userId]);
    await reads.keep(app, userId, key);
    expect(await reads.readersOf(app, [userId], [key])).toEqual([userId]);
  });
});

test('a card that was tried, and the tap that came back', async () => {
  const trial = fc.record({ card: filled(64), name: filled(62), userId: filled(64), templateId: filled(128) });
  let trials = 0;
  await inputs(trial, async ({ card, name, userId, templateId }) => {
    const app = `${trials++}${name}`; // the last tap of each is kept
    const buttons = createButtonTable(tables.client, 'records');
    const [appKey, routeKey] = [templateId, templateId];
    await buttons.try(card, { app, userId, appKey, templateId, routeKey, until: START + MINUTE_MS });
    await buttons.tapped(card, { app, userId, at: START });
    expect((await buttons.seen(app))?.card.toWellFormed()).toBe(card.toWellFormed());
  });
});

test('people by each of their ids, with the longest names', async () => {
  await inputs(fc.record({ userId: filled(64), name: filled(1_000) }), async ({ userId, name }) => {
    const people = createPeopleTable(tables.client, 'tasks', Date.now);
    await people.put(`person#default#userId#${userId}`, { userId, unionId: userId, name }, Date.now() + MINUTE_MS);
    await people.put(`person#default#unionId#${userId}`, { unknown: true }, Date.now() + MINUTE_MS);
  });
});

test('claims on an event of the longest ids: taken, busy, broken off, and done', async () => {
  const given = fc.record({ id: filled(20_000), fails: fc.nat(2), door: fc.constantFrom('events', 'failed-list') });
  const claims = createClaimTable(tables.client, 'events', Date.now);
  await inputs(given, async ({ id, fails, door }) => {
    let failures = fails;
    const publish = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the bus is away');
    };
    const payload = JSON.stringify({ EventType: 'chat_disband', eventId: id.toWellFormed(), EventTime: START });
    const callback = {
      door: door as 'events',
      app: 'default',
      receivedAt: new Date(START).toISOString(),
      stamp: '',
      payload,
    };
    const reactions = { chat: () => ({ id: `chat#${id.toWellFormed()}`, run: async () => undefined }) };
    const deps = { claims, bus: { publish }, log: memoryLog().log, now: () => START, reactions };
    for (let n = 0; n <= fails; n += 1) await handleEvent(deps, callback, { recordId: 'r' }).catch(() => undefined);
    expect(await handleEvent(deps, callback, { recordId: 'r' })).toBeUndefined();
    await claims.keep(`default#file#${id.toWellFormed()}`, { key: '字'.repeat(300), fileName: '"'.repeat(255) });
    await createFailedListTimes(tables.client, 'events').noteAsked('字'.repeat(64), START);
  });
});

test('each of these kinds was among them', () => {
  items.told([
    ...['slots', 'count of the month', 'token', 'place of who waits', 'lane', 'position of a pass', 'count of starts'],
    ...[
      'deeds of a person',
      'what they read',
      'card that was tried',
      'tap that was seen',
      'who is told of an incident',
      'visitor who left',
      'state of a sign-in',
      'person',
      'claim on an event',
    ],
    'last look at the failed list',
  ]);
});
