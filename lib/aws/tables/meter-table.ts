import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { hourNow, quotaMonth } from '../../base/quota/month.ts';
import type { MeterStore } from '../../messages/limits/meter.ts';
import type { ToldLevels } from '../../messages/limits/tell-quota.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { changeItem, fromItem, toItem } from './item.ts';

const KEEP_S = 100 * 24 * 3600;
/** Hours of the day that is over, which are removed with the next write; those of silent days may stay. */
const OVER = Array.from({ length: 24 }, (_, index) => index + 24);

/** The item with the calls of a month. */
export function monthId(now: number): string {
  return `month:${quotaMonth(now)}`;
}

/** The counters of a stored month. */
export const Month = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((item) =>
    Object.fromEntries(
      Object.entries(item).flatMap(([name, value]) =>
        typeof value === 'number' && name !== 'ttl' ? [[name, value] as const] : [],
      ),
    ),
  ),
);

/** Counts of calls, one item a month: all counters of a batch are one write, and so is the count of the hour, kept for a day. */
export function createMeterTable(client: Dynamodb, table: string, now: () => number): MeterStore & ToldLevels {
  const place = () => ({ TableName: table, Key: toItem({ id: monthId(now()) }) });
  return {
    async add(counts) {
      const hour = hourNow(now());
      const { api = 0, webhook = 0 } = counts;
      const all = Object.entries({ ...counts, [`hour#${hour}`]: api + webhook });
      const over = OVER.flatMap((ago) => (ago > hour ? [] : [[`#o${ago}`, `hour#${hour - ago}`] as const]));
      const names = all.map(([name], index) => [`#n${index}`, name] as const);
      const values = Object.fromEntries(all.map(([, count], index) => [`:n${index}`, count]));
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          ...place(),
          UpdateExpression: [
            'SET #ttl = :ttl',
            `ADD ${all.map((_, index) => `#n${index} :n${index}`).join(', ')}`,
            ...(over.length > 0 ? [`REMOVE ${over.map(([name]) => name).join(', ')}`] : []),
          ].join(' '),
          ExpressionAttributeNames: { '#ttl': 'ttl', ...Object.fromEntries([...names, ...over]) },
          ExpressionAttributeValues: toItem({ ':ttl': Math.floor(now() / 1000) + KEEP_S, ...values }),
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return fromItem(Month, Attributes);
    },

    setGone(name, until, seen) {
      const [attribute, ttl] = [`gone#${name}`, Math.floor(now() / 1000) + KEEP_S];
      return changeItem(client, place(), {
        also: ['#gone = :until', '#ttl = :ttl'],
        names: { gone: attribute },
        values: { until, ttl, ...(seen !== undefined && { seen }) },
        when: seen === undefined ? undefined : '#gone = :seen',
      });
    },

    async read() {
      const { Item = {} } = await client.send(new GetItemCommand(place()));
      return fromItem(Month, Item);
    },

    async told(name, percent) {
      const names = { told: `told#${name}` };
      const when = 'attribute_not_exists(#told) OR #told < :percent';
      await changeItem(client, place(), { also: ['#told = :percent'], when, names, values: { percent } });
    },
  };
}
