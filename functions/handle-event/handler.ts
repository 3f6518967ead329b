import * as v from 'valibot';
import { commandPorts, conversationTable, eventPorts } from '../../lib/compose/events.ts';
import { inboundQueue } from '../../lib/compose/files.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { giveBackTo } from '../../lib/compose/queues.ts';
import { loadSecret } from '../../lib/compose/secret.ts';
import {
  conversationsEnv,
  dingtalkEnv,
  eventsEnv,
  inboundEnv,
  publicEnv,
  readConfig,
  tasksEnv,
} from '../../lib/config.ts';
import { StoredCallback } from '../../lib/events/event.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { once } from '../../lib/lambda/once.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { createLog } from '../../lib/log.ts';
import { alarmQuota } from './alarm-quota.ts';
import { answerCommand } from './answer-command.ts';
import { handleEvent } from './handle-event.ts';
import { queueFiles } from './queue-files.ts';
import { recheckTodo } from './recheck-todo.ts';
import { rememberConversation } from './remember-conversation.ts';
import { tapTask } from './tap-task.ts';
import { updateCard } from './update-card.ts';

const log = createLog('handle-event', process.env.STAGE);
const metric = metricLines(process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({ ...eventsEnv, ...dingtalkEnv, ...tasksEnv, ...conversationsEnv, ...inboundEnv, ...publicEnv }),
    process.env,
  );
  const secret = await loadSecret(config);
  const commands = { ...commandPorts(config, secret, log), ...linkKeys(config, secret) };
  const reactions = {
    answer: answerCommand(commands),
    card: updateCard(commands),
    task: tapTask(commands),
    todo: recheckTodo(commands),
    files: queueFiles(inboundQueue(config)),
    conversation: rememberConversation({ conversations: conversationTable(config) }),
    quota: alarmQuota({ log, metric }),
  };
  return { ...eventPorts(config), ...giveBackTo(config, config.EVENTS_QUEUE_URL), log, reactions };
});

export const handler = queueHandler({
  ready,
  log,
  schema: StoredCallback,
  run: handleEvent,
  giveBack: ({ giveBack }, receiptHandle, ms) => giveBack(receiptHandle, ms),
});
