import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import type { ConversationNews, ConversationStore } from '../../events/conversation.ts';
import { changeItem, fromItem, keyCondition, toItem } from './item.ts';

const LISTED = 100;

const Stored = v.pipe(
  v.object({
    app: v.string(),
    openConversationId: v.string(),
    chatId: v.optional(v.string()),
    title: v.optional(v.string()),
    owner: v.optional(v.string()),
    members: v.optional(v.set(v.string())),
    disbanded: v.optional(v.boolean(), false),
    heardAt: v.string(),
  }),
  v.transform(({ members, ...conversation }) => ({ ...conversation, knownMembers: members?.size ?? 0 })),
);

/** Groups, keyed by app and conversation; the index `by-title` lists an app's groups in the order of their titles. */
export function createConversationTable(client: DynamoDBClient, table: string): ConversationStore {
  const placeOf = ({ app, openConversationId }: ConversationNews) => ({
    TableName: table,
    Key: toItem({ id: `${app}#${openConversationId}` }),
  });

  /** Title or owner, unless a later event said another. */
  async function setLatest(news: ConversationNews, name: 'title' | 'owner', value: string): Promise<void> {
    const at = `${name}At`;
    const when = `attribute_not_exists(#${at}) OR #${at} < :${at}`;
    await changeItem(client, placeOf(news), { set: { [name]: value, [at]: news.at }, when });
  }

  async function setMembers(news: ConversationNews, verb: 'ADD' | 'DELETE', userIds: string[]): Promise<void> {
    if (userIds.length === 0) return;
    await client.send(
      new UpdateItemCommand({
        ...placeOf(news),
        UpdateExpression: `${verb} #members :people`,
        ExpressionAttributeNames: { '#members': 'members' },
        ExpressionAttributeValues: { ':people': { SS: [...new Set(userIds)] } },
      }),
    );
  }

  return {
    async learn(news) {
      const { app, openConversationId, chatId, title, owner, joined, left, disbanded, at } = news;
      const facts = { app, openConversationId, chatId, heardAt: at, disbanded: disbanded || undefined };
      await changeItem(client, placeOf(news), { set: defined(facts) });
      if (title !== undefined) await setLatest(news, 'title', title);
      if (owner !== undefined) await setLatest(news, 'owner', owner);
      await setMembers(news, 'ADD', joined);
      await setMembers(news, 'DELETE', left);
    },

    async list(app, titlePrefix) {
      const query = new QueryCommand({
        TableName: table,
        IndexName: 'by-title',
        ...(titlePrefix === ''
          ? keyCondition('#app = :app', { app })
          : keyCondition('#app = :app AND begins_with(#title, :title)', { app, title: titlePrefix })),
        Limit: LISTED,
      });
      const { Items = [] } = await client.send(query);
      return Items.map((item) => fromItem(Stored, item));
    },
  };
}
