import { changeCard, paramMap } from '../api/card/cards.ts';
import { isOfficial } from '../api/card/templates.ts';
import { bill } from '../gateway/billing.ts';
import { Refusal } from '../gateway/envelope.ts';
import { flagIn, type JsonObject, objectIn, parseObject } from '../json.ts';
import { push, type Verdict } from '../push/pushes.ts';
import { asOutgoing, overStream, streamMessage } from '../push/stream-push.ts';
import { cardSign } from '../world/crypto.ts';
import type { CardRoute } from '../world/records.ts';
import { isOff } from '../world/refusals.ts';
import type { State } from '../world/state.ts';
import { CARD_TOPIC, listeners } from '../world/stream.ts';
import { type App, groupById, mainApp } from '../world/tenant.ts';

export type Click = { outTrackId: string; userId: string; actionId: string; params: JsonObject };

/**
 * A tap on a card's button (callbacks.md §7.2-7.4): by Stream for a card that was made so, or where its app listens and
 * the card says nothing of HTTP.
 */
export function click(state: State, base: string | undefined, { outTrackId, userId, actionId, params }: Click) {
  const card = state.cards.get(outTrackId);
  const event: JsonObject = {
    type: 'actionCallback',
    outTrackId,
    corpId: state.tenant.corpId,
    userId,
    content: JSON.stringify({ cardPrivateData: { actionIds: [actionId], params } }),
  };
  const app = appOf(state, outTrackId);
  // which quota a card's callbacks use is not known (interactive.md §12, doubt 4)
  if (state.settings.cardCallbacksCharged) bill(state, app.appKey, 'webhook', 'card callback');
  const common = { door: 'cards' as const, event, retries: [], deadlineMs: () => state.settings.cardDeadlineMs };
  if (hearsTaps(state, outTrackId)) {
    const { spaceType, spaceId } = spaceOf(state, outTrackId, userId);
    const data = { ...event, extension: '{}', spaceType, spaceId, userIdType: 1 };
    const message = streamMessage(state, app, { type: 'CALLBACK', topic: CARD_TOPIC }, data);
    return push(state, {
      ...common,
      request: () => asOutgoing(message),
      carry: (signal) => overStream(state, message, signal),
      // the answer of an HTTP callback stands in `response` (callbacks.md §8)
      judge: (_status, answer) => judge(state, outTrackId, JSON.stringify(parseObject(answer)?.response ?? {})),
    });
  }
  const route = card?.callbackType === 'STREAM' ? undefined : routeOf(state, outTrackId);
  const secret = route ? route.apiSecret : state.tenant.cardSecret;
  return push(state, {
    ...common,
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
  });
}

/** A public template's taps were seen by Stream only (interactive.md §2.1), so by HTTP they are lost unless a setting says else. */
export function isSilent(state: State, outTrackId: string): boolean {
  const templateId = state.cards.get(outTrackId)?.templateId ?? '';
  if (state.settings.cards.officialTapsByHttp || isOff(state, 'card.official-by-http')) return false;
  return isOfficial(templateId) && !hearsTaps(state, outTrackId);
}

/** A card of the Stream kind is never told by HTTP (messaging.md §7.1). */
export function hearsTaps(state: State, outTrackId: string): boolean {
  const card = state.cards.get(outTrackId);
  if (card?.callbackType === 'STREAM') return true;
  const byHttp = card?.callbackType === 'HTTP' || card?.callbackRouteKey !== undefined;
  return !byHttp && listeners(state.streams, appOf(state, outTrackId).appKey, 'CALLBACK', CARD_TOPIC).length > 0;
}

/** Of an unknown card: the app of the fixtures. */
function appOf(state: State, outTrackId: string): App {
  const appKey = state.cards.get(outTrackId)?.appKey;
  return state.tenant.apps.find((app) => app.appKey === appKey) ?? mainApp;
}

/** Where the person sees the card. */
function spaceOf(state: State, outTrackId: string, userId: string) {
  const shown = state.messages.filter((message) => message.outTrackId === outTrackId);
  const conversation = (shown.find((message) => message.conversation === userId) ?? shown[0])?.conversation ?? userId;
  return { spaceType: groupById(state.tenant, conversation) ? 'IM_GROUP' : 'IM_ROBOT', spaceId: conversation };
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
    if (error instanceof Refusal && isOff(state, error.id)) return { valid: true, answer };
    if (error instanceof Refusal) return { valid: false, reason: error.reply.code, answer };
    throw error;
  }
}
