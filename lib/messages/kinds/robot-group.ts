import { APP_ROBOT, showOrSay } from './app-robot.ts';
import type { DestinationOf, Kind } from './kind.ts';

/** A group in which the robot of an app is (messaging.md §3.1). */
export const robotGroup: Kind<DestinationOf<'robot-group'>> = {
  ...APP_ROBOT,
  identity: ({ app, openConversationId }) => `${app}\n${openConversationId}`,
  spaces: ({ openConversationId }) => [{ openConversationId }],
  send({ appNamed }, { app: name, openConversationId }, message) {
    const app = appNamed(name);
    return showOrSay(app, message, [{ openConversationId }], async (body) => {
      const { processQueryKey } = await app.robot.sendToGroup({ openConversationId, ...body });
      return { receipt: processQueryKey };
    });
  },
  async recall(appNamed, { app, openConversationId }, receipts) {
    return (await appNamed(app).sentMessages.recallFromGroup(openConversationId, receipts)).failed;
  },
  readers: (appNamed, { app, openConversationId }, receipt) =>
    appNamed(app).sentMessages.readersInGroup(openConversationId, receipt),
};
