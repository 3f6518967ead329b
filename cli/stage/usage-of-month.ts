import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromItem, toItem } from '../../lib/aws/tables/item.ts';
import { createMeterTable, monthId } from '../../lib/aws/tables/meter-table.ts';
import { EGRESS } from '../../lib/messages/limits/pace.ts';
import type { Io } from '../terminal.ts';
import type { Target } from './target.ts';

const Blocked = v.object({ blockedUntil: v.optional(v.number(), 0) });
/** The standard edition's (messaging.md §8.2, §2.5), as serverless.yml has them. */
const QUOTAS = { api: 5000, webhook: 3000 };

/** What the month's calls came to so far (Beijing time, as DingTalk counts), by act, and a ban of the egress address. */
export async function readUsage(
  { env, now }: Pick<Io, 'env' | 'now'>,
  { dynamodb, table }: Pick<Target, 'dynamodb' | 'table'>,
) {
  const limits = table('limits');
  const [counts, blocked] = await Promise.all([
    createMeterTable(dynamodb, limits, now).read(),
    dynamodb.send(new GetItemCommand({ TableName: limits, Key: toItem({ id: EGRESS.target }) })),
  ]);
  const egress = fromItem(Blocked, blocked.Item ?? {});
  const bannedUntil = egress.blockedUntil > now() ? new Date(egress.blockedUntil).toISOString() : undefined;
  const meter = (name: 'api' | 'webhook', setting: string | undefined) => ({
    name,
    used: counts[name] ?? 0,
    unanswered: counts[`${name}#unanswered`] ?? 0,
    quota: Number(setting || QUOTAS[name]),
    acts: actsOf(counts, name),
  });
  return {
    month: monthId(now()).slice('month:'.length),
    meters: [meter('api', env.MONTHLY_API_CALLS), meter('webhook', env.MONTHLY_WEBHOOK_CALLS)],
    ...(bannedUntil !== undefined && { bannedUntil }),
  };
}

/** What took the calls, the most first: `api#default#robot.sendToGroup` is an act of an app. */
function actsOf(counts: Readonly<Record<string, number>>, kind: string) {
  const acts = Object.entries(counts).flatMap(([name, calls]) => {
    const [of, app, act] = name.split('#');
    return of === kind && app !== undefined && act !== undefined ? [{ app, act, calls }] : [];
  });
  return acts.sort((one, other) => other.calls - one.calls);
}
