import * as v from 'valibot';
import type { Caller } from './transport/call.ts';

/** `msgKey` and the members of its template, all texts (messaging.md §3.7). */
export type RobotMessage = { msgKey: string; msgParam: Record<string, string> };

export type Robot = {
  /** Writes into an internal group. Never repeated: DingTalk has no key for it (messaging.md §3.1, §8.6). */
  sendToGroup(message: RobotMessage & { openConversationId: string }): Promise<{ processQueryKey: string }>;
  /**
   * Writes to at most 20 people, each one to one (messaging.md §3.2). The call may succeed and still leave out people
   * who are unknown or throttled.
   */
  sendToUsers(
    message: RobotMessage & { userIds: string[] },
  ): Promise<{ processQueryKey: string; invalidUserIds: string[]; throttledUserIds: string[] }>;
};

const Sent = v.object({ processQueryKey: v.string() });
const Ids = v.nullish(v.array(v.string()), []);
const SentToUsers = v.pipe(
  v.object({ processQueryKey: v.nullish(v.string(), ''), invalidStaffIdList: Ids, flowControlledStaffIdList: Ids }),
  v.transform((reply) => ({
    processQueryKey: reply.processQueryKey,
    invalidUserIds: reply.invalidStaffIdList,
    throttledUserIds: reply.flowControlledStaffIdList,
  })),
);

export function createRobot(call: Caller, robotCode: string): Robot {
  return {
    sendToGroup: ({ openConversationId, msgKey, msgParam }) =>
      call({
        operation: 'robot.sendToGroup',
        host: 'api',
        method: 'POST',
        path: '/v1.0/robot/groupMessages/send',
        body: { robotCode, openConversationId, msgKey, msgParam: JSON.stringify(msgParam) },
        reply: Sent,
      }),
    sendToUsers: ({ userIds, msgKey, msgParam }) =>
      call({
        operation: 'robot.sendToUsers',
        host: 'api',
        method: 'POST',
        path: '/v1.0/robot/oToMessages/batchSend',
        body: { robotCode, userIds, msgKey, msgParam: JSON.stringify(msgParam) },
        reply: SentToUsers,
      }),
  };
}
