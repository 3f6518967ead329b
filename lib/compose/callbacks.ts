import { randomBytes } from 'node:crypto';
import { createCallbackQueue } from '../aws/queues/callback-queue.ts';
import { createSecondStore } from '../aws/second-store.ts';
import { createFailedListTimes, createKeptCallbacks } from '../aws/tables/events/door-table.ts';
import type { Config, callbackEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import { type DingTalkConfig, dingtalkApps } from './apps.ts';
import { clock, dynamodb, dynamodbCall, patient, quick, sqs, toldBy } from './clients.ts';
import { type Apps, loadApps } from './secret.ts';

type CallbackConfig = Config<typeof callbackEnv>;

/** The least that the callback routes need to answer, each call within its limits. */
export async function callbackPorts(config: CallbackConfig, limits = quick) {
  // the queue gets half of the time, so that there is some for the second store
  const half = { ...limits, timeoutMs: limits.timeoutMs / 2 };
  const queue = callbackQueue(config, half);
  const store = createSecondStore(dynamodbCall(config, half), config.EVENTS_TABLE, clock.now);
  const { apps } = await loadApps(config, limits);
  return { apps, queue, store, now: clock.now, random: randomBytes };
}

/** What could not be pushed, of each app that has an event door, what the doors kept, and the queue that pushes go to. */
export function missedPorts(config: DingTalkConfig & CallbackConfig, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  const apps = secret.apps
    .filter(({ callbacks }) => callbacks.length > 0)
    .map(({ name, failedListMinutes }) => ({ name, failedListMinutes, failedList: appNamed(name).failedList }));
  // What was read is cleared at DingTalk, so keeping it is tried for longer.
  const queue = callbackQueue(config, { ...patient, attempts: 6 });
  const times = createFailedListTimes(dynamodb(config), config.EVENTS_TABLE);
  const kept = createKeptCallbacks(dynamodb(config), config.EVENTS_TABLE, toldBy(log));
  return { apps, queue, times, kept, now: clock.now };
}

function callbackQueue(config: CallbackConfig, limits: typeof quick) {
  const url = config.EVENTS_QUEUE_URL;
  return createCallbackQueue(sqs(config, url, limits), url);
}
