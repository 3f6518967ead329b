import { ServiceError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { isTooDeep, MAX_DEPTH } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { DestinationStore } from '../messages/destination.ts';
import {
  BY_STATUS,
  brokenBody,
  type Delivery,
  type Door,
  type DoorDeps,
  type SenderAnswer,
  SourceRefusal,
} from './delivery.ts';
import { door as alertmanager } from './kinds/alertmanager.ts';
import { door as robot } from './kinds/dingtalk-robot.ts';
import { door as json } from './kinds/json.ts';
import { door as sns } from './kinds/sns.ts';
import {
  isKeyOf,
  type RawStore,
  type Received,
  type Source,
  type SourceKind,
  type SourceQueue,
  type SourceStore,
  sourceOfKey,
} from './source.ts';
import { sourceOfTopic, type TopicSources } from './topics.ts';

const DOORS: Record<SourceKind, Door> = { 'dingtalk-robot': robot, alertmanager, sns, json };

export type ReceiveDeps = DoorDeps & {
  sources: Pick<SourceStore, 'get' | 'note'>;
  destinations: Pick<DestinationStore, 'get'>;
  queue: SourceQueue;
  raw: Pick<RawStore, 'put'>;
  randomId: () => string;
  log: Log;
  /** Counts what was refused, by its code. */
  refused: (code: string) => void;
};

/** What came, and where: the key as the sender gave it, and the source that the address names. */
export type Arrival = { key: string; source?: string; requestId: string; delivery: Omit<Delivery, 'body'> };

/** Above this a body is refused (1 MB), and above the other it waits in the bucket: a queue takes no more. */
export const MAX_BODY = 1_000_000;
const MAX_QUEUED = 200_000;

/** Of an address of /in/: the sender reads the status. Of a robot's: the number in the body. */
const UNKNOWN: Record<'address' | 'robot', Door['refused']> = { address: BY_STATUS.refused, robot: robot.refused };

/**
 * Lets a sender in by its key and by what its kind proves beside, keeps what it says, and only then answers in the words
 * that it reads.
 */
export async function receiveFrom(
  deps: ReceiveDeps,
  way: 'address' | 'robot',
  arrival: Arrival,
): Promise<SenderAnswer> {
  const name = sourceOfKey(arrival.key);
  try {
    const source = name === undefined ? undefined : await deps.sources.get(name);
    const isNamed = arrival.source === undefined || arrival.source === name;
    if (!source || !isNamed || !isKeyOf(source, arrival.key, deps.now()))
      return refuse(deps, UNKNOWN[way], unknownKey(way));
    const isRobot = source.rules.kind === 'dingtalk-robot';
    if (isRobot !== (way === 'robot')) return refuse(deps, UNKNOWN[way], wrongAddress(source), source);
    return await take(deps, source, arrival);
  } catch (error) {
    deps.log.error('source-not-kept', { source: name ?? '', code: error instanceof Error ? error.name : 'unknown' });
    return way === 'robot' ? robot.failed : BY_STATUS.failed;
  }
}

/**
 * Keeps what a topic delivered to the function itself; only topics of the stage's account and region come so far.
 * @throws what hinders keeping it, and that no source takes it, for a source may be on its way: Lambda tries it again, and
 * then sets it aside
 */
export async function receiveFromTopic(
  deps: ReceiveDeps & { sources: TopicSources },
  { TopicArn, MessageId, ...rest }: { TopicArn: string; MessageId: string },
): Promise<void> {
  const source = await sourceOfTopic(deps.sources, TopicArn);
  if (!source) throw unknownTopic(deps, TopicArn);
  const bytes = Buffer.from(JSON.stringify({ TopicArn, MessageId, ...rest }));
  await take(deps, source, { requestId: MessageId, delivery: { headers: {}, query: {}, bytes, byTopic: true } });
}

async function take(
  deps: ReceiveDeps,
  source: Source,
  { requestId, delivery }: Pick<Arrival, 'requestId' | 'delivery'>,
): Promise<SenderAnswer> {
  const door = DOORS[source.rules.kind];
  try {
    if (delivery.bytes.length > MAX_BODY) throw tooLarge(delivery.bytes.length);
    const body = textOf(delivery.bytes);
    if (isTooDeep(body)) throw brokenBody(`The body is nested deeper than ${MAX_DEPTH} levels.`);
    const { keep, identity } = await door.admit(deps, source, { ...delivery, body });
    if (source.rules.kind === 'dingtalk-robot' && !(await leadsSomewhere(deps, source))) throw gone();
    const id = deps.randomId();
    if (keep)
      await store(
        deps,
        { id, source: source.name, receivedAt: new Date(deps.now()).toISOString(), requestId, body },
        identity,
      );
    return door.kept(id);
  } catch (error) {
    if (error instanceof SourceRefusal) return refuse(deps, door.refused, error, source);
    throw error;
  }
}

/**
 * Whether there is a place yet where it goes: whoever speaks to a robot hears that there is none. A table that does not answer
 * refuses nothing.
 */
async function leadsSomewhere({ destinations }: ReceiveDeps, { rules }: Source): Promise<boolean> {
  const found = await Promise.all(rules.to.map((name) => destinations.get(name).catch(() => true)));
  return found.some((one) => one !== undefined);
}

/** A large body goes to the bucket first, so that the queue's record never names what is not there. */
async function store({ queue, raw }: ReceiveDeps, received: Received & { body: string }, identity = received.id) {
  const { body, ...rest } = received;
  if (Buffer.byteLength(body) <= MAX_QUEUED) return queue.put(received, sha256(identity));
  const stored = `raw/${received.source}/${received.id}`;
  await raw.put(stored, body);
  return queue.put({ ...rest, stored }, sha256(identity));
}

async function refuse(
  { sources, log, refused }: ReceiveDeps,
  answer: Door['refused'],
  refusal: SourceRefusal,
  source?: Source,
) {
  const { code, remedy = '' } = refusal;
  refused(code);
  log.warn('source-refused', { source: source?.name ?? '', code });
  // what is shown at the source is good to have; that it could not be noted refuses nothing
  if (source)
    await sources.note(source.name, { refused: true, problem: { code, reason: remedy } }).catch(() => undefined);
  return answer(refusal);
}

function unknownKey(way: 'address' | 'robot'): SourceRefusal {
  const told = 'Give the key of the source: in the address, as Bearer, or as password of Basic.';
  const remedy = way === 'robot' ? 'token is not exist' : told;
  return new SourceRefusal('source_key_unknown', { remedy, status: 401, errcode: 300005 });
}

function wrongAddress({ name, rules }: Source): SourceRefusal {
  const where = rules.kind === 'dingtalk-robot' ? '/robot/send?access_token=<key>' : `/in/${name}/<key>`;
  const remedy = `The source ${name} is a ${rules.kind}: its address is ${where}.`;
  return new SourceRefusal('wrong_address', { remedy, status: 404, errcode: 400102 });
}

function gone(): SourceRefusal {
  const remedy = '错误描述:机器人不存在;解决方案:此地址发往的群已不存在，请联系管理员';
  return new SourceRefusal('unknown_destination', { remedy, status: 404, errcode: 400106 });
}

/** Nothing in a failure names the topic to who reads the log: its line does. */
function unknownTopic({ log, refused }: ReceiveDeps, topic: string): ServiceError {
  const code = 'unknown_topic';
  refused(code);
  log.warn('source-refused', { topic, code });
  const remedy = `No source takes the topic ${topic.slice(0, 200)} by its function: put one with "lambda": true.`;
  return new ServiceError('sources.receive', { code, remedy, retryable: true });
}

function tooLarge(bytes: number): SourceRefusal {
  const remedy = `The body has ${bytes} bytes; a source takes ${MAX_BODY}. Send less at once.`;
  return new SourceRefusal('body_too_large', { remedy, status: 413, errcode: 460101 });
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const remedy = 'The body is not UTF-8. Send it in UTF-8.';
    throw new SourceRefusal('not_utf8', { remedy, status: 415, errcode: 40035 });
  }
}
