import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { isMonthUsedUp, isUsedUp } from '../base/dingtalk-errors.ts';
import { ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import type { Language } from '../base/language.ts';
import type { Log } from '../base/log.ts';
import { retry } from '../base/retry.ts';
import { type Attachment, contentTypeOf, type Inbound, inboxKey, inboxName } from '../files/inbound.ts';
import type { Body } from '../files/share/share.ts';
import { unstalled } from '../files/unstalled.ts';
import { WORDS } from '../files/words/words.ts';
import { type AcceptDeps, acceptMessage } from '../messages/accept.ts';
import { nameOfReply } from '../messages/destination.ts';
import type { Meter } from '../messages/limits/meter.ts';
import { heard, monthWait } from '../messages/limits/quota.ts';
import { ignoreReusedKey } from '../messages/reused-key.ts';
import type { Bus, Claims } from './event.ts';
import { placeIdOf } from './published.ts';

type NewObject = { key: string; chunks: AsyncIterable<Uint8Array>; contentType: string; messageId: string };

export type FetchDeps = AcceptDeps & {
  appNamed(name: string): { robotFiles: { addressOf(downloadCode: string): Promise<{ url: string }> } };
  meter: Pick<Meter, 'goneUntil' | 'probe' | 'markGone' | 'took'>;
  /** The language of an app's people. */
  languageOf(app: string): Language;
  download(url: string): Promise<Body>;
  inbox: {
    ownerOf(key: string): Promise<string | undefined>;
    write(object: NewObject, mayReplace: boolean): Promise<boolean>;
  };
  claims: Claims;
  bus: Bus;
  log: Log;
};

/** The bus event about a file that was stored in the inbox, or that could not be. */
const FileEvent = v.object({
  type: v.picklist(['file.received', 'file.refused']),
  data: v.record(v.string(), v.unknown()),
});
type FileEvent = v.InferOutput<typeof FileEvent>;

const TRIES = 3;
/** What exchanging a code is counted as. */
const QUOTA = 'api';
const BUSY_MS = 20_000;
/** Recordings of more than 250 MB were seen (files.md §7). */
const MAX_BYTES = 512 * 1024 * 1024;
const TOO_LARGE = 'file_too_large';
/** DingTalk's error for a code that is wrong or has expired (files.md §7). */
const CODE_EXPIRED = 'invalidParameter.robotCode.downloadCode';

/** A file that could not be fetched for so long is told as refused: by then nobody waits for it. */
const GIVE_UP_AFTER_MS = 24 * 3_600_000;
/** Whether the month goes on is looked at this often, which asks nobody ... */
const LOOK_MS = 60_000;
/** ... for so long: a queue gives a record up when it was received a thousand times. */
const LOOKED_FOR_MS = 12 * 3_600_000;
/** What DingTalk need not be asked again for: the transfer broke, or another file took the name. */
const AT_ONCE_AGAIN = ['source_cut', 'source_stalled', 'name_taken'];

/**
 * Stores the files that were sent to the robot in the bucket, once, and publishes an event for each. Its pauses are the
 * queue's: short at first, since DingTalk's codes live for minutes.
 */
export async function fetchFile(
  deps: FetchDeps,
  inbound: Inbound,
  { recordId: owner }: { recordId: string },
): Promise<{ retryInMs: number } | 'later' | undefined> {
  if (!isGivenUp(deps, inbound) && (await monthWait(deps, QUOTA))) return onceMonthGoesOn(deps, inbound);
  for (const [index, attachment] of inbound.files.entries()) {
    const id = `${inbound.app}#inbound#${inbound.messageId}#${index}`;
    const claim = await deps.claims.claim(id, owner);
    if (claim === 'busy') return { retryInMs: BUSY_MS };
    if (claim === 'done') continue;
    const fetched = await onceFetched(deps, inbound, { attachment, index, id }).catch(async (error: unknown) => {
      await deps.claims.release(id, owner);
      if (!isMonthUsedUp(error)) throw error;
    });
    if (!fetched) return onceMonthGoesOn(deps, inbound);
    const { type, data } = fetched;
    const { app, messageId, receivedAt, conversation, sender } = inbound;
    const facts = { messageId, kind: attachment.kind, conversation, sender, ...data };
    await deps.bus.publish({ id, type, app, occurredAt: receivedAt, data: facts, raw: JSON.stringify(facts) });
    await deps.claims.finish(id);
  }
  return undefined;
}

function onceMonthGoesOn({ now }: Pick<FetchDeps, 'now'>, { receivedAt }: Inbound) {
  return now() - Date.parse(receivedAt) < LOOKED_FOR_MS ? { retryInMs: LOOK_MS } : ('later' as const);
}

type Wanted = { attachment: Attachment; index: number; id: string };

/** What became of a file. It is kept: while only the bus is down, DingTalk is not asked again. */
async function onceFetched(deps: FetchDeps, inbound: Inbound, { attachment, index, id }: Wanted): Promise<FileEvent> {
  const kept = await deps.claims.kept(id);
  if (kept !== undefined) return v.parse(FileEvent, kept);
  const made = await outcomeOf(deps, inbound, { attachment, index, id });
  await deps.claims.keep(id, made);
  return made;
}

async function outcomeOf(deps: FetchDeps, inbound: Inbound, { attachment, index, id }: Wanted): Promise<FileEvent> {
  try {
    const work = () => bring(deps, inbound, attachment, index);
    const mayPass = (error: unknown) => error instanceof ServiceError && AT_ONCE_AGAIN.includes(error.code);
    const data = await retry(work, { tries: TRIES, mayPass });
    await deps.meter.took(QUOTA);
    return { type: 'file.received', data };
  } catch (error) {
    await heard(deps, QUOTA, error);
    if (!(error instanceof ServiceError)) throw error;
    const isOver = isGivenUp(deps, inbound);
    if ((error.retryable || isUsedUp(error)) && !isOver) throw error;
    const { code } = error;
    deps.log.warn('file-refused', { messageId: inbound.messageId, code });
    const isGone = isOver || code === 'download_refused';
    const remedy = remedyFor(isGone ? CODE_EXPIRED : code, attachment.fileName, deps.languageOf(inbound.app));
    if (remedy !== undefined) await answer(deps, inbound, { id, text: remedy });
    return { type: 'file.refused', data: { code, fileName: attachment.fileName } };
  }
}

function isGivenUp({ now }: Pick<FetchDeps, 'now'>, { receivedAt }: Inbound): boolean {
  return now() - Date.parse(receivedAt) > GIVE_UP_AFTER_MS;
}

/** What the sender can do about it. */
function remedyFor(code: string, fileName: string | undefined, language: Language): string | undefined {
  const words = WORDS[language].inbound;
  if (code === CODE_EXPIRED) return words.expired(fileName);
  if (code !== TOO_LARGE) return undefined;
  return words.tooLarge(fileName, MAX_BYTES / 1024 / 1024);
}

/** A message as any other, where the file was sent: it waits where it has to, and is tried again. */
async function answer(deps: FetchDeps, { app, messageId }: Inbound, { id, text }: { id: string; text: string }) {
  const to = [nameOfReply(placeIdOf(app, messageId))];
  const content = { kind: 'text' as const, text };
  await ignoreReusedKey(acceptMessage(deps, { caller: 'fetch-file', idempotencyKey: id, to, content }));
}

/** Exchanges the code and opens the address at once: how long they are valid is not documented (files.md §7). */
async function bring(deps: FetchDeps, inbound: Inbound, attachment: Attachment, index: number) {
  const { url } = await deps.appNamed(inbound.app).robotFiles.addressOf(attachment.downloadCode);
  const body = await deps.download(url);
  if ((body.length ?? 0) > MAX_BYTES) {
    body.cancel();
    throw tooLarge();
  }
  const source = unstalled(body);
  const first = await source.next();
  const head = first.done ? new Uint8Array() : first.value;
  const hash = createHash('sha256');
  const facts = { size: 0 };
  async function* measured() {
    for (let chunk = head; ; ) {
      facts.size += chunk.byteLength;
      if (facts.size > MAX_BYTES) throw tooLarge();
      hash.update(chunk);
      yield chunk;
      const next = await source.next();
      if (next.done) return;
      chunk = next.value;
    }
  }

  const messageId = `${inbound.messageId}#${index}`;
  const fileName = inboxName(attachment, head);
  const contentType = contentTypeOf(fileName);
  const twin = sha256(messageId, 8);
  const plainKey = inboxKey(inbound, fileName);
  const owner = await deps.inbox.ownerOf(plainKey);
  const mine = owner === encodeURIComponent(messageId);
  const key = owner === undefined || mine ? plainKey : inboxKey(inbound, fileName, twin);
  try {
    if (!(await deps.inbox.write({ key, chunks: measured(), contentType, messageId }, mine || key !== plainKey))) {
      // another file of this name was stored meanwhile: the next try uses another name
      throw new ServiceError('inbox.write', { code: 'name_taken', retryable: true });
    }
  } finally {
    await source.return(undefined);
  }
  return { key, fileName, size: facts.size, contentType, sha256: hash.digest('hex') };
}

function tooLarge(): ServiceError {
  return new ServiceError('file.download', { code: TOO_LARGE, retryable: false });
}
