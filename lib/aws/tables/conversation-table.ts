import * as v from 'valibot';
import { defined } from '../../base/defined.ts';
import type { ConversationNews, ConversationStore } from '../../events/conversation.ts';
import type { Dynamodb } from '../dynamodb.ts';
import { pageOf } from './cursor.ts';
import { changeItem, getItems, keyCondition, toItem } from './item.ts';
import { KEEPING, type Keeping, readable } from './keeping.ts';

/** Below what DynamoDB takes for a key of its index. */
const KeyText = v.pipe(v.string(), v.minLength(1), v.maxLength(700));

/** Of a larger group no more people are remembered; one event tells of 128 kB of them at most, so the item stays small. */
const MOST_MEMBERS = 1_500;

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

const Titled = v.object({ id: v.string(), title: v.optional(v.string()) });

function idOf({ app, openConversationId }: { app: string; openConversationId: string }): string {
  return `${app}#${openConversationId}`;
}

/** Groups, keyed by app and conversation; the index `by-title` lists an app's groups in the order of their titles. */
export function createConversationTable(
  client: Dynamodb,
  table: string,
  keeping: Keeping = KEEPING,
): ConversationStore {
  const placeOf = (news: ConversationNews) => ({ TableName: table, Key: toItem({ id: idOf(news) }) });

  /** Title or owner, unless a later event said another. */
  async function setLatest(news: ConversationNews, name: 'title' | 'owner', value: string): Promise<void> {
    const at = `${name}At`;
    const when = `attribute_not_exists(#${at}) OR #${at} < :${at}`;
    await changeItem(client, placeOf(news), { set: { [name]: value, [at]: news.at }, when });
  }

  async function addMembers(news: ConversationNews, userIds: string[]): Promise<void> {
    if (userIds.length === 0) return;
    const when = 'attribute_not_exists(#members) OR size(#members) < :most';
    const change = { add: { members: new Set(userIds) }, when, values: { most: MOST_MEMBERS } };
    await changeItem(client, placeOf(news), change);
  }

  async function dropMembers(news: ConversationNews, userIds: string[]): Promise<void> {
    if (userIds.length > 0) await changeItem(client, placeOf(news), { drop: { members: new Set(userIds) } });
  }

  return {
    async learn(news) {
      const { app, openConversationId, chatId, title, owner, joined, left, disbanded, at } = news;
      const facts = { app, openConversationId, chatId, heardAt: at, disbanded: disbanded || undefined };
      await changeItem(client, placeOf(news), { set: defined(facts) });
      if (title !== undefined) await setLatest(news, 'title', title);
      if (owner !== undefined) await setLatest(news, 'owner', owner);
      await addMembers(news, joined);
      await dropMembers(news, left);
    },

    async titles(groups) {
      // two destinations may be one group, and a batch takes no key twice
      const ids = [...new Set(groups.map(idOf))];
      const found = await getItems(
        client,
        table,
        ids.map((id) => toItem({ id })),
      );
      const titles = new Map(readable(Titled, found, { table, keeping }).map(({ id, title }) => [id, title]));
      return groups.map((group) => titles.get(idOf(group)));
    },

    async list(app, titlePrefix, { cursor, limit }) {
      const query = {
        TableName: table,
        IndexName: 'by-title',
        ...(titlePrefix === ''
          ? keyCondition('#app = :app', { app })
          : keyCondition('#app = :app AND begins_with(#title, :title)', { app, title: titlePrefix })),
        Limit: limit,
      };
      const OfList = v.object({ id: KeyText, app: v.literal(app), title: KeyText });
      const { items, ...next } = await pageOf(client, query, OfList, cursor);
      return { conversations: readable(Stored, items, { table, keeping }), ...next };
    },
  };
}
