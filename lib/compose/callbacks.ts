import { randomBytes } from 'node:crypto';
import { createCallbackQueue } from '../aws/queues/callback-queue.ts';
import type { Config, callbackEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import { type DingTalkConfig, dingtalkApps } from './apps.ts';
import { clock, patient, quick, sqs } from './clients.ts';
import { type Apps, loadApps } from './secret.ts';

type CallbackConfig = Config<typeof callbackEnv>;

/** The least that the callback routes need to answer, each call within its limits. */
export async function callbackPorts(config: CallbackConfig, limits = quick) {
  const queue = callbackQueue(config, limits);
  const { apps } = await loadApps(config, limits);
  return { apps, queue, now: clock.now, random: randomBytes };
}

/** What could not be pushed, of each app that has an event door, and the queue that pushes go to. */
export function missedPorts(config: DingTalkConfig & CallbackConfig, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  const apps = secret.apps
    .filter(({ callbacks }) => callbacks.length > 0)
    .map(({ name, failedListMinutes }) => ({ name, failedListMinutes, failedList: appNamed(name).failedList }));
  // What was read is cleared at DingTalk, so keeping it is tried for longer.
  const queue = callbackQueue(config, { ...patient, attempts: 6 });
  return { apps, queue, now: clock.now };
}

function callbackQueue(config: CallbackConfig, limits: typeof quick) {
  const url = config.EVENTS_QUEUE_URL;
  return createCallbackQueue(sqs(config, url, limits), url);
}
