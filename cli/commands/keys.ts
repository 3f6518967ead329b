import * as v from 'valibot';
import { keyStore, newKey } from '../../lib/aws/tables/key-store.ts';
import type { ApiKey } from '../../lib/aws/tables/key-table.ts';
import { SCOPES } from '../../lib/base/access.ts';
import { defined } from '../../lib/base/defined.ts';
import { quotaMonth } from '../../lib/base/quota/month.ts';
import { DestinationName } from '../../lib/messages/destination.ts';
import type { Command, Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { targetOf } from '../stage/target.ts';

const DAY_MS = 86_400_000;
const NAME = /^[\p{L}\p{N}_.@ -]{1,64}$/u;
const Scopes = v.array(v.picklist([...SCOPES, '*']));

const create: Command = {
  name: 'keys create',
  takes: '<name>',
  summary: 'make an API key; it is shown once, the table keeps its hash',
  options: {
    scope: { type: 'string', value: '<scopes>', help: `what it may do: ${SCOPES.join(', ')}, or *` },
    to: { type: 'string', value: '<names>', help: 'the destinations it may use, with all in them; all without it' },
    people: {
      type: 'string',
      value: '<userIds>',
      help: 'whom it may reach beside destinations, as by tasks: all, none or userIds; all, but none with --to or --app',
    },
    app: {
      type: 'string',
      value: '<names>',
      help: 'the apps it may act as; all without it. With it, no destination but --to',
    },
    owner: {
      type: 'string',
      value: '<owner>',
      help: 'whose records and Idempotency-Keys it goes on with; its name without it',
    },
    expires: { type: 'string', value: '<90d>', help: 'days it lives, or a date; for ever without it' },
    rate: { type: 'string', value: '<60>', help: 'requests a minute; as many as it likes without it' },
    budget: { type: 'string', value: '<500>', help: 'calls to DingTalk a month; as many as the quota has without it' },
  },
  examples: [
    'dingdock keys create ci --scope messages:send,messages:read --to ops --expires 90d',
    'dingdock keys create helpdesk --scope tasks:write,tasks:read --to ops --people zhangsan,lisi --app default',
    'dingdock keys create admin --scope "*" --stage prod',
  ],
  async run(io, given) {
    const { key, ...made } = newKey();
    const record: ApiKey = { ...made, ...grantOf(given, io.now()), createdAt: new Date(io.now()).toISOString() };
    if (io.dryRun) {
      io.answer({ key: view(record) }, `would make a key: ${line(record, io.now())}`);
      return EXIT.done;
    }
    const { dynamodb, table, close } = targetOf(io, given);
    await keyStore(dynamodb, table('keys')).put(record);
    close();
    io.answer(
      { ...view(record), key },
      key,
      io.style.dim(`${line(record, io.now())}\nIt is not shown again. Use it as DINGDOCK_API_KEY.`),
    );
    return EXIT.done;
  },
};

const list: Command = {
  name: 'keys list',
  summary: 'all keys: what they may do, when they were used, when they end',
  examples: ['dingdock keys list', 'dingdock keys list --stage prod --json'],
  async run(io, given) {
    const { dynamodb, table, close } = targetOf(io, given);
    const found = await keyStore(dynamodb, table('keys')).list();
    close();
    io.answer({ keys: found.map(view) }, ...found.map((key) => line(key, io.now())));
    return EXIT.done;
  },
};

const revoke: Command = {
  name: 'keys revoke',
  takes: '<key-id>',
  summary: 'end a key: it is refused within seconds',
  examples: ['dingdock keys revoke 1a2b3c4d', 'dingdock keys revoke 1a2b3c4d --stage prod'],
  async run(io, given) {
    // the whole key may be given too: whoever found it somewhere has just that
    const keyId = /^dd_([0-9a-f]{8})_/.exec(given.word)?.[1] ?? given.word;
    const { dynamodb, table, close } = targetOf(io, given);
    const store = keyStore(dynamodb, table('keys'));
    const held = (await store.list()).filter((key) => key.keyId === keyId && key.revokedAt === undefined);
    if (held.length === 0)
      throw new CliError(EXIT.refused, 'unknown_key', `no working key has the id ${keyId}`, 'See: dingdock keys list');
    if (!io.dryRun) await store.revoke(keyId, new Date(io.now()).toISOString());
    close();
    io.answer(
      { keyId, name: held[0]?.name, revoked: !io.dryRun },
      io.dryRun ? `would revoke ${keyId}` : `${io.style.good('✓')} ${keyId} (${held[0]?.name}) is revoked`,
    );
    return EXIT.done;
  },
};

/** A key is one item, which takes no list without end. */
const MOST_LISTED = 60_000;

/** What a key is to be given. @throws UsageError that names every fault */
function grantOf(given: Given, now: number): Omit<ApiKey, 'id' | 'keyId' | 'createdAt'> {
  const name = given.word;
  const owner = given.text('owner') ?? name;
  const scopes = v.safeParse(Scopes, given.list('scope'));
  const { destinations, people, apps } = reachOf(given);
  const [rate, budget] = [given.text('rate'), given.text('budget')];
  const faults = [
    ...(NAME.test(name) ? [] : ['a name of 1 to 64 letters and digits']),
    ...(scopes.success ? [] : [`--scope with one or more of ${SCOPES.join(', ')}, or *`]),
    ...destinations
      .filter((each) => each !== '*' && !v.is(DestinationName, each))
      .map((each) => `another name than "${each}" in --to`),
    ...(people.every(isPerson) ? [] : ['--people with all, none, or userIds, not mobiles']),
    ...(JSON.stringify([destinations, people, apps]).length <= MOST_LISTED
      ? []
      : [`--to, --people and --app with ${MOST_LISTED} characters or less together`]),
    ...(NAME.test(owner) ? [] : ['--owner with 1 to 64 letters and digits']),
    ...(isFigure(rate) ? [] : ['--rate with a number of requests a minute']),
    ...(isFigure(budget) ? [] : ['--budget with a number of calls a month']),
  ];
  const expiresAt = expiryOf(given.text('expires'), now);
  if (faults.length > 0 || !scopes.success) throw new UsageError(`keys create needs ${faults.join('; ')}`);
  const ends = defined({ rate: figureOf(rate), budget: figureOf(budget), expiresAt });
  return { name, owner, scopes: scopes.output, destinations, people, apps, ...ends };
}

function isFigure(text: string | undefined): boolean {
  return text === undefined || /^[1-9]\d{0,5}$/.test(text);
}

function figureOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** A key that is for certain destinations or apps reaches nothing beside them that it was not given by name. */
function reachOf(given: Given) {
  const apps = given.list('app') ?? ['*'];
  const destinations = given.list('to') ?? (apps.includes('*') ? ['*'] : []);
  const people = peopleOf(given.list('people') ?? (destinations.includes('*') ? ['*'] : []));
  return { destinations, people, apps };
}

/** `all`, `none`, or userIds. */
function peopleOf(words: string[]): string[] {
  if (words.join() === 'none') return [];
  return words.map((word) => (word === 'all' ? '*' : word));
}

/** A mobile number would be looked up as one, and be somebody else's. */
function isPerson(text: string): boolean {
  return /^[^\s,]{1,128}$/.test(text) && !/^(\+?86-?)?1\d{10}$/.test(text);
}

/** `90d`, or a date. */
function expiryOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const at = days === undefined ? Date.parse(text) : now + Number(days) * DAY_MS;
  if (Number.isNaN(at) || at <= now)
    throw new UsageError(`--expires takes days such as 90d, or a date to come, not "${text}"`);
  return new Date(at).toISOString();
}

/** A key without its hash. */
function view({ id: _, ...key }: ApiKey) {
  return key;
}

function line(key: ApiKey, now: number): string {
  const { keyId, name, scopes, destinations, people, apps, rate, budget, expiresAt, revokedAt, lastUsedAt } = key;
  const ended = expiresAt !== undefined && Date.parse(expiresAt) <= now;
  const expiry = expiresAt ? `${ended ? 'expired' : 'until'} ${expiresAt}` : 'no end';
  const end = revokedAt ? `revoked ${revokedAt}` : expiry;
  const reach = `${people.includes('*') ? '' : `  people ${people.join(',') || 'none'}`}${apps.includes('*') ? '' : `  app ${apps.join(',')}`}`;
  const used = key.month === quotaMonth(now) ? (key.monthUsed ?? 0) : 0;
  const calls = budget === undefined ? '' : `  ${used} of ${budget} calls this month`;
  const pace = `${rate === undefined ? '' : `  ${rate}/min`}${calls}`;
  return `${keyId}  ${name}  ${scopes.join(',')}  → ${destinations.join(',') || 'none'}${reach}${pace}  ${end}  ${lastUsedAt ? `used ${lastUsedAt}` : 'never used'}`;
}

export const keys = [create, list, revoke];
