import { changeCard, paramMap } from '../api/card/cards.ts';
import { bill } from '../gateway/billing.ts';
import { Refusal } from '../gateway/envelope.ts';
import { flagIn, type JsonObject, objectIn, parseObject } from '../json.ts';
import { push, type Verdict } from '../push/pushes.ts';
import { cardSign } from '../world/crypto.ts';
import type { Push } from '../world/push.ts';
import type { CardRoute } from '../world/records.ts';
import type { State } from '../world/state.ts';
import { mainApp } from '../world/tenant.ts';

export type Click = { outTrackId: string; userId: string; actionId: string; params: JsonObject };

/** A tap on a card's button (callbacks.md §7.2-7.4). */
export function click(
  state: State,
  base: string | undefined,
  { outTrackId, userId, actionId, params }: Click,
): Promise<Push> {
  const route = routeOf(state, outTrackId);
  const event: JsonObject = {
    type: 'actionCallback',
    outTrackId,
    corpId: state.tenant.corpId,
    userId,
    content: JSON.stringify({ cardPrivateData: { actionIds: [actionId], params } }),
  };
  // which quota a card's callbacks use is not known (interactive.md §12, doubt 4)
  if (state.settings.cardCallbacksCharged) bill(state, appOf(state, outTrackId), 'webhook', 'card callback');
  const secret = route ? route.apiSecret : state.tenant.cardSecret;
  return push(state, {
    door: 'cards',
    event,
    request: () => {
      const timestamp = String(state.clock.wall());
      const proof = secret
        ? { 'x-ddpaas-signature-timestamp': timestamp, 'x-ddpaas-signature': cardSign(secret, timestamp) }
        : {};
      return {
        url: route?.callbackUrl ?? `${base}/dingtalk/cards`,
        headers: { 'content-type': 'application/json', ...proof },
        body: JSON.stringify(event),
      };
    },
    judge: (_status, answer) => judge(state, outTrackId, answer),
    retries: [],
  });
}

/** Of an unknown card: the app of the fixtures. */
function appOf(state: State, outTrackId: string): string {
  return state.cards.get(outTrackId)?.appKey ?? mainApp.appKey;
}

export function routeOf(state: State, outTrackId: string): CardRoute | undefined {
  return state.cardRoutes.get(state.cards.get(outTrackId)?.callbackRouteKey ?? '');
}

/** All members are optional, all values strings (callbacks.md §7.4); cardData updates the existing card. */
function judge(state: State, outTrackId: string, answer: string): Verdict {
  if (answer.trim() === '') return { valid: true, answer };
  const body = parseObject(answer);
  if (!body) return { valid: false, reason: 'not JSON', answer };
  try {
    const params = paramMap(objectIn(body, 'cardData'));
    paramMap(objectIn(body, 'userPrivateData'));
    const card = state.cards.get(outTrackId);
    if (card && params)
      changeCard(state, card, params, flagIn(objectIn(body, 'cardUpdateOptions'), 'updateCardDataByKey'));
    return { valid: true, answer };
  } catch (error) {
    if (error instanceof Refusal) return { valid: false, reason: error.reply.code, answer };
    throw error;
  }
}
