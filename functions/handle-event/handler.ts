import * as v from 'valibot';
import { eventPorts, giveBackTo } from '../../lib/compose.ts';
import { eventsEnv, readConfig } from '../../lib/config.ts';
import { StoredCallback } from '../../lib/events/event.ts';
import { once } from '../../lib/lambda/once.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { createLog } from '../../lib/log.ts';
import { handleEvent } from './handle-event.ts';

const log = createLog('handle-event');
const ready = once(async () => {
  const config = readConfig(v.object(eventsEnv), process.env);
  return { ...eventPorts(config), ...giveBackTo(config.EVENTS_QUEUE_URL), log };
});

export const handler = queueHandler({
  ready,
  log,
  schema: StoredCallback,
  run: handleEvent,
  giveBack: ({ giveBack }, receiptHandle, ms) => giveBack(receiptHandle, ms),
});
