import { randomBytes } from 'node:crypto';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { getItems, toItem } from '../../lib/aws/tables/item.ts';
import { keyStore } from '../../lib/aws/tables/key-store.ts';
import { ServiceError, UNREADABLE } from '../../lib/base/errors.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { Source } from '../../lib/sources/source.ts';
import { agree } from '../agree.ts';
import type { Command, Given } from '../command.ts';
import { EXIT } from '../exit.ts';
import { contentPlaces, erase, type Kept, keptOf, whoIs } from '../people/kept.ts';
import { type Target, targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';

const exported: Command = {
  name: 'people export',
  takes: '<userId>',
  summary: 'what the tables keep of a person, as JSON (AWS credentials)',
  examples: ['dingdock people export zhangsan --stage prod --json > zhangsan.json'],
  async run(io, given) {
    const target = targetOf(io, given);
    const { who, kept, named } = await found(io, given, target);
    const table = target.table('messages');
    const contents = await getItems(target.dynamodb, table, contentPlaces(who, kept).map(toItem));
    target.close();
    // the token of a task of Step Functions is a key to it, and nothing of the person's
    const records = kept.map(({ part, record: { taskToken: _, ...record } }) => ({
      table: part,
      record: plain(record),
    }));
    const said = contents.map((item) => ({ table: 'messages', record: plain(unmarshall(item)) }));
    const { userId, unionIds } = who;
    const value = { userId, unionIds: [...unionIds], records: [...records, ...said], named };
    io.answer(value, JSON.stringify(value, undefined, 2));
    return EXIT.done;
  },
};

const erased: Command = {
  name: 'people erase',
  takes: '<userId>',
  summary: 'remove what the tables keep of a person, or take the person out of it, for good (AWS credentials)',
  options: { yes: { type: 'boolean', help: 'agree beforehand' } },
  examples: ['dingdock people erase zhangsan --stage prod --dry-run', 'dingdock people erase zhangsan --stage prod'],
  async run(io, given) {
    const target = targetOf(io, given);
    const { who, kept, named } = await found(io, given, target);
    const ready = kept.filter(({ fate }) => fate !== 'wait');
    if (!io.dryRun && ready.length > 0)
      await agree(io, given.flag('yes'), `Erase ${who.userId} from ${ready.length} records? There is no way back.`);
    let done = 0;
    for (const one of io.dryRun ? [] : ready) if (await erase(target, who, one)) done += 1;
    target.close();
    const left = kept.length - done;
    const open = new Set(kept.filter(({ fate }) => fate === 'wait').map(idOf));
    const value = { userId: who.userId, ...countsOf(kept), erased: done, left, open: [...open], named };
    const { remove, anonymise } = countsOf(kept);
    io.answer(
      value,
      io.dryRun
        ? `would remove ${remove} records, and take ${who.userId} out of ${anonymise}`
        : `${io.style.good('✓')} ${who.userId} is out of ${done} records`,
      ...(open.size > 0 ? [`${io.style.warn('!')} still at work, so not touched: ${[...open].join(', ')}`] : []),
      ...linesOfNamed(named),
    );
    return left > 0 && !io.dryRun ? EXIT.pending : EXIT.done;
  },
};

async function found(io: Io, given: Given, target: Target) {
  const who = await whoIs(target, given.word, `erased-${randomBytes(6).toString('hex')}`);
  io.progress('reading the tables …');
  const kept = await keptOf(target, who);
  return { who, kept, named: await namedIn(target, given.word) };
}

type Named = { destinations: string[]; sources: string[]; keys: string[]; unreadable: string[] };

/** What an operator said of the person, and an operator changes. */
async function namedIn(target: Target, userId: string): Promise<Named> {
  const stored = await target.destinations();
  const named: Omit<Named, 'keys' | 'sources'> = { destinations: [], unreadable: [] };
  let cursor: string | undefined;
  do {
    const page = await stored.list({ cursor, limit: 100 });
    for (const { name } of page.destinations) {
      const destination = await stored.read(name).catch(unopened);
      if (destination === UNOPENED) named.unreadable.push(name);
      else if (destination && peopleOf(destination).includes(userId)) named.destinations.push(name);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  const sources = await (await target.sources()).list().catch(unopened);
  if (sources === UNOPENED) named.unreadable.push('sources');
  const keys = await keyStore(target.dynamodb, target.table('keys')).list();
  const tells = (sources === UNOPENED ? [] : sources)
    .filter(({ rules }) => goesOnTo(rules).includes(userId))
    .map(({ name }) => name);
  return {
    ...named,
    sources: tells,
    keys: keys.filter(({ people }) => people.includes(userId)).map(({ keyId }) => keyId),
  };
}

function peopleOf(destination: Destination): string[] {
  const { userIds = [] } = 'userIds' in destination ? destination : {};
  const { sender = [] } = 'sender' in destination ? destination : {};
  return [userIds, sender].flat();
}

const UNOPENED = 'unopened';
/** What is told of a place that was sealed by other keys or written by a newer version. @throws whatever else it was */
function unopened(error: unknown): typeof UNOPENED {
  if (error instanceof ServiceError && ['unsealing_failed', UNREADABLE].includes(error.code)) return UNOPENED;
  throw error;
}

/** Who is told one by one when nobody takes an incident. */
const goesOnTo = (rules: Source['rules']) =>
  ('incidents' in rules ? (rules.incidents?.next ?? []) : []).flatMap(({ people }) => people);

function linesOfNamed({ destinations, sources, keys, unreadable }: Named): string[] {
  const lines = {
    'named by destinations, yours to change': destinations,
    'named by sources, yours to change': sources,
    'named by keys, yours to revoke': keys,
    'not opened, since other keys or a newer version wrote them': unreadable,
  };
  return Object.entries(lines).flatMap(([what, names]) => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : []));
}

function countsOf(kept: readonly Kept[]) {
  const count = (fate: Kept['fate']) => kept.filter((one) => one.fate === fate).length;
  return { remove: count('remove'), anonymise: count('anonymise') };
}

/** The task, message, approval, incident or share that a record is of. */
function idOf({ record: { id, part, messageId, task } }: Kept): string {
  const ids = [task, messageId, part, id].map(String);
  return ids.find((each) => /^[tmai]_/.test(each)) ?? String(id);
}

/** Sets become lists, as JSON has none. */
function plain(record: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(record, (_, value) => (value instanceof Set ? [...value] : value)));
}

export const people = [exported, erased];
