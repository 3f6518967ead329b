import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { fromItem, toItem } from '../../lib/aws/tables/item.ts';
import { EGRESS } from '../../lib/messages/limits/pace.ts';
import type { Io } from '../terminal.ts';
import type { Target } from './target.ts';

const Counted = v.object({ used: v.optional(v.number(), 0), blockedUntil: v.optional(v.number(), 0) });
const BEIJING_MS = 8 * 3_600_000;
/** The standard edition's (messaging.md §8.2, §2.5), as serverless.yml has them. */
const QUOTAS = { api: 5000, webhook: 3000 };

/** What the month's calls came to so far (Beijing time, as DingTalk counts), and a ban of the egress address. */
export async function readUsage(
  { env, now }: Pick<Io, 'env' | 'now'>,
  { dynamodb, table }: Pick<Target, 'dynamodb' | 'table'>,
) {
  const month = new Date(now() + BEIJING_MS).toISOString().slice(0, 7);
  const read = async (id: string) => {
    const { Item = {} } = await dynamodb.send(new GetItemCommand({ TableName: table('limits'), Key: toItem({ id }) }));
    return fromItem(Counted, Item);
  };
  const [api, webhook, egress] = await Promise.all([
    read(`month:api:${month}`),
    read(`month:webhook:${month}`),
    read(EGRESS.target),
  ]);
  const bannedUntil = egress.blockedUntil > now() ? new Date(egress.blockedUntil).toISOString() : undefined;
  return {
    month,
    meters: [
      { name: 'api', used: api.used, quota: Number(env.MONTHLY_API_CALLS || QUOTAS.api) },
      { name: 'webhook', used: webhook.used, quota: Number(env.MONTHLY_WEBHOOK_CALLS || QUOTAS.webhook) },
    ],
    ...(bannedUntil !== undefined && { bannedUntil }),
  };
}
