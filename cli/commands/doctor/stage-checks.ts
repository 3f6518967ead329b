import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromItem, toItem } from '../../../lib/aws/tables/item.ts';
import { ApiKey, hashOfKey } from '../../../lib/aws/tables/key-table.ts';
import { createMessageTable } from '../../../lib/aws/tables/message-table.ts';
import { CliError, EXIT } from '../../exit.ts';
import { apiOf } from '../../stage/api.ts';
import { depthOf, queuesOf } from '../../stage/queues.ts';
import { readUsage } from '../../stage/usage-of-month.ts';
import { bad, type Cause, type Finding, good } from './causes.ts';
import type { Check, World } from './check.ts';

/** reconcile comes by every minute. */
const OVERDUE_MS = 15 * 60_000;
const WARN_AT = 0.8;

/** The API answers, and takes the key. */
export const api: Check = {
  name: 'API',
  async run(world) {
    const { io, given, target } = world;
    const url = await target.api();
    const health = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    if (!health?.ok)
      return [bad('API', 'api-unreachable', `${url}/health ${health ? `says ${health.status}` : 'does not answer'}`)];
    const reached = good('API', `${url} answers`);
    const probe = apiOf(io, given, target).call(v.unknown(), 'GET /messages/m_doctor');
    const refusal = await probe.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refusal instanceof CliError) || refusal.exit !== EXIT.key)
      return [reached, good('key', 'the API knows the key')];
    return [reached, await whyRefused(world)];
  },
};

/** Why the API does not know the key; the table tells who may read it. */
async function whyRefused({ io, given, target }: World): Promise<Finding> {
  const key = given.text('key') ?? io.env.DINGDOCK_API_KEY;
  if (!key) return bad('key', 'key-unknown', 'no key was given');
  const Key = toItem({ id: hashOfKey(key) });
  const { Item } = await target.dynamodb.send(new GetItemCommand({ TableName: target.table('keys'), Key }));
  if (!Item) return bad('key', 'key-unknown', 'nobody made this key');
  const { keyId, name, expiresAt, revokedAt } = fromItem(ApiKey, Item);
  if (revokedAt !== undefined) return bad('key', 'key-revoked', `key ${keyId} (${name}) was revoked at ${revokedAt}`);
  if (expiresAt !== undefined && Date.parse(expiresAt) <= io.now())
    return bad('key', 'key-expired', `key ${keyId} (${name}) expired at ${expiresAt}`);
  return bad('key', 'key-unknown', `key ${keyId} is in the table, and the API refuses it: is that the right stage?`);
}

/** Nothing waits longer than it should, and nothing was given up. */
export const queues: Check = {
  name: 'queues',
  async run({ io, target }) {
    const pairs = await queuesOf(target);
    const depths = await Promise.all(
      pairs.map(async (pair) => ({ ...pair, dead: await depthOf(target.sqs, pair.deadUrl) })),
    );
    const given = depths.filter(({ dead }) => dead.waiting > 0);
    const messages = createMessageTable(target.dynamodb, target.table('messages'));
    const until = io.now() - OVERDUE_MS;
    const { due } = await messages.listDue(until);
    // what waits in the queue for a slow robot is all right
    const isOut = ({ dueAt }: { dueAt?: number | null | undefined }) => typeof dueAt === 'number' && dueAt <= until;
    const overdue = due.filter(({ message }) => Object.values(message.deliveries).some(isOut));
    const since = overdue[0] && new Date(overdue[0].dueAt).toISOString();
    return [
      ...given.map(({ name, dead }) => bad('queues', 'dead-letters', `${name}: ${dead.waiting} dead letters`)),
      ...(since === undefined
        ? []
        : [bad('queues', 'stuck-queue', `${overdue.length} messages should have been looked after since ${since}`)]),
      ...(given.length === 0 && since === undefined
        ? [good('queues', `no dead letters in ${pairs.map(({ name }) => name).join(', ')}; nothing is overdue`)]
        : []),
    ];
  },
};

/** The month's calls, and whether DingTalk bans the address. */
export const limits: Check = {
  name: 'limits',
  async run({ io, target }) {
    const usage = await readUsage(io, target);
    const near = usage.meters.filter(({ used, quota }) => used >= quota * WARN_AT);
    const found: [boolean, Cause, string][] = near.map(({ name, used, quota }) => [
      true,
      'quota',
      `${name}: ${used} of ${quota} calls of ${usage.month} are used`,
    ]);
    const until = usage.bannedUntil;
    if (until !== undefined) found.push([true, 'address-banned', `DingTalk bans the egress address until ${until}`]);
    const rest = usage.meters.map(({ name, used, quota }) => `${name} ${used}/${quota}`).join(', ');
    return found.length > 0
      ? found.map(([, cause, text]) => bad('limits', cause, text))
      : [good('limits', `calls this month: ${rest}`)];
  },
};
