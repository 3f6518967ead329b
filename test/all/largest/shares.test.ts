import { type Simulator, startSimulator } from 'dingtalk-simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RequestUpload } from '../../../contract/requests/files.ts';
import { createLinkTable } from '../../../lib/aws/tables/link-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { createShareTable } from '../../../lib/aws/tables/share-table.ts';
import { ServiceError } from '../../../lib/base/errors.ts';
import { refusalOf } from '../../../lib/dingtalk/transport/errors.ts';
import { revokeLink } from '../../../lib/files/share/manage-shares.ts';
import { requestUpload } from '../../../lib/files/share/request-upload.ts';
import { shareFile } from '../../../lib/files/share/share-file.ts';
import type { Destination } from '../../../lib/messages/destination.ts';
import { EVERYTHING } from '../../support/access.ts';
import { notification } from '../../support/files.ts';
import { largestItems } from '../../support/item-kinds.ts';
import { forInputs, INPUTS, largest, taken, widest } from '../../support/largest.ts';
import fc from '../../support/property.ts';
import { startS3 } from '../../support/s3-on-a-bad-day.ts';
import { shareDeps } from '../../support/share-world.ts';
import { startMessageTable, startShareTable, startTables } from '../../support/tables.ts';

// A file with the most that the contract takes beside it, through what may become of it at each destination.

let tables: Awaited<ReturnType<typeof startTables>>;
let simulator: Simulator;
let items: ReturnType<typeof largestItems>;
beforeAll(async () => {
  tables = await startTables();
  await startShareTable(tables.client, 'shares');
  await startMessageTable(tables.client, 'messages');
  simulator = await startSimulator({ port: 0, settings: { qps: 100_000, qpm: 0 } });
  items = largestItems(tables.client);
});
afterAll(async () => {
  await simulator.close();
  await tables.close();
});

const LARGE = 21 * 1024 * 1024;
const userIds = Array.from({ length: 100 }, (_, n) => `${n}-`.padEnd(64, 'u'));
const types = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(20, 'x'));
const group = { kind: 'robot-group' as const, openConversationId: 'cidProject=' };
/** What becomes of the file at a destination that is so. */
const PLACES: Record<string, Destination | undefined> = {
  group,
  people: { kind: 'robot-users', userIds },
  robot: { kind: 'custom-robot', accessToken: 'simopsrobot' },
  'too large': { ...group, files: { maxBytes: 1 } },
  'of another type': { ...group, files: { types } },
  'links only': { ...group, files: { linkOnly: true } },
  gone: undefined,
};

/** How a try ends that does not reach the end. */
const TRIES = ['refused', 'down', 'cut', 'busy'] as const;
const ENDS = ['shared', 'refused', 'object_gone'] as const;

const life = fc.record({
  make: largest(RequestUpload),
  places: fc.array(fc.constantFrom(...Object.keys(PLACES)), { minLength: 20, maxLength: 20 }),
  tries: fc.array(fc.constantFrom(...TRIES), { maxLength: INPUTS > 2 ? 3 : 1 }),
  end: fc.constantFrom(...ENDS),
  again: fc.constantFrom(3, 200),
  size: fc.constantFrom(1_000, 1_000, INPUTS > 2 ? LARGE : 1_000),
});

type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;
/** All that a record says of its destinations, at once. */
const worst: Life = {
  make: widest(RequestUpload),
  places: Array.from({ length: 20 }, (_, n) => ['people', 'robot', 'group'][n] ?? 'of another type'),
  ...{ tries: ['refused'], end: 'shared', again: 200, size: INPUTS > 2 ? LARGE : 1_000 },
};

type Now = Life['tries'][number] | Life['end'];

/** An upload of the bucket at one of these places each, with DingTalk and S3 as they are now. */
async function uploaded({ make, places, tries, size }: Life) {
  const body = await taken(RequestUpload, make);
  const to = body.to.length > 1 ? body.to : userIds.slice(0, 20);
  const s3 = await startS3(Buffer.alloc(size, 'x'), tries.includes('cut') ? [{ cutAt: 0.5 }] : []);
  const { deps } = await shareDeps({
    s3: s3.url,
    dynamodb: tables.url,
    simulator: simulator.url,
    ...tables.credentials,
  });
  const urls = { presignUpload: async () => ({ url: '', headers: {} }) };
  const made = { shares: deps.shares, urls, bucket: 'uploads', ids: deps.ids, now: deps.now };
  const idempotencyKey = crypto.randomUUID();
  const { id } = await requestUpload(made, { access: EVERYTHING, idempotencyKey, body: { ...body, to, size } });

  // the drive takes a call for each receiver
  const few = INPUTS > 2 ? 3 : 1;
  const kinds = places.map((place, n) => (size === LARGE && place === 'people' && n >= few ? 'group' : place));
  const is: { now: Now } = { now: 'shared' };
  const { appNamed, objects } = deps;
  const upload = async () => {
    const [code, status] = is.now === 'down' ? ['ServiceUnavailable', 503] : ['40035', 200];
    throw refusalOf('media.upload', { code: String(code), status: Number(status), text: '字'.repeat(1_000) });
  };
  Object.assign(deps, {
    destinations: { get: async (name: string) => PLACES[kinds[to.indexOf(name)] ?? ''] },
    appNamed: (name?: string) => ({
      ...appNamed(name),
      ...(['refused', 'down'].includes(is.now) && { media: { upload } }),
    }),
    objects: {
      ...objects,
      head: async (object: Parameters<typeof objects.head>[0]) => {
        if (is.now === 'object_gone') throw new ServiceError('object.head', { code: is.now, retryable: false });
        return objects.head(object);
      },
    },
  });
  const event = notification('uploads', (await deps.shares.get(id))?.key ?? '', 'tag', size);
  return {
    ...{ id, deps, close: s3.close },
    async share(now: Now, shares = deps.shares) {
      is.now = now;
      await shareFile({ ...deps, shares }, event).catch(() => undefined);
      await items.look();
    },
  };
}

test('an upload to twenty destinations: tried again, refused, too large, lost, shared, and its link revoked', async () => {
  const run = async (life: Life) => {
    const { id, deps, share, close } = await uploaded(life);
    for (const each of life.tries) await share(each);
    // workers that die on it, one after the other
    let clock = Date.now();
    const later = createShareTable(tables.client, 'shares', () => clock);
    const before = await later.get(id);
    for (let n = 0; before && n < life.again; n += 1) {
      clock += 10_000;
      await later.claim(before, `worker-${n}`);
    }
    clock += 10_000;
    await share(life.end, later);
    const ended = await deps.shares.get(id);
    const links = createLinkTable(tables.client, 'shares');
    const messages = createMessageTable(tables.client, 'messages');
    if (ended?.linkId !== undefined) await revokeLink({ ...deps, links, messages, publicUrl: '' }, id, EVERYTHING);
    await items.look();
    await close();
    expect(ended?.attempts.length).toBeLessThan(200);
  };
  await forInputs(life, run, worst);
});

test('each of these kinds was among them', () => {
  items.told(['share', 'link', 'link that was revoked', 'media id', 'message', 'content of a message']);
});
