import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Simulator, startSimulator } from 'dingtalk-simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HIDDEN_MS, shareFile } from '../../lib/files/share/share-file.ts';
import { withMedia } from '../../lib/files/with-media.ts';
import { download, notification, sha256 } from '../support/files.ts';
import { type Manner, startS3 } from '../support/s3-on-a-bad-day.ts';
import { shareDeps } from '../support/share-world.ts';
import { startMessageTable, startTables } from '../support/tables.ts';

let tables: Awaited<ReturnType<typeof startTables>>;
let simulator: Simulator;
beforeAll(async () => {
  tables = await startTables('shares');
  await startMessageTable(tables.client, 'messages');
  simulator = await startSimulator({ port: 0 });
});
afterAll(async () => {
  await simulator.close();
  await tables.close();
});

const LARGE = 21 * 1024 * 1024;
let run = 0;

async function setup(size: number, manners: Manner[]) {
  run += 1;
  const name = `${run}.bin`;
  const bytes = randomBytes(size);
  const s3 = await startS3(bytes, manners);
  const world = { s3: s3.url, dynamodb: tables.url, simulator: simulator.url };
  const event = notification('uploads', `share/project/${name}`, 'tag', size);
  const sim = async (path: string, body?: object) => {
    const post = body && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    };
    return (await fetch(`${simulator.url}/_sim${path}`, post)).json() as Promise<unknown[]>;
  };
  return {
    s3,
    sim,
    name,
    world,
    event,
    bytes,
    /** What the simulator holds under this name: media, and files sent from the drive. */
    arrived: async () => {
      const media = (await sim('/files')) as { fileName: string; mediaId: string; sha256: string }[];
      const sent = (await sim('/messages?conversation=cidProject%3D')) as {
        file?: { fileName: string; dentryId?: string };
      }[];
      const drive = sent.flatMap(({ file }) => (file?.fileName === name && file.dentryId ? [file.dentryId] : []));
      return {
        media: media.filter((file) => file.fileName === name).map((file) => file.sha256),
        drive: await Promise.all(drive.map(async (id) => sha256(await download(`${simulator.url}/_sim/files/${id}`)))),
      };
    },
  };
}

/** What goes as media is read once, for its sum, and what goes by the drive once, for the drive. */
test.concurrent.each<[string, number, Manner[]]>([
  ['cut at 60 % while it is summed up', 1_000_000, [{ cutAt: 0.6 }]],
  ['cut twice while it is summed up', 1_000_000, [{ cutAt: 0.6 }, { cutAt: 0.1 }]],
  ['stalled while it is summed up', 1_000_000, [{ stallAt: 0.5 }]],
  ['dripping while it is summed up', 1_000_000, [{ dripAt: 0.1 }]],
  ['cut on its way to the drive', LARGE, [{ cutAt: 0.6 }]],
  ['stalled on its way to the drive', LARGE, [{ stallAt: 0.6 }]],
])('an object that is %s arrives whole, once', async (_, size, manners) => {
  const { s3, world, event, bytes, arrived } = await setup(size, manners);
  const { deps, queued } = await shareDeps(world);
  expect(await shareFile(deps, event)).toBeUndefined();
  expect(await arrived()).toEqual(
    size < LARGE ? { media: [sha256(bytes)], drive: [] } : { media: [], drive: [sha256(bytes)] },
  );
  expect(queued).toHaveLength(size < LARGE ? 1 : 0);
  await s3.close();
});

/** A message that names the object waits with nine others, in less memory: its first GET is for the sum, the second for DingTalk. */
test.concurrent.each<[string, Manner[]]>([
  ['cut while it is summed up', [{ cutAt: 0.6 }]],
  ['cut on its way to DingTalk', ['whole', { cutAt: 0.6 }]],
  ['cut twice on its way to DingTalk', ['whole', { cutAt: 0.6 }, { cutAt: 0.1 }]],
  ['stalled on its way to DingTalk', ['whole', { stallAt: 0.5 }]],
  ['dripping on its way to DingTalk', ['whole', { dripAt: 0.1 }]],
])('an object of a message that is %s arrives whole, once', async (_, manners) => {
  const { s3, world, name, bytes, arrived } = await setup(1_100_000, manners);
  const { deps } = await shareDeps(world);
  const destination = await deps.destinations.get('project');
  const file = { kind: 'file' as const, mediaId: `s3:media/${name}`, fileName: name };
  const app = { bucket: 'uploads', revoked: async () => false };
  await withMedia({ ...deps, ...app }, destination ?? expect.fail(), file);
  expect(await arrived()).toEqual({ media: [sha256(bytes)], drive: [] });
  expect(s3.gets()).toBe(manners.length + 1 + (manners[0] === 'whole' ? 0 : 1));
  await s3.close();
});

test('an upload whose answer is lost is made again of the same bytes, which are read once', async () => {
  const { s3, world, event, bytes, sim, arrived } = await setup(900_000, []);
  const { deps, queued } = await shareDeps(world);
  await sim('/faults', { path: '/media/upload', fault: 'drop-after-accept', times: 1 });
  expect(await shareFile(deps, event)).toBeUndefined();
  expect((await arrived()).media).toEqual([sha256(bytes), sha256(bytes)]);
  expect(s3.gets()).toBe(1);
  expect(queued).toHaveLength(1);
  await s3.close();
});

test('what was put to the address of a POST /files again before its turn came is shared, as it is then', async () => {
  const { s3, world, bytes, arrived } = await setup(1_000, []);
  const { deps, queued } = await shareDeps(world);
  const [id, key] = [`s_again${run}`, `upload/s_again${run}/${run}.bin`];
  const target = { destination: 'project', status: 'waiting' as const };
  const awaited = { eTag: '', size: 1_000, fileName: `${run}.bin`, targets: [target], attempts: [] };
  const createdAt = new Date().toISOString();
  await deps.shares.create({ id, bucket: 'uploads', key, createdAt, status: 'awaiting', ...awaited });
  const earlier = notification('uploads', key, 'earlier', 1_000);
  expect(await shareFile(deps, earlier)).toBeUndefined();
  expect(await deps.shares.get(id)).toMatchObject({ status: 'awaiting', ...awaited });
  expect(await shareFile(deps, notification('uploads', key, 'tag', 1_000))).toBeUndefined();
  expect(await shareFile(deps, earlier)).toBeUndefined();
  expect(await deps.shares.get(id)).toMatchObject({ status: 'shared', eTag: 'tag' });
  expect((await arrived()).media).toEqual([sha256(bytes)]);
  expect(queued).toHaveLength(1);
  await s3.close();
});

test('what was put again after a worker had begun is refused: what was sent already cannot be told', async () => {
  const { s3, world } = await setup(1_000, [{ cutAt: 0.5 }, { cutAt: 0.5 }, { cutAt: 0.5 }]);
  const { deps, queued } = await shareDeps(world);
  const [id, key] = [`s_begun${run}`, `upload/s_begun${run}/${run}.bin`];
  const targets = [{ destination: 'project', status: 'waiting' as const }];
  const share = { id, bucket: 'uploads', key, eTag: '', size: 1_000, fileName: 'a.bin', targets, attempts: [] };
  await deps.shares.create({ ...share, createdAt: new Date().toISOString(), status: 'awaiting' });
  await expect(shareFile(deps, notification('uploads', key, 'tag', 1_000))).rejects.toThrow();
  expect(await shareFile(deps, notification('uploads', key, 'other', 1_000))).toBeUndefined();
  expect(await deps.shares.get(id)).toMatchObject({ status: 'refused', code: 'object_replaced' });
  expect(queued).toEqual([]);
  await s3.close();
});

test('an object that never comes whole is given back, and told of by its code', async () => {
  const { s3, world, event, arrived } = await setup(
    100_000,
    [1, 2, 3, 4].map(() => ({ cutAt: 0.5 })),
  );
  const { deps, queued } = await shareDeps(world);
  await expect(shareFile(deps, event)).rejects.toMatchObject({ code: 'source_cut', retryable: true });
  expect(s3.gets()).toBe(3);
  expect(await arrived()).toEqual({ media: [], drive: [] });
  // its claim has ended: the next try needs nobody's patience
  expect(await shareFile(deps, event)).toBeUndefined();
  expect(queued).toHaveLength(1);
  await s3.close();
});

test('an upload is of the moment at which the bucket took it, whatever the clock of its worker says', async () => {
  const { s3, world, event } = await setup(1_000, ['whole', 'whole']);
  const { deps, tables: client } = await shareDeps(world, 24 * 3_600_000);
  expect(await shareFile(deps, event)).toBeUndefined();
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'shares' }));
  const [{ eventTime, s3: uploaded } = expect.fail()] = event.Records;
  const share = Items.find(({ key, day }) => day !== undefined && key?.S === uploaded.object.key);
  expect(share).toMatchObject({ createdAt: { S: eventTime }, day: { S: eventTime.slice(0, 10) } });
  await s3.close();
});

test.each([
  ['media', 1_000_000, []],
  ['drive', LARGE, [{ stallAt: 0.5 }]],
] as const)(
  'a worker killed in the middle of an upload (%s) is followed by another: delivered once, byte for byte',
  async (way, size, manners) => {
    const { s3, world, event, bytes, sim, arrived } = await setup(size, [...manners]);
    if (way === 'media') await sim('/faults', { path: '/media/upload', fault: 'hang', times: 1 });
    const hangs = async () =>
      (await sim('/calls?path=/media/upload')).filter((call) => Object(call).code === 'hang').length;
    const script = fileURLToPath(new URL('../support/share-worker.ts', import.meta.url));
    const worker = spawn(process.execPath, [script, JSON.stringify(world), JSON.stringify(event)], {
      stdio: 'inherit',
    });
    await expect.poll(async () => (way === 'media' ? hangs() : s3.gets())).toBe(1);
    worker.kill('SIGKILL');
    await once(worker, 'exit');

    const early = await shareDeps(world, -HIDDEN_MS); // its clock, since the machine may have taken longer than that
    expect(await shareFile(early.deps, event)).toEqual({ retryInMs: 15_000 });
    expect(HIDDEN_MS).toBeLessThan(10_000); // so long the queue keeps the record of a dead worker to itself
    const late = await shareDeps(world, HIDDEN_MS);
    expect(await shareFile(late.deps, event)).toBeUndefined();
    expect(await shareFile(late.deps, event)).toBeUndefined();
    expect(await arrived()).toMatchObject({ [way]: [sha256(bytes)] });
    await s3.close();
  },
);
