import { createHash } from 'node:crypto';
import { isRetryable, ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { inBoth } from '../base/language.ts';
import type { Log } from '../base/log.ts';
import { retry } from '../base/retry.ts';
import { type Attachment, contentTypeOf, type Inbound, inboxKey, inboxName } from '../files/inbound.ts';
import type { Body } from '../files/share/share.ts';
import { unstalled } from '../files/unstalled.ts';
import { WORDS } from '../files/words/words.ts';
import type { Bus, Claims } from './event.ts';

type NewObject = { key: string; chunks: AsyncIterable<Uint8Array>; contentType: string; messageId: string };
type RobotText = { msgKey: string; msgParam: Record<string, string> };

export type FetchDeps = {
  appNamed(name: string): {
    robotFiles: { addressOf(downloadCode: string): Promise<{ url: string }> };
    robot: {
      sendToGroup(message: RobotText & { openConversationId: string }): Promise<unknown>;
      sendToUsers(message: RobotText & { userIds: string[] }): Promise<unknown>;
    };
  };
  download(url: string): Promise<Body>;
  inbox: {
    ownerOf(key: string): Promise<string | undefined>;
    write(object: NewObject, mayReplace: boolean): Promise<boolean>;
  };
  claims: Claims;
  bus: Bus;
  randomId(): string;
  log: Log;
};

/** The bus event about a file that was stored in the inbox, or that could not be. */
type FileEvent = { type: 'file.received' | 'file.refused'; data: Record<string, unknown> };

const TRIES = 3;
const BUSY_MS = 20_000;
/** Recordings of more than 250 MB were seen (files.md §7). */
const MAX_BYTES = 512 * 1024 * 1024;
const TOO_LARGE = 'file_too_large';
/** DingTalk's error for a code that is wrong or has expired (files.md §7). */
const CODE_EXPIRED = 'invalidParameter.robotCode.downloadCode';

/** Stores the files that were sent to the robot in the bucket, once, and publishes an event for each. */
export async function fetchFile(deps: FetchDeps, inbound: Inbound): Promise<{ retryInMs: number } | undefined> {
  for (const [index, attachment] of inbound.files.entries()) {
    const id = `${inbound.app}#inbound#${inbound.messageId}#${index}`;
    const owner = deps.randomId();
    const claim = await deps.claims.claim(id, owner);
    if (claim === 'busy') return { retryInMs: BUSY_MS };
    if (claim === 'done') continue;
    const { type, data } = await outcomeOf(deps, inbound, attachment, index).catch(async (error: unknown) => {
      await deps.claims.release(id, owner);
      throw error;
    });
    const { app, messageId, receivedAt, conversation, sender } = inbound;
    const facts = { messageId, kind: attachment.kind, conversation, sender, ...data };
    await deps.bus.publish({ id, type, app, occurredAt: receivedAt, data: facts, raw: JSON.stringify(facts) });
    await deps.claims.finish(id);
  }
  return undefined;
}

async function outcomeOf(deps: FetchDeps, inbound: Inbound, attachment: Attachment, index: number): Promise<FileEvent> {
  try {
    const work = () => bring(deps, inbound, attachment, index);
    return { type: 'file.received', data: await retry(work, { tries: TRIES, mayPass: isRetryable }) };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    const { code } = error;
    deps.log.warn('file-refused', { messageId: inbound.messageId, code });
    const remedy = remedyFor(code, attachment.fileName ?? '');
    if (remedy !== undefined) await answer(deps, inbound, remedy).catch(refusalLogged(deps.log, inbound));
    return { type: 'file.refused', data: { code, fileName: attachment.fileName } };
  }
}

/** That the sender cannot be told, as in a group which the robot has left, is no reason to tell nobody. */
function refusalLogged(log: Log, { messageId }: Inbound) {
  return (error: unknown): void => {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    log.warn('reaction-refused', { reaction: 'file-answer', messageId, code: error.code });
  };
}

/** What the sender can do about it. */
function remedyFor(code: string, fileName: string): string | undefined {
  if (code === CODE_EXPIRED) return inBoth(WORDS, ({ inbound }) => inbound.expired(fileName));
  if (code !== TOO_LARGE) return undefined;
  return inBoth(WORDS, ({ inbound }) => inbound.tooLarge(fileName, MAX_BYTES / 1024 / 1024));
}

async function answer({ appNamed }: FetchDeps, { app, conversation, sender }: Inbound, content: string): Promise<void> {
  const { robot } = appNamed(app);
  const message = { msgKey: 'sampleText', msgParam: { content } };
  if (conversation.group) await robot.sendToGroup({ ...message, openConversationId: conversation.id });
  else if (sender.userId !== undefined) await robot.sendToUsers({ ...message, userIds: [sender.userId] });
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
