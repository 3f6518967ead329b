import type { SecondStore } from '../events/second-store.ts';
import type { JsonCall } from './json-call.ts';

/** Longer than any outage of a queue. */
const KEEP_S = 14 * 24 * 3600;
/** The item that says when a door last refused something. */
export const REFUSED_ID = 'door#refused';

/**
 * Where a door keeps a callback that the queue does not take: an item of its own in the table of events, without the
 * SDK, whose start would take the time that the answer has.
 */
export function createSecondStore(call: JsonCall, table: string, now: () => number): SecondStore {
  const put = (item: Record<string, { S: string } | { N: string }>, signal?: AbortSignal) => {
    const ttl = { N: String(Math.floor(now() / 1000) + KEEP_S) };
    return call('DynamoDB_20120810.PutItem', { TableName: table, Item: { ...item, ttl } }, signal);
  };
  return {
    async keep(id, callback, signal) {
      const at = { kept: { S: 'kept' }, keptAt: { N: String(now()) } };
      await put({ id: { S: `kept#${id}` }, ...at, callback: { S: JSON.stringify(callback) } }, signal);
    },
    async noteRefusal() {
      await put({ id: { S: REFUSED_ID }, at: { N: String(now()) } });
    },
  };
}
