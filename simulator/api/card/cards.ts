import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { bytesOf, flagIn, type JsonObject, objectIn, textIn } from '../../json.ts';
import type { Card } from '../../world/records.ts';
import { rememberKey, type State, tell } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { deliverCard, spaceModelsOf, spacesOf } from './card-deliver.ts';
import { refusedCard } from './refusal.ts';
import { cardViewOf } from './templates.ts';

/** Interactive cards (messaging.md §7). */
export function cardRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/card/instances/createAndDeliver', (call, app) => createAndDeliver(state, call, app)),
    guarded('POST', '/v1.0/card/instances', (call, app) => {
      const card = readCard(state, call, app);
      rememberKey(state.cards, card.outTrackId, card, state.settings.mostKept);
      return newOk({ success: true, result: card.outTrackId });
    }),
    guarded('POST', '/v1.0/card/instances/deliver', (call, app) => deliverLater(state, call, app)),
    guarded('PUT', '/v1.0/card/instances', (call, app) => update(state, call, app)),
    guarded('POST', '/v1.0/card/callbacks/register', (call) => register(state, call)),
  ];
}

/** messaging.md §7.1: created and shown in one call */
function createAndDeliver(state: State, call: Call, app: App): Reply {
  const card = readCard(state, call, app);
  const spaces = spacesOf(state, call.body);
  rememberKey(state.cards, card.outTrackId, card, state.settings.mostKept);
  const deliverResults = deliverCard(state, card, spaces, { body: call.body, app });
  return newOk({ success: true, result: { outTrackId: card.outTrackId, deliverResults } });
}

/** The two steps of messaging.md §7.1; here the result is the list itself, as the SDK reads it. */
function deliverLater(state: State, call: Call, app: App): Reply {
  const outTrackId = textIn(call.body, 'outTrackId');
  if (!outTrackId) throw refusedCard('card.deliver-no-id', 'param.outTrackIdEmpty');
  const card = state.cards.get(outTrackId);
  if (!card || card.appKey !== app.appKey) throw refusedCard('card.deliver-unknown', 'param.cardNotExist');
  const result = deliverCard(state, card, spacesOf(state, call.body), { body: call.body, app });
  return newOk({ success: true, result });
}

function readCard(state: State, { body }: Call, app: App): Card {
  const outTrackId = textIn(body, 'outTrackId');
  if (!outTrackId) throw refusedCard('card.no-id', 'param.outTrackIdEmpty');
  if (outTrackId.length > 64) throw refusedCard('card.long-id', 'outTrackId.outOfLimit');
  const templateId = textIn(body, 'cardTemplateId');
  if (!templateId) throw refusedCard('card.no-template', 'param.templateNotExist');
  const params = paramMap(objectIn(body, 'cardData'));
  if (!params) throw refusedCard('card.no-data', 'param.cardDataEmpty');
  if (state.cards.has(outTrackId)) throw refusedCard('card.exists', 'param.cardAlreadyExist');
  const callbackRouteKey = textIn(body, 'callbackRouteKey');
  // a card whose clicks go by HTTP has to say where (messaging.md §7.1)
  if (body.callbackType === 'HTTP' && !callbackRouteKey)
    throw refusedCard('card.no-route-key', 'param.callbackRouteKeyEmpty');
  const callbackType = (['STREAM', 'HTTP'] as const).find((kind) => kind === body.callbackType);
  const route = { ...(callbackRouteKey ? { callbackRouteKey } : {}), ...(callbackType ? { callbackType } : {}) };
  return {
    outTrackId,
    templateId,
    appKey: app.appKey,
    params,
    privateData: {},
    spaceModels: spaceModelsOf(body),
    ...route,
  };
}

/** messaging.md §7.2: replaces everything unless updating by key is asked for */
function update(state: State, call: Call, app: App): Reply {
  const outTrackId = textIn(call.body, 'outTrackId');
  if (!outTrackId) throw refusedCard('card.update-no-id', 'param.outTrackIdEmpty');
  const card = state.cards.get(outTrackId);
  if (!card || card.appKey !== app.appKey) throw refusedCard('card.update-unknown', 'param.cardNotExist');
  const cardData = objectIn(call.body, 'cardData');
  const privateData = objectIn(call.body, 'privateData');
  if (!cardData && !privateData) throw refusedCard('card.update-nothing', 'param.cardDataAndPrivateDataBothEmpty');
  const options = objectIn(call.body, 'cardUpdateOptions');
  const params = paramMap(cardData);
  if (params) changeCard(state, card, params, flagIn(options, 'updateCardDataByKey'));
  if (privateData)
    card.privateData = flagIn(options, 'updatePrivateDataByKey')
      ? { ...card.privateData, ...privateData }
      : privateData;
  return newOk({ success: true, result: true });
}

export function changeCard(state: State, card: Card, params: JsonObject, byKey: boolean): void {
  card.params = byKey ? { ...card.params, ...params } : params;
  for (const message of state.messages.filter((candidate) => candidate.outTrackId === card.outTrackId)) {
    message.content = card.params;
    const view = cardViewOf(state, card);
    if (view) message.card = view;
    message.text = Object.values(card.params).join('\n');
    tell(state, 'message', message);
  }
}

/** messaging.md §7.3: an existing key is 500 without force, and a retry does not help */
function register(state: State, call: Call): Reply {
  const key = textIn(call.body, 'callbackRouteKey');
  const callbackUrl = textIn(call.body, 'callbackUrl');
  const apiSecret = textIn(call.body, 'apiSecret');
  if (!key) throw refusedCard('card.register-no-key', 'param.callbackRouteKeyEmpty');
  if (!callbackUrl) throw refusedCard('card.register-no-url', 'param.callbackUrlEmpty');
  if (state.cardRoutes.has(key) && !flagIn(call.body, 'forceUpdate'))
    throw newRefusal('card.register-exists', 500, 'param.callbackRouteKeyExist', 'callbackRouteKey已存在');
  const route = { callbackUrl, ...(apiSecret ? { apiSecret } : {}) };
  state.cardRoutes.set(key, route);
  return newOk({ success: true, result: route });
}

/** Values are strings of at most 1 KB under keys of at most 100 bytes (messaging.md §7.1). */
export function paramMap(data: JsonObject | undefined): JsonObject | undefined {
  const map = objectIn(data, 'cardParamMap');
  if (!map) return undefined;
  for (const [key, value] of Object.entries(map)) {
    if (typeof value !== 'string' || bytesOf(value) > 1024 || bytesOf(key) > 100)
      throw refusedCard('card.values', 'param.cardParamMapInvalid');
  }
  return map;
}
