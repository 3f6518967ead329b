import * as v from 'valibot';
import type { Caller } from './transport/call.ts';

/** Which receipts DingTalk recalled, and for the others why not. */
export type Recalled = { recalled: string[]; failed: Record<string, string> };
/** Who has read a message so far, as far as DingTalk tells. */
export type Readers = { read: string[]; unread?: string[]; notReached?: string[] };

/** What can be done about messages that went out; asked for by people only, since each costs a call. */
export type SentMessages = {
  /** At most 20 receipts of the app robot in a group (messaging.md §3.5). */
  recallFromGroup(openConversationId: string, processQueryKeys: string[]): Promise<Recalled>;
  /** At most 20 receipts of the app robot to people, within 24 hours (messaging.md §3.5). */
  recallFromUsers(processQueryKeys: string[]): Promise<Recalled>;
  /** Within 24 hours (messaging.md §5.6). */
  recallNotification(taskId: string): Promise<void>;
  readersInGroup(openConversationId: string, processQueryKey: string): Promise<Readers>;
  /** Within 24 hours (messaging.md §3.4). */
  readersAmongUsers(processQueryKey: string): Promise<Readers>;
  /** Within 24 hours, and for at most 100 receivers (messaging.md §5.5). */
  readersOfNotification(taskId: string): Promise<Readers>;
};

const RecallReply = v.pipe(
  v.object({
    successResult: v.nullish(v.array(v.string()), []),
    failedResult: v.nullish(v.record(v.string(), v.string()), {}),
  }),
  v.transform(({ successResult, failedResult }) => ({ recalled: successResult, failed: failedResult })),
);
const GroupPage = v.object({
  readUserIds: v.nullish(v.array(v.string()), []),
  hasMore: v.nullish(v.boolean(), false),
  nextToken: v.nullish(v.string()),
});
const UserReaders = v.pipe(
  v.object({ messageReadInfoList: v.nullish(v.array(v.object({ userId: v.string(), readStatus: v.string() })), []) }),
  v.transform(({ messageReadInfoList: people }) => ({
    read: people.filter(({ readStatus }) => readStatus === 'READ').map(({ userId }) => userId),
    unread: people.filter(({ readStatus }) => readStatus !== 'READ').map(({ userId }) => userId),
  })),
);
const ids = v.nullish(v.array(v.string()), []);
const NotificationResult = v.pipe(
  v.object({
    send_result: v.nullish(
      v.object({
        invalid_user_id_list: ids,
        forbidden_user_id_list: ids,
        failed_user_id_list: ids,
        read_user_id_list: ids,
        unread_user_id_list: ids,
      }),
    ),
  }),
  v.transform(({ send_result: result }) => ({
    read: result?.read_user_id_list ?? [],
    unread: result?.unread_user_id_list ?? [],
    notReached: [
      ...(result?.invalid_user_id_list ?? []),
      ...(result?.forbidden_user_id_list ?? []),
      ...(result?.failed_user_id_list ?? []),
    ],
  })),
);

/** Pages of readers of one group message; a page has 200. */
const MOST_PAGES = 20;
const PAGE = 200;
const WORK = '/topapi/message/corpconversation';

export function createSentMessages(call: Caller, robotCode: string, agentId: number | undefined): SentMessages {
  const post = <S extends v.GenericSchema>(
    operation: string,
    host: 'api' | 'oapi',
    path: string,
    body: Record<string, unknown>,
    reply: S,
  ) => call({ operation, host, method: 'POST', path, body, reply, repeatable: true });

  return {
    recallFromGroup: (openConversationId, processQueryKeys) => {
      const body = { robotCode, openConversationId, processQueryKeys };
      return post('robot.recallFromGroup', 'api', '/v1.0/robot/groupMessages/recall', body, RecallReply);
    },
    recallFromUsers: (processQueryKeys) => {
      const body = { robotCode, processQueryKeys };
      // Lower-case "oto" here, "oTo" in the other calls (messaging.md §0, fact 5).
      return post('robot.recallFromUsers', 'api', '/v1.0/robot/otoMessages/batchRecall', body, RecallReply);
    },
    async recallNotification(taskId) {
      const body = { agent_id: agentId, msg_task_id: Number(taskId) };
      await post('workNotifications.recall', 'oapi', `${WORK}/recall`, body, v.object({}));
    },
    async readersInGroup(openConversationId, processQueryKey) {
      const read: string[] = [];
      let nextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const body = {
          robotCode,
          openConversationId,
          processQueryKey,
          maxResults: PAGE,
          ...(nextToken && { nextToken }),
        };
        const answer = await post('robot.readersInGroup', 'api', '/v1.0/robot/groupMessages/query', body, GroupPage);
        read.push(...answer.readUserIds);
        if (!answer.hasMore || !answer.nextToken) break;
        nextToken = answer.nextToken;
      }
      return { read };
    },
    readersAmongUsers: (processQueryKey) =>
      call({
        operation: 'robot.readersAmongUsers',
        host: 'api',
        method: 'GET',
        path: '/v1.0/robot/oToMessages/readStatus',
        query: { robotCode, processQueryKey },
        reply: UserReaders,
        repeatable: true,
      }),
    readersOfNotification: (taskId) => {
      const body = { agent_id: agentId, task_id: Number(taskId) };
      return post('workNotifications.result', 'oapi', `${WORK}/getsendresult`, body, NotificationResult);
    },
  };
}
