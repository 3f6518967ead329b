import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageView } from '../../contract/answers/messages.ts';
import { ShareView } from '../../contract/answers/shares.ts';
import { UploadView } from '../../contract/answers/uploads.ts';
import { MAX_PUT_BYTES } from '../../contract/requests/files.ts';
import type { Command } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { exitOf, linesOf } from '../outcome.ts';
import { mentionOf } from '../request.ts';
import { type Api, apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import { putFile } from '../stage/upload.ts';
import type { Io } from '../terminal.ts';

const POLL_MS = 500;
/** A file of any size is shared by then; after it the share goes on without somebody looking. */
const PATIENCE_MS = 15 * 60_000;
/** A message that waits longer has its place in the queue, and goes without somebody looking. */
const MESSAGE_PATIENCE_MS = 20_000;
const STEP_MS = 100;

export const share: Command = {
  name: 'share',
  takes: '<file>',
  summary: 'share a file; shows how far it is, and ends with the ids of its messages',
  options: {
    to: { type: 'string', value: '<names>', help: 'destinations, with commas between' },
    caption: { type: 'string', value: '<text>', help: 'a word with it' },
    mention: { type: 'string', value: '<userIds>', help: 'people, or `all`' },
    name: { type: 'string', value: '<name>', help: 'another name than the file has' },
    'link-days': { type: 'string', value: '<n>', help: 'how long a download link lives' },
    'link-views': { type: 'string', value: '<n>', help: 'how often it may be opened' },
  },
  examples: [
    'dingdock share big.zip --to project',
    "dingdock share report.pdf --to ops,project --caption '周报' --mention lisi --stage prod",
  ],
  async run(io, given) {
    const file = given.word;
    const to = given.list('to');
    if (!to) throw new UsageError('share needs a file and --to <names>');
    const size = await sizeOf(file);
    const [days, views] = ['link-days', 'link-views'].map(given.figure);
    const mention = given.list('mention');
    const body = {
      to,
      fileName: given.text('name') ?? basename(file),
      size,
      ...(given.text('caption') !== undefined && { caption: given.text('caption') }),
      ...(mention && { mention: mentionOf(mention) }),
      ...((days ?? views) !== undefined && { link: { ...(days && { days }), ...(views && { views }) } }),
    };
    if (io.dryRun) {
      io.answer({ request: body }, `would share ${body.fileName}, ${inWords(size)}, with ${to.join(', ')}`);
      return EXIT.done;
    }
    const api = apiOf(io, given, targetOf(io, given));
    const begun = await api.call(UploadView, 'POST /files', body, { 'idempotency-key': randomUUID() });
    await upload(io, begun, file, size);
    const handed = await follow(io, api, begun.id);
    const messages = await messagesOf(io, api, handed);
    const ended = handed.status === 'sending' ? await api.call(ShareView, `GET /shares/${begun.id}`) : handed;
    io.answer({ ...ended, messages }, ...describe(io, ended, messages));
    if (ended.status !== 'shared' && ended.status !== 'sending') return EXIT.failed;
    return Math.max(EXIT.done, ...messages.map((message) => exitOf(message)));
  },
};

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new CliError(EXIT.refused, 'no_such_file', `${file} is no file`);
  if (found.size === 0) throw new CliError(EXIT.refused, 'empty_file', `${file} is empty`);
  if (found.size <= MAX_PUT_BYTES) return found.size;
  const remedy =
    'Put it into the bucket with `aws s3 cp <file> s3://<bucket>/share/<destination>/`, which sends it in parts.';
  throw new CliError(
    EXIT.refused,
    'file_too_large',
    `${file} is larger than 5 GiB, which is what one upload takes`,
    remedy,
  );
}

/** One PUT to S3, which keeps a whole object or nothing: whoever stops half-way has shared nothing. */
async function upload(io: Io, { upload: { url, headers } }: UploadView, file: string, size: number) {
  const began = io.now();
  let shown = 0;
  const tell = (sent: number) => {
    if (io.now() - shown < STEP_MS && sent < size) return;
    shown = io.now();
    const perSecond = (sent / Math.max(1, shown - began)) * 1000;
    io.progress(`${bar(sent / size)} ${inWords(sent)} of ${inWords(size)} · ${inWords(perSecond)}/s`);
  };
  const source = createReadStream(file);
  try {
    const status = await putFile({ url, headers, source, onSent: tell, signal: io.signal });
    if (status >= 200 && status < 300) return;
    const remedy =
      'The address lives a quarter of an hour, and takes this file only: was it changed meanwhile? Share it again.';
    throw new CliError(
      EXIT.failed,
      'upload_refused',
      `the bucket refused the file (${status}); nothing was shared`,
      remedy,
    );
  } catch (error) {
    if (io.signal.aborted)
      throw new CliError(
        EXIT.interrupted,
        'interrupted',
        'interrupted while uploading: the bucket keeps nothing of it, nothing was shared',
      );
    if (error instanceof CliError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new CliError(
      EXIT.unreachable,
      'upload_failed',
      `the upload broke off (${cause}); nothing was shared`,
      'Share it again.',
    );
  } finally {
    source.destroy();
  }
}

/** Waits until the share ended; whoever stops waiting now does not stop the share. */
async function follow(io: Io, api: Api, id: string): Promise<ShareView> {
  const until = io.now() + PATIENCE_MS;
  for (;;) {
    const share = await api.call(ShareView, `GET /shares/${id}`).catch((error: unknown) => {
      throw io.signal.aborted ? stillGoing(EXIT.interrupted, id) : error;
    });
    if (share.status !== 'awaiting' && share.status !== 'received') return share;
    if (io.now() > until) throw stillGoing(EXIT.pending, id);
    io.progress(
      `${bar(1)} uploaded · ${share.status === 'awaiting' ? 'waiting for its turn' : 'on its way to DingTalk'}`,
    );
    await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
    if (io.signal.aborted) throw stillGoing(EXIT.interrupted, id);
  }
}

function stillGoing(exit: number, id: string): CliError {
  const message = `the file is uploaded whole, so share ${id} goes on to its end`;
  return new CliError(
    exit,
    'still_sharing',
    message,
    `What became of it: GET /shares/${id}. Its message can be recalled, its link ended: DELETE /shares/${id}/link.`,
  );
}

/** What became of its messages; a key that may not read them leaves them out. */
async function messagesOf(io: Io, api: Api, { targets }: ShareView): Promise<MessageView[]> {
  const until = io.now() + MESSAGE_PATIENCE_MS;
  const paths = targets.flatMap(({ links }) => links.messages);
  const read = async (path: string): Promise<MessageView | undefined> => {
    const message = await api.call(MessageView, `GET ${path}`).catch(() => undefined);
    const moving = message && exitOf(message) === EXIT.pending;
    if (!moving || io.now() > until || io.signal.aborted) return message;
    await sleep(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
    return read(path);
  };
  return (await Promise.all(paths.map(read))).filter((message) => message !== undefined);
}

function describe(io: Io, share: ShareView, messages: MessageView[]): string[] {
  const { style } = io;
  const unshared = share.status === 'sending' ? style.warn('…') : style.bad('✗');
  const sign = share.status === 'shared' ? style.good('✓') : unshared;
  const why = [share.code, share.reason].filter((word) => word !== undefined).join(': ');
  const targets = share.targets.map(({ destination, status, way, reason, links }) => {
    const ids = links.messages.map((path) => path.split('/').at(-1));
    return `  ${[`${destination}: ${status}`, way && `as ${way}`, reason, ...ids].filter(Boolean).join(' · ')}`;
  });
  return [
    `${sign} ${share.id} ${share.status}${why === '' ? '' : ` (${why})`}`,
    ...targets,
    ...messages.flatMap((message) => linesOf(message, style)),
  ];
}

function bar(share: number): string {
  const done = Math.round(share * 20);
  return `${'█'.repeat(done)}${'░'.repeat(20 - done)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

function inWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step]}`;
}
