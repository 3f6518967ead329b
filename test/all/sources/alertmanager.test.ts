import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { bodyOf, close, listen } from '../../../bench/front.ts';
import fc from '../../support/property.ts';
import { stackClient } from '../../support/stack-client.ts';
import { folderIn, scratchFolder } from '../scratch.ts';
import { alertmanager, hasAlertmanager } from './alertmanager.ts';

// Alertmanager as Debian has it, with nothing but the address, and what people see of what it tells.

const LONG = { timeout: 3_600_000 };
const PATIENT = { timeout: 900_000, interval: 1_000 };
const MINUTE_MS = 60_000;
const isHere = hasAlertmanager();
const scratch = scratchFolder();
// its parts are processes of their own, which come back when they are killed
const { api, callsTo, messagesIn, pidOf, schedule, urls } = await stackClient({}, { keep: true });
/** What waits for its time is sent within a minute: the local stack's schedules are ours. */
const every = ['reconcile', 'chase-tasks'];
const minutes = setInterval(() => {
  for (const name of every) void schedule(name).catch(() => undefined);
}, 5_000);
afterAll(() => clearInterval(minutes));

/** The address that a sender is given. */
async function addressOf(name: string, rules: object): Promise<URL> {
  const { status, body } = await api('PUT', `/sources/${name}`, { language: 'en', kind: 'alertmanager', ...rules });
  expect(status).toBe(200);
  const { pathname } = new URL(body.address);
  return new URL(pathname, urls.api);
}

type Shown = { msgtype: string; text: string };
/** The messages about a group of alerts, at a place. */
const about = async (conversation: string, name: string): Promise<Shown[]> =>
  (await messagesIn(conversation)).filter(({ text }: Shown) => text.includes(name));
const textsOf = async (conversation: string, name: string) => (await about(conversation, name)).map(({ text }) => text);

const CARD_PATHS = ['/v1.0/card/instances/createAndDeliver', '/v1.0/card/instances'];
type Call = { at: string; method: string; path: string; status: number; body: CardBody };
type CardBody = { outTrackId: string; cardData: { cardParamMap: { title: string; markdown: string } } };

/** What DingTalk was asked to do with the card of a group: created, changed, closed, and what was asked once more. */
function cardCalls(calls: readonly Call[], name: string) {
  const [first] = calls.filter(({ body }) => JSON.stringify(body).includes(name));
  const own = calls.filter(({ body, status }) => body.outTrackId === first?.body.outTrackId && status === 200);
  const shows = ({ body }: Call) => JSON.stringify(body.cardData.cardParamMap);
  const creates = own.filter(({ method }) => method === 'POST');
  const changes = own.filter(({ method }) => method === 'PUT');
  const news = changes.filter((call, at) => at === 0 || shows(call) !== shows(changes[at - 1] ?? call));
  const closes = news.filter(({ body }) => body.cardData.cardParamMap.title.startsWith('✅'));
  const lived = Date.parse(own.at(-1)?.at ?? '') - Date.parse(own[0]?.at ?? '');
  return {
    name,
    creates: creates.length,
    updates: news.length - closes.length,
    closes: closes.length,
    again: changes.length - news.length,
    minutes: Math.ceil(lived / MINUTE_MS),
  };
}

const NAMES = ['DiskFull', 'CpuHot', 'NodeDown', 'JobLate', 'CertOld'];
const REFIRED = 'CpuHot';
/** Instances of each in the end: what it was not told of for minutes it takes for firing. */
const MOST = 14;

test.skipIf(!isHere)(
  '50 alerts in 5 groups fire for minutes, resolve, and one fires again, while it and the workers are killed: 5 cards, 5 pairs on a custom robot',
  LONG,
  async () => {
    const url = await addressOf('debian', { to: ['ops', 'project'], incidents: { quietGapMinutes: 5 } });
    const sender = await alertmanager(url, folderIn(scratch, 'five'));
    const killed = { alertmanager: 0, workers: 0 };
    const killWorkers = () => {
      const pid = pidOf('functions');
      if (pid !== undefined) process.kill(-pid, 'SIGKILL'); // they are a group
      killed.workers += 1;
    };
    const restMs = fc.sample(fc.integer({ min: 8_000, max: 20_000 }), 100);
    const rest = () => sleep(restMs.pop() ?? 10_000);
    const over = () => ({ endsAt: new Date().toISOString() });

    for (const name of NAMES) await sender.tell(name, 10);
    for (const name of NAMES) await expect.poll(() => textsOf('cidProject=', name), PATIENT).toHaveLength(1);
    const plan = fc.sample(fc.record({ name: fc.constantFrom(...NAMES), more: fc.nat(4), sender: fc.boolean() }), 12);
    for (const [turn, { name, more, sender: isSender }] of plan.entries()) {
      await sender.tell(name, 10 + more);
      await rest();
      if (turn % 2 === 0) continue;
      if (isSender) {
        await sender.kill();
        killed.alertmanager += 1;
      } else killWorkers();
    }
    for (const name of NAMES) await sender.tell(name, MOST);
    const known = async () => (await api('GET', '/incidents')).body.incidents.map(({ text }: Shown) => text);
    await expect.poll(known, PATIENT).toEqual(NAMES.map(() => expect.stringContaining(`Firing ${MOST} alerts`)));
    // it does not tell of an end whose beginning it forgot: from here on only our workers die
    for (const name of NAMES) await sender.tell(name, MOST, over());
    await sleep(3_000);
    killWorkers();
    await expect.poll(() => textsOf('cidProject=', REFIRED), PATIENT).toEqual([expect.stringContaining('✅')]);
    await sender.tell(REFIRED, 3);
    await rest();
    killWorkers();
    await expect.poll(() => textsOf('cidProject=', REFIRED), PATIENT).toEqual([expect.stringContaining('🔴')]);
    await sender.tell(REFIRED, 3, over());
    for (const name of NAMES) {
      await expect
        .poll(() => textsOf('cidOps=', name), PATIENT)
        .toEqual([expect.stringContaining('🔴'), expect.stringContaining('✅')]);
      expect(await about('cidProject=', name)).toMatchObject([
        { msgtype: 'card', text: expect.stringContaining('✅') },
      ]);
    }
    expect((await textsOf('cidOps=', REFIRED)).at(-1)).toContain('fired 2 times');
    sender.stop();

    expect([await messagesIn('cidProject='), await messagesIn('cidOps=')]).toMatchObject([
      { length: 5 },
      { length: 10 },
    ]);
    const calls: Call[] = (await Promise.all(CARD_PATHS.map(callsTo))).flat();
    const cards = NAMES.map((name) => cardCalls(calls, name));
    writeSync(1, `killed: ${killed.alertmanager} times Alertmanager, ${killed.workers} times the workers\n`);
    for (const { name, creates, updates, closes, again, minutes: lived } of cards) {
      const counts = `${creates} create, ${updates} updates in ${lived} min, ${closes} close`;
      writeSync(1, `${name}: ${counts}, ${again} asked again after a death\n`);
      expect({ name, creates, closes }).toEqual({ name, creates: 1, closes: name === REFIRED ? 2 : 1 });
      expect(updates).toBeLessThanOrEqual(lived);
    }
    expect(killed.alertmanager * killed.workers).toBeGreaterThan(0);
  },
);

test.skipIf(!isHere)(
  '200 alerts in one group are 104 kB at the door, and within all limits at DingTalk',
  LONG,
  async () => {
    const url = await addressOf('many', { to: ['ops', 'project'], incidents: { quietGapMinutes: 1 } });
    const sizes: number[] = [];
    const front = createServer(async (request, response) => {
      const body = await bodyOf(request);
      sizes.push(body.length);
      const { status } = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      response.writeHead(status).end();
    });
    const frontUrl = await listen(front);
    onTestFinished(() => close(front));
    const sender = await alertmanager(new URL(frontUrl), folderIn(scratch, 'one'));
    const annotations = { summary: '磁盘空间不足', description: 'x'.repeat(255) };
    await sender.tell('Flood', 200, { annotations });
    for (const [place, shown] of [
      ['cidProject=', 'Firing 200 alerts'],
      ['cidOps=', 'and 190 more'],
    ] as const)
      await expect.poll(() => textsOf(place, 'Flood'), PATIENT).toEqual([expect.stringContaining(shown)]);
    await sender.tell('Flood', 200, { annotations, endsAt: new Date().toISOString() });
    await expect.poll(() => textsOf('cidProject=', 'Flood'), PATIENT).toEqual([expect.stringContaining('✅')]);
    await expect.poll(() => textsOf('cidOps=', 'Flood'), PATIENT).toHaveLength(2);
    sender.stop();
    const bytes = (texts: string[]) => Math.max(...texts.map((text) => Buffer.byteLength(text)));
    const calls: Call[] = (await Promise.all(CARD_PATHS.map(callsTo))).flat();
    const onCards = calls
      .map(({ body }) => body.cardData.cardParamMap.markdown)
      .filter((text) => text.includes('web-0'));
    const [largest, message, card] = [Math.max(...sizes), bytes(await textsOf('cidOps=', 'Flood')), bytes(onCards)];
    writeSync(
      1,
      `200 alerts in one group: ${largest} bytes at the door, ${message} a message, ${card} on a card, at most\n`,
    );
    expect(largest).toBeGreaterThan(100_000);
    expect(message).toBeLessThan(20_000);
    expect(card).toBeLessThanOrEqual(1_000);
  },
);
