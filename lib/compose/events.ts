import { createConversationTable } from '../aws/tables/conversation-table.ts';
import { createClaimTable } from '../aws/tables/events/claim-table.ts';
import type { busEnv, Config, conversationsEnv, tasksEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import type { ReceivedMessage } from '../events/received-message.ts';
import { reply } from '../events/reply.ts';
import { type DingTalkConfig, dingtalkApps } from './apps.ts';
import { type AwsConfig, bus, clock, dynamodb } from './clients.ts';
import { sessionWebhooks } from './messages.ts';
import type { Apps } from './secret.ts';
import { taskChanges } from './tasks.ts';

export function eventPorts(config: AwsConfig & Config<typeof busEnv>) {
  return {
    claims: createClaimTable(dynamodb(config), config.EVENTS_TABLE, clock.now),
    bus: bus(config),
    now: clock.now,
  };
}

/** What answering people who write to the robot takes. */
export function commandPorts(config: DingTalkConfig & Config<typeof tasksEnv>, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  const sessionOf = sessionWebhooks(config, secret);
  return {
    ...taskChanges(config, log),
    now: clock.now,
    appNamed(name?: string) {
      const app = appNamed(name);
      const replyDeps = { session: sessionOf(app.name), robot: app.robot, now: clock.now };
      return { ...app, reply: (to: ReceivedMessage, text: string) => reply(replyDeps, to, text) };
    },
  };
}

export function conversationTable(config: Config<typeof conversationsEnv>) {
  return createConversationTable(dynamodb(config), config.CONVERSATIONS_TABLE);
}
