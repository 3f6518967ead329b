import * as v from 'valibot';
import {
  busEnv,
  conversationsEnv,
  dingtalkEnv,
  eventsWorkEnv,
  followedEnv,
  inboundEnv,
  ownKeysEnv,
  publicEnv,
  readConfig,
  recordsEnv,
  tasksEnv,
} from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { approvalChanges, buttonTable } from '../../lib/compose/approvals.ts';
import { workedQueue } from '../../lib/compose/clients.ts';
import { commandPorts, conversationTable, eventPorts } from '../../lib/compose/events.ts';
import { inboundQueue } from '../../lib/compose/files.ts';
import { linkKeys } from '../../lib/compose/links.ts';
import { replyPlaces } from '../../lib/compose/messages.ts';
import { countedCalls } from '../../lib/compose/meter.ts';
import { loadSecrets } from '../../lib/compose/secret.ts';
import { incidentChanges, incidentReads } from '../../lib/compose/sources.ts';
import { corporations, visitorPorts } from '../../lib/compose/visitors.ts';
import { rememberConversation } from '../../lib/events/conversation.ts';
import { StoredCallback } from '../../lib/events/event.ts';
import { handleEvent } from '../../lib/events/handle-event.ts';
import { alarmQuota } from '../../lib/events/reactions/alarm-quota.ts';
import { answerApproval } from '../../lib/events/reactions/answer-approval.ts';
import { answerCommand } from '../../lib/events/reactions/answer-command.ts';
import { answerIncident } from '../../lib/events/reactions/answer-incident.ts';
import { endSessions } from '../../lib/events/reactions/end-sessions.ts';
import { keepRead } from '../../lib/events/reactions/keep-read.ts';
import { keepReply } from '../../lib/events/reactions/keep-reply.ts';
import { recheckTodo } from '../../lib/events/reactions/recheck-todo.ts';
import { seeTap } from '../../lib/events/reactions/see-tap.ts';
import { tapApproval } from '../../lib/events/reactions/tap-approval.ts';
import { tapIncident } from '../../lib/events/reactions/tap-incident.ts';
import { tapTask } from '../../lib/events/reactions/tap-task.ts';
import { updateCard } from '../../lib/events/reactions/update-card.ts';
import { queueFiles } from '../../lib/files/inbound.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { queueHandler } from '../../lib/lambda/queue.ts';
import { writeCalls } from '../../lib/messages/limits/quota.ts';

const log = createLog('handle-event', process.env.STAGE);
const metric = metricLines(process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(
    v.object({
      ...busEnv,
      ...dingtalkEnv,
      ...ownKeysEnv,
      ...tasksEnv,
      ...followedEnv,
      ...conversationsEnv,
      ...inboundEnv,
      ...publicEnv,
      ...recordsEnv,
    }),
    process.env,
  );
  const secret = await loadSecrets(config);
  const commands = { ...commandPorts(config, secret, log), ...linkKeys(config, secret), ...corporations(secret) };
  const reactions = {
    answer: answerCommand(commands),
    approval: answerApproval({ ...commands, ...approvalChanges(config, log) }),
    incident: answerIncident({ ...commands, ...incidentChanges(config, log) }),
    read: keepRead(incidentReads(config)),
    card: updateCard(commands),
    task: tapTask(commands),
    'approval-card': tapApproval({ ...commands, ...approvalChanges(config, log) }),
    'incident-card': tapIncident({ ...commands, ...incidentChanges(config, log) }),
    buttons: seeTap({ ...commands, ...buttonTable(config) }),
    todo: recheckTodo(commands),
    sessions: endSessions({ ...commands, ...visitorPorts(config, secret) }),
    reply: keepReply({ ...commands, replies: replyPlaces(config, secret) }),
    files: queueFiles(inboundQueue(config)),
    conversation: rememberConversation({ conversations: conversationTable(config) }),
    quota: alarmQuota({ log, metric }),
  };
  const counted = countedCalls(config, metric, log);
  return { ...eventPorts(config), ...counted, reactions };
});

const queue = once(async () => {
  const config = readConfig(v.object(eventsWorkEnv), process.env);
  return workedQueue(config, config.EVENTS_QUEUE_URL, config.EVENTS_DEAD_LETTERS_URL);
});

export const handler = queueHandler({
  queue,
  ready,
  log,
  schema: StoredCallback,
  run: handleEvent,
  end: writeCalls,
});
