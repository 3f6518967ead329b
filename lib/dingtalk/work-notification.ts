import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import { REMEDIES } from '../base/words/en.ts';
import type { Caller } from './transport/call.ts';

export type WorkNotifications = {
  /**
   * Sends `msg` (messaging.md §5.2, at most 2,048 bytes) to up to 100 people, 20 departments or all.
   * A task id means accepted, not delivered: DingTalk silently drops what is over its quotas (messaging.md §5.3).
   */
  send(notification: {
    userIds?: string[] | undefined;
    departmentIds?: (string | number)[] | undefined;
    all?: boolean | undefined;
    msg: Record<string, unknown>;
  }): Promise<{ taskId: string }>;
};

const Sent = v.pipe(
  v.object({ task_id: v.union([v.number(), v.string()]) }),
  v.transform(({ task_id }) => ({ taskId: String(task_id) })),
);

const OPERATION = 'workNotifications.send';

export function createWorkNotifications(call: Caller, agentId: number | undefined): WorkNotifications {
  return {
    async send({ userIds = [], departmentIds = [], all = false, msg }) {
      if (agentId === undefined) {
        const remedy = REMEDIES.agentMissing;
        throw new ServiceError(OPERATION, { code: 'agent_id_missing', retryable: false, remedy });
      }
      return call({
        operation: OPERATION,
        host: 'oapi',
        method: 'POST',
        path: '/topapi/message/corpconversation/asyncsend_v2',
        body: {
          agent_id: agentId,
          ...(userIds.length > 0 && { userid_list: userIds.join(',') }),
          ...(departmentIds.length > 0 && { dept_id_list: departmentIds.join(',') }),
          to_all_user: all,
          msg,
        },
        reply: Sent,
      });
    },
  };
}
