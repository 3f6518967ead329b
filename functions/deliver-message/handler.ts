import * as v from 'valibot';
import {
  acceptEnv,
  bucketEnv,
  deliveryEnv,
  dingtalkEnv,
  outboxWorkEnv,
  peopleEnv,
  readConfig,
  recordsEnv,
  sharesEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { appPeople } from '../../lib/compose/app-people.ts';
import { workedQueue } from '../../lib/compose/clients.ts';
import { mediaPorts } from '../../lib/compose/files.ts';
import { acceptPorts, deliveryPorts, messageSender, peopleLookup, replyPlaces } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { withMedia } from '../../lib/files/with-media.ts';
import { addedUp, metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import type { Content } from '../../lib/messages/content.ts';
import { deliverMessage, failDelivery } from '../../lib/messages/deliver/deliver-message.ts';
import { endBatch } from '../../lib/messages/deliver/end-batch.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { withReplies } from '../../lib/messages/kinds/reply.ts';
import { withPeople } from '../../lib/messages/kinds/robot-users.ts';
import { OutboxRecord } from '../../lib/messages/message.ts';

const log = createLog('deliver-message', process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...acceptEnv, ...dingtalkEnv, ...deliveryEnv, ...sharesEnv, ...bucketEnv, ...peopleEnv, ...recordsEnv }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const send = messageSender(config, secret, log);
  const metric = metricLines(process.env.STAGE);
  const media = mediaPorts(config, secret, log);
  const ports = {
    ...deliveryPorts(config),
    ...countedCalls(config, metric, log),
    withMedia: (destination: Destination, content: Content) => withMedia(media, destination, content),
    send,
    ...peopleLookup(config, secret, log),
    counts: addedUp(metric),
  };
  const { destinations, ...accept } = acceptPorts(config, secret, log);
  return {
    ...accept,
    ...appPeople(secret),
    destinations: withReplies(withPeople(destinations), replyPlaces(config, secret), accept.now),
    ...ports,
  };
});

const queue = once(async () => {
  const config = readConfig(v.object(outboxWorkEnv), process.env);
  return workedQueue(config, config.OUTBOX_QUEUE_URL, config.OUTBOX_DEAD_LETTERS_URL);
});

export const handler = queueHandler({
  queue,
  ready,
  log,
  schema: OutboxRecord,
  run: (deps, { message, ...item }, { receives, since, following }) =>
    deliverMessage({ ...deps, ahead: following, since }, item, receives === 1 ? message : undefined),
  gaveUp: failDelivery,
  end: endBatch,
  reserveMs: 24_000, // a turn of many calls, and a last call that waits for its answer
});
