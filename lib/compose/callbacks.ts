import { randomBytes } from 'node:crypto';
import { createCallbackQueue } from '../aws/queues/callback-queue.ts';
import type { Log } from '../base/log.ts';
import { type DingTalkConfig, dingtalkApps } from './apps.ts';
import { type AwsConfig, clock, patient, quick, sqs } from './clients.ts';
import { loadSecret, type Secret, type SecretConfig } from './secret.ts';

/** What the callback doors need: as little as they can answer with. */
export async function callbackPorts(config: SecretConfig & { EVENTS_QUEUE_URL: string }) {
  const queue = callbackQueue(config, quick);
  const { apps } = await loadSecret(config, quick);
  return { apps, queue, now: clock.now, random: randomBytes };
}

/** What could not be pushed, of each app that has an event door, and the queue that pushes go to. */
export function missedPorts(
  config: DingTalkConfig & AwsConfig & { EVENTS_QUEUE_URL: string },
  secret: Secret,
  log: Log,
) {
  const appNamed = dingtalkApps(config, secret, log);
  const apps = secret.apps
    .filter(({ callbacks }) => callbacks.length > 0)
    .map(({ name, failedListMinutes }) => ({ name, failedListMinutes, failedList: appNamed(name).failedList }));
  // What was read is cleared at DingTalk, so keeping it is tried for longer.
  const queue = callbackQueue(config, { ...patient, attempts: 6 });
  return { apps, queue, now: clock.now };
}

function callbackQueue(config: AwsConfig & { EVENTS_QUEUE_URL: string }, limits: typeof quick) {
  const url = config.EVENTS_QUEUE_URL;
  return createCallbackQueue(sqs(config, url, limits), url);
}
