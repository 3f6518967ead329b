import { randomBytes, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { SourceSeen, SourceView } from '../../contract/answers/sources.ts';
import { PutSource, type SourceKind, SourceName } from '../../contract/requests/sources.ts';
import { sha256 } from '../base/hash.ts';

export { type SourceKind, SourceName, SourceSeen };

/** A source as it is kept: what was put, and its keys hashed. */
export const Source = v.object({
  name: SourceName,
  /** Whose it is: the owner of the key that made it. Its messages are theirs. */
  owner: v.string(),
  rules: PutSource,
  keyHash: v.string(),
  /** The key before, good for a while after a new one was made. */
  oldKey: v.optional(v.object({ hash: v.string(), until: v.number() })),
});
export type Source = v.InferOutput<typeof Source>;

export type SourceStore = {
  /** As it was within the last seconds. */
  get(name: string): Promise<Source | undefined>;
  /** As it stands now. */
  read(name: string): Promise<Source | undefined>;
  put(source: Source): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<Source[]>;
  seen(name: string): Promise<SourceSeen | undefined>;
  /** The source that has claimed a topic; it may be gone, or have let go of it. */
  topicHolder(topic: string): Promise<string | undefined>;
  /** Claims a topic from `before`; false where somebody else has it by now. */
  claimTopic(topic: string, name: string, before?: string): Promise<boolean>;
  releaseTopic(topic: string, name: string): Promise<void>;
  /** Counts what came, or was refused, and keeps the last problem; nothing for a name that is no source. */
  note(name: string, what: { refused?: boolean; problem?: { code: string; reason: string } }): Promise<void>;
};

/** What a sender delivered, as it waits to be rendered. `stored` is the key of an object that holds a large body. */
export const Received = v.object({
  id: v.string(),
  source: v.string(),
  receivedAt: v.string(),
  requestId: v.optional(v.string()),
  body: v.optional(v.string()),
  stored: v.optional(v.string()),
});
export type Received = v.InferOutput<typeof Received>;

/** The FIFO queue of what was received: a source is a group, and a repeat within five minutes is dropped. */
export type SourceQueue = { put(received: Received, identity: string): Promise<void> };

/** Bodies that are too large for the queue; an object is gone after two days. */
export type RawStore = { put(key: string, body: string): Promise<void>; get(key: string): Promise<string> };

const KEY = /^ds_([a-z0-9][a-z0-9-]{0,39})_[0-9a-f]{48}$/;

/** A new key of a source, `ds_<source>_<192 random bits>`; told once, only its hash is kept. */
export function newSourceKey(name: string, random: (bytes: number) => Buffer = randomBytes): string {
  return `ds_${name}_${random(24).toString('hex')}`;
}

/** The source that a key is of; undefined for what is no key of a source. */
export function sourceOfKey(key: string): string | undefined {
  return KEY.exec(key)?.[1];
}

/** Whether the key is the source's own, or the one before it and not yet over. */
export function isKeyOf({ keyHash, oldKey }: Source, key: string, now: number): boolean {
  const hash = Buffer.from(sha256(key));
  const same = (other: string) => other.length === hash.length && timingSafeEqual(hash, Buffer.from(other));
  return same(keyHash) || (oldKey !== undefined && oldKey.until > now && same(oldKey.hash));
}

/** A source without its secrets, and the address that its sender is given. */
export function sourceView({ name, rules }: Source, told: { publicUrl: string; key?: string | undefined }): SourceView {
  const secret = 'secret' in rules ? rules.secret : undefined;
  const hmac = 'hmac' in rules ? rules.hmac : undefined;
  const isSigned = rules.kind === 'sns' && rules.raw !== true;
  return v.parse(SourceView, {
    ...rules,
    name,
    language: rules.language ?? 'zh',
    signs: isSigned || secret !== undefined || hmac !== undefined,
    address: addressOf(rules.kind, name, told),
    ...(told.key !== undefined && { key: told.key }),
  });
}

function addressOf(kind: SourceKind, name: string, { publicUrl, key = '<key>' }: Parameters<typeof sourceView>[1]) {
  return kind === 'dingtalk-robot' ? `${publicUrl}/robot/send?access_token=${key}` : `${publicUrl}/in/${name}/${key}`;
}
