import { createCipheriv, createHash, randomBytes, randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { encryptMessage } from '../../lib/dingtalk/doors/callback.ts';
import { PATIENT, PATIENT_MS, startCallbackBed } from '../support/callback-bed.ts';
import { httpEvent } from '../support/events.ts';

/** The part `floods` of `npm run test:all` has the whole flood; some of it has every kind of push, too. */
/** The whole flood is minutes of work, on a busy machine many. */
const LONG = { timeout: 3_600_000 };
const PUSHES = Number(process.env.FLOOD ?? 200);
const AT_ONCE = 10;
const TOKEN = 'simcallbacktoken';
const AES_KEY = 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0';

let bed: Awaited<ReturnType<typeof startCallbackBed>>;
let door: typeof import('../../functions/receive-callback/handler.ts')['handler'];
beforeAll(async () => {
  bed = await startCallbackBed();
  const { doorsWithin } = await import('../../functions/receive-callback/handler.ts');
  door = doorsWithin(PATIENT_MS, PATIENT); // a busy machine has not done anything in DingTalk's time
  bed.startQueues({ 'handle-event': (await import('../../functions/handle-event/handler.ts')).handler });
});
afterAll(() => bed.stop());

type Push = { encrypt: string; signature: string; timestamp: string; nonce: string };

function signed(encrypt: string): Push {
  const [timestamp, nonce] = [String(Date.now()), randomBytes(6).toString('hex')];
  const signature = createHash('sha1').update([TOKEN, timestamp, nonce, encrypt].sort().join('')).digest('hex');
  return { encrypt, signature, timestamp, nonce };
}

const textOf = (id: string, note = '') =>
  JSON.stringify({ EventType: 'flood', EventTime: 1767225600123, eventId: id, note });
const valid = (id: string, note = '事件 🎉') =>
  signed(encryptMessage(AES_KEY, textOf(id, note), 'dingsimapp', randomBytes(16)));

/** Sealed with the right key and signed with the right token, and wrong inside. */
function sealedRaw(clear: Buffer): Push {
  const key = Buffer.from(`${AES_KEY}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return signed(Buffer.concat([cipher.update(clear), cipher.final()]).toString('base64'));
}
const BROKEN = [
  (id: string) => signed(encryptMessage(AES_KEY, textOf(id), 'dingsomebody', randomBytes(16))),
  () => sealedRaw(Buffer.alloc(64, 77)),
  () => sealedRaw(Buffer.concat([randomBytes(16), Buffer.from([0x7f, 0xff, 0xff, 0xff]), Buffer.alloc(44, 12)])),
  () => signed(randomBytes(33).toString('base64')),
];

function flood() {
  const count = (share: number) => Math.round(PUSHES * share);
  const [forged, broken, copies, large] = [count(0.01), count(0.01), count(0.2), count(0.05)];
  const ids = Array.from({ length: PUSHES - forged - broken - copies }, (_, index) => `flood-${index}`);
  const originals = ids.map((id, index) => valid(id, index < large ? '页'.repeat(16_000) : undefined));
  const again = Array.from({ length: copies }, () => {
    const index = randomInt(ids.length);
    // A retry is sealed and signed anew, or it is the same bytes once more.
    return index % 2 === 0 && index >= large ? valid(ids[index]!) : originals[index]!;
  });
  const bad = [
    ...Array.from({ length: forged }, (_, index) => ({ ...valid(`forged-${index}`), signature: '0'.repeat(40) })),
    ...Array.from({ length: broken }, (_, index) => BROKEN[index % BROKEN.length]!(`forged-${index}`)),
  ];
  const pushes = [...originals, ...again].map((push) => ({ push, good: true }));
  return { ids, pushes: shuffled([...pushes, ...bad.map((push) => ({ push, good: false }))]) };
}

function shuffled<T>(items: T[]): T[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
  return items;
}

const knock = ({ encrypt, ...query }: Push) =>
  door({
    ...httpEvent('POST /dingtalk/events', { body: JSON.stringify({ encrypt }) }),
    queryStringParameters: query,
  });

test(
  'of a flood with copies, forgeries and broken pushes, the valid ones are on the bus once and nothing else',
  LONG,
  async () => {
    const quiet = [vi.spyOn(console, 'log'), vi.spyOn(console, 'info')].map((spy) =>
      spy.mockImplementation(() => undefined),
    );
    const failures = vi.spyOn(console, 'error');
    const { ids, pushes } = flood();
    const refusals = new Set<string>();
    const waiting = [...pushes];
    const started = performance.now();
    let wrong = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.pop(); next; next = waiting.pop()) {
          const { statusCode, body } = await knock(next.push);
          if (statusCode !== (next.good ? 200 : 403)) wrong += 1;
          if (!next.good) refusals.add(`${statusCode} ${body}`);
        }
      }),
    );
    const answered = performance.now() - started;
    const heard = () => bed.bus.map(({ detail }) => (detail as { id: string }).id);
    // what failed on a busy machine is hidden by its queue meanwhile, and counted as queued no more
    await expect.poll(() => new Set(heard()).size, LONG).toBeGreaterThanOrEqual(ids.length);
    await expect.poll(() => bed.queued(), LONG).toBe(0);
    const published = performance.now() - started;
    // where a busy machine kept the answer of a table back, the event is published again under its id, as is promised
    const mayRepeat = failures.mock.calls.filter((line) => JSON.stringify(line).includes('record-failed')).length;
    for (const spy of [...quiet, failures]) spy.mockRestore();
    console.log(
      `${pushes.length} pushes answered in ${Math.round(answered)} ms, ${ids.length} events published in ${Math.round(published)} ms`,
    );

    expect(wrong).toBe(0);
    expect(refusals.size).toBe(1);
    expect([...new Set(heard())].sort()).toEqual(ids.sort());
    expect(heard().length - ids.length).toBeLessThanOrEqual(mayRepeat);
    const large = bed.bus.find(({ detail }) => (detail as { id: string }).id === 'flood-0')!;
    expect((large.detail as { data: { note: string } }).data.note).toBe('页'.repeat(16_000));
  },
);
