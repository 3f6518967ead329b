import * as v from 'valibot';
import { DingTalkRefusal } from '../base/dingtalk-errors.ts';
import type { Caller } from './transport/call.ts';

/** A card's variables: texts of at most 1 KB under keys of at most 100 bytes (messaging.md §7.1). */
export type CardParams = Record<string, string>;

/** Where a card is shown; in a group it can mention people, by id and name. */
export type CardSpace = { openConversationId: string; mention?: Record<string, string> } | { userId: string };

export type NewCard = {
  /** The caller's own id, at most 64 characters: creating it again does not make a second card. */
  outTrackId: string;
  /** Of a template that was published in the card platform. */
  templateId: string;
  params: CardParams;
  to: CardSpace | CardSpace[];
  /** Where clicks go: a route that was registered; none for a card with links only. */
  routeKey?: string | undefined;
};

export type CardRoute = { routeKey: string; url: string; apiSecret: string; replace: boolean };

export type Cards = {
  /**
   * Creates a card and shows it in a group or to a person. @throws DingTalkRefusal also when it was delivered nowhere
   */
  createAndDeliver(card: NewCard): Promise<void>;
  /** Changes what everybody sees; variables that are not named stay. Never inside a callback (callbacks.md §7.4). */
  update(card: { outTrackId: string; params: CardParams }): Promise<void>;
  /**
   * Says where clicks on a route's cards go, and with which secret DingTalk signs them (callbacks.md §7.1). Answers where they
   * go now: by one of DingTalk's pages that is the old address, if there was one.
   */
  registerRoute(route: CardRoute): Promise<{ url: string | undefined }>;
};

const Delivered = v.object({
  result: v.nullish(
    v.object({
      deliverResults: v.nullish(
        v.array(v.object({ success: v.nullish(v.boolean(), true), errorMsg: v.nullish(v.string()) })),
        [],
      ),
    }),
  ),
});
const Registered = v.object({
  result: v.fallback(v.nullish(v.object({ callbackUrl: v.nullish(v.string()) })), undefined),
});
type Delivered = v.InferOutput<typeof Delivered>;

export function createCards(call: Caller, robotCode: string): Cards {
  return {
    async createAndDeliver({ outTrackId, templateId, params, to, routeKey }) {
      const operation = 'cards.createAndDeliver';
      const reply = await call({
        operation,
        host: 'api',
        method: 'POST',
        path: '/v1.0/card/instances/createAndDeliver',
        body: {
          outTrackId,
          cardTemplateId: templateId,
          cardData: { cardParamMap: params },
          ...(routeKey !== undefined && { callbackType: 'HTTP', callbackRouteKey: routeKey }),
          userIdType: 1,
          ...spacesOf([to].flat(), robotCode),
        },
        reply: Delivered,
        repeatable: true, // by its id
        rescue: ({ code }): Delivered | undefined => (code === 'param.cardAlreadyExist' ? {} : undefined),
      });
      const failed = reply.result?.deliverResults?.find(({ success }) => !success);
      if (!failed) return;
      const description = failed.errorMsg ?? 'the card was created but delivered to no one';
      throw new DingTalkRefusal(operation, { code: 'card_not_delivered', class: 'gone', status: 200, description });
    },

    async update({ outTrackId, params }) {
      await call({
        operation: 'cards.update',
        host: 'api',
        method: 'PUT',
        path: '/v1.0/card/instances',
        body: {
          outTrackId,
          cardData: { cardParamMap: params },
          cardUpdateOptions: { updateCardDataByKey: true },
        },
        reply: v.unknown(),
        repeatable: true,
      });
    },

    async registerRoute({ routeKey, url, apiSecret, replace }) {
      const reply = await call({
        operation: 'cards.registerRoute',
        host: 'api',
        method: 'POST',
        path: '/v1.0/card/callbacks/register',
        body: { callbackRouteKey: routeKey, callbackUrl: url, apiSecret, forceUpdate: replace },
        reply: Registered,
      });
      return { url: reply.result?.callbackUrl ?? undefined };
    },
  };
}

/** messaging.md §7.1 */
function spacesOf(to: CardSpace[], robotCode: string): Record<string, unknown> {
  const groups = to.filter((space) => 'openConversationId' in space);
  const people = to.filter((space) => 'userId' in space);
  const mention = Object.assign({}, ...groups.map((group) => group.mention));
  return {
    openSpaceId: [
      ...groups.map(({ openConversationId }) => `dtv1.card//IM_GROUP.${openConversationId}`),
      ...people.map(({ userId }) => `dtv1.card//IM_ROBOT.${userId}`),
    ].join(';'),
    ...(groups.length > 0 && {
      imGroupOpenSpaceModel: { supportForward: false },
      imGroupOpenDeliverModel: { robotCode, ...(Object.keys(mention).length > 0 && { atUserIds: mention }) },
    }),
    ...(people.length > 0 && {
      imRobotOpenSpaceModel: { supportForward: false },
      imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode },
    }),
  };
}
