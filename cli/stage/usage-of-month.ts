import { createLimitTable } from '../../lib/aws/tables/limit-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { usageOf } from '../../lib/messages/limits/usage.ts';
import type { Io } from '../terminal.ts';
import type { Target } from './target.ts';

/** The standard edition's (messaging.md §8.2, §2.5), as serverless.yml has them. */
const QUOTAS = { api: 5000, webhook: 3000 };

/** What the month's calls came to so far, beside what the edition allows. */
export function readUsage(
  { env, now }: Pick<Io, 'env' | 'now'>,
  { dynamodb, table }: Pick<Target, 'dynamodb' | 'table'>,
) {
  const limits = table('limits');
  return usageOf({
    months: createMeterTable(dynamodb, limits, now),
    slots: createLimitTable(dynamodb, limits, now, Math.random),
    quotas: {
      api: Number(env.MONTHLY_API_CALLS || QUOTAS.api),
      webhook: Number(env.MONTHLY_WEBHOOK_CALLS || QUOTAS.webhook),
    },
    now,
  });
}
