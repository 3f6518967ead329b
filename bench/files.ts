import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { type Bed, startWorld } from './bed.ts';
import { sqsEvent, uploadBodyOf } from './events.ts';
import { close, listen } from './front.ts';
import { startFunction } from './process.ts';
import { type Row, row } from './row.ts';

const SIZES = [20_000_000, 200_000_000, 1_000_000_000];
const PEERS = ['undici FormData', 'axios + form-data', 'global fetch'];
/** Reads and sends with nothing between. */
const FLOOR = 'node:http';
const PEER = fileURLToPath(new URL('peers/upload.mjs', import.meta.url));

const Outcome = v.pipe(v.string(), v.parseJson(), v.object({ rssKb: v.number(), cpuMs: v.number() }));
const Stored = v.array(v.object({ fileName: v.optional(v.string()), sha256: v.optional(v.string()) }));
const Said = v.array(
  v.object({ file: v.optional(v.object({ fileName: v.string(), sha256: v.optional(v.string()) })) }),
);
const Failures = v.object({ batchItemFailures: v.array(v.unknown()) });

/**
 * Peak memory and processor's time of one file's way from S3 to DingTalk, beside the usual ways to upload one: of fresh
 * processes, from their start. Peers read the same bytes from the same server by HTTP, and post them as one form (the floor
 * as they are). Ours does more: it reads its records, hashes the file, and queues the message; below 20 MiB it holds the
 * file meanwhile, since a sum that DingTalk has already saves an upload.
 */
export async function run({ functions }: Bed): Promise<Row[]> {
  const world = await startWorld();
  const objects = await startObjects();
  const environment = { ...world.environment, AWS_ENDPOINT_URL_S3: objects.url };
  try {
    const rows: Row[] = [];
    for (const size of SIZES) {
      const name = `${size}.bin`;
      const share = startFunction(functions.get('share-file')?.file ?? '', environment);
      const loaded = await share.loaded;
      const body = uploadBodyOf(`share/project/${name}`, size, 'tag');
      const { answer, error, rssKb, cpuMs } = await share.call(sqsEvent([{ MessageBody: body }]));
      await share.stop();
      const failed = error !== undefined || v.parse(Failures, answer).batchItemFailures.length > 0;
      if (failed || (await sumAt(world.urls.simulator, name)) !== objects.sumOf(size)) {
        throw new Error(`${name} did not arrive as it was: ${error ?? ''}`);
      }
      const floor = await upload(FLOOR, objects.url, size);
      for (const peer of PEERS) {
        const taken = await upload(peer, objects.url, size);
        if (taken) rows.push(...rowsOf(size, { rssKb, cpuMs: loaded.cpuMs + cpuMs }, { name: peer, ...taken }, floor));
        else console.log(`${peer} cannot send ${size / 1e6} MB`);
      }
    }
    return rows;
  } finally {
    await objects.close();
    await world.close();
  }
}

type Taken = v.InferOutput<typeof Outcome>;

function rowsOf(size: number, ours: Taken, peer: Taken & { name: string }, floor?: Taken): Row[] {
  const line = (what: string, unit: string, of: (taken: Taken) => number) =>
    row(
      {
        ...{ bench: 'files', name: `file of ${size / 1e6} MB: ${what}, beside ${peer.name}`, unit },
        ...(floor && { floor: of(floor) }),
        peer: { name: peer.name, median: of(peer) },
        ratio: of(peer) / of(ours),
      },
      [of(ours)],
    );
  return [line('peak memory', 'MB', ({ rssKb }) => rssKb / 1000), line('processor', 'ms', ({ cpuMs }) => cpuMs)];
}

/** The upload by that way in a fresh process; undefined when the way cannot carry so much. */
async function upload(name: string, url: string, size: number): Promise<Taken | undefined> {
  const [from, to] = [`${url}/uploads/${size}.bin`, `${url}/sink`];
  const child = spawn(process.execPath, [PEER, name, from, to], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  const outcome = v.safeParse(Outcome, text);
  return outcome.success ? outcome.output : undefined;
}

/** S3 with objects of any size that nobody had to upload (`…/<bytes>.bin`), and a sink. */
async function startObjects() {
  const piece = Buffer.alloc(1_000_000, 'dingdock ');
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT' || request.method === 'POST') {
      for await (const _ of request);
      return response.end('{}');
    }
    const size = Number(/(\d+)\.bin/.exec(request.url ?? '')?.[1] ?? 0);
    response.writeHead(200, { 'content-length': size, etag: '"tag"' });
    if (request.method === 'HEAD') return response.end();
    await pipeline(Readable.from(pieces(size)), response).catch(() => undefined); // a reader may go
    return undefined;
  });
  function* pieces(size: number) {
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
  }
  return {
    url: await listen(server),
    sumOf(size: number) {
      const hash = createHash('sha256');
      for (let sent = 0; sent < size; sent += piece.length) hash.update(piece);
      return hash.digest('hex');
    },
    close: () => close(server),
  };
}

/** What the simulator got: a file of the drive in the group, or media. */
async function sumAt(simulator: string, name: string): Promise<string | undefined> {
  const read = async (path: string): Promise<unknown> => (await fetch(`${simulator}/_sim${path}`)).json();
  const media = v.parse(Stored, await read('/files')).find(({ fileName }) => fileName === name);
  if (media) return media.sha256;
  const said = v.parse(Said, await read('/messages?conversation=cidProject%3D'));
  return said.find(({ file }) => file?.fileName === name)?.file?.sha256;
}
