import { newOk, newRefusal, type Reply } from './envelope.ts';
import { type Call, guarded, type Route } from './gateway.ts';
import { bytesOf, flagIn, type JsonObject, objectIn, textIn } from './json.ts';
import { deliver } from './messages.ts';
import { rememberKey, type State, tell } from './state.ts';
import { type App, groupById, personById } from './tenant.ts';

export type Card = {
  outTrackId: string;
  appKey: string;
  params: JsonObject;
  privateData: JsonObject;
  callbackRouteKey?: string;
};
export type CardRoute = { callbackUrl: string; apiSecret?: string };

/** Interactive cards (messaging.md §7). */
export function cardRoutes(state: State): Route[] {
  return [
    guarded('POST', '/v1.0/card/instances/createAndDeliver', (call, app) => create(state, call, app)),
    guarded('PUT', '/v1.0/card/instances', (call, app) => update(state, call, app)),
    guarded('POST', '/v1.0/card/callbacks/register', (call) => register(state, call)),
  ];
}

/** messaging.md §7.1 */
function create(state: State, call: Call, app: App): Reply {
  const outTrackId = textIn(call.body, 'outTrackId');
  if (!outTrackId) throw refused('param.outTrackIdEmpty');
  if (outTrackId.length > 64) throw refused('outTrackId.outOfLimit');
  if (!textIn(call.body, 'cardTemplateId')) throw refused('param.templateNotExist');
  const params = paramMap(objectIn(call.body, 'cardData'));
  if (!params) throw refused('param.cardDataEmpty');
  if (state.cards.has(outTrackId)) throw refused('param.cardAlreadyExist');
  const spaces = (textIn(call.body, 'openSpaceId') ?? '').split(';').map((space) => spaceOf(state, space));
  const callbackRouteKey = textIn(call.body, 'callbackRouteKey');
  const route = callbackRouteKey ? { callbackRouteKey } : {};
  const card = { outTrackId, appKey: app.appKey, params, privateData: {}, ...route };
  rememberKey(state.cards, outTrackId, card, state.settings.mostKept);
  const deliverResults = spaces.map(({ spaceType, spaceId }) => {
    const message = deliver(
      state,
      { msgtype: 'card', text: Object.values(params).join('\n'), content: params },
      { conversation: spaceId, via: 'app-robot', sender: app.name, key: outTrackId },
    );
    return { spaceType, spaceId, success: true, carrierId: message.id };
  });
  return newOk({ success: true, result: { outTrackId, deliverResults } });
}

/** messaging.md §7.2: replaces everything unless told to go by key */
function update(state: State, call: Call, app: App): Reply {
  const outTrackId = textIn(call.body, 'outTrackId');
  if (!outTrackId) throw refused('param.outTrackIdEmpty');
  const card = state.cards.get(outTrackId);
  if (!card || card.appKey !== app.appKey) throw refused('param.cardNotExist');
  const cardData = objectIn(call.body, 'cardData');
  const privateData = objectIn(call.body, 'privateData');
  if (!cardData && !privateData) throw refused('param.cardDataAndPrivateDataBothEmpty');
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
  for (const message of state.messages.filter((candidate) => candidate.key === card.outTrackId)) {
    message.content = card.params;
    message.text = Object.values(card.params).join('\n');
    tell(state, 'message', message);
  }
}

/** messaging.md §7.3: an existing key is 500 without force, and no use retrying */
function register(state: State, call: Call): Reply {
  const key = textIn(call.body, 'callbackRouteKey');
  const callbackUrl = textIn(call.body, 'callbackUrl');
  const apiSecret = textIn(call.body, 'apiSecret');
  if (!key) throw refused('param.callbackRouteKeyEmpty');
  if (!callbackUrl) throw refused('param.callbackUrlEmpty');
  if (state.cardRoutes.has(key) && !flagIn(call.body, 'forceUpdate'))
    throw newRefusal(500, 'param.callbackRouteKeyExist', 'callbackRouteKey已存在');
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
      throw refused('param.cardParamMapInvalid');
  }
  return map;
}

function spaceOf(state: State, space: string): { spaceType: string; spaceId: string } {
  const found = /^dtv1\.card\/\/(IM_GROUP|IM_ROBOT)\.(.+)$/.exec(space);
  const [, spaceType = '', spaceId = ''] = found ?? [];
  const known = spaceType === 'IM_GROUP' ? groupById(state.tenant, spaceId) : personById(state.tenant, spaceId);
  if (!known) throw refused('param.openSpaceIdInvalid');
  return { spaceType, spaceId };
}

function refused(code: string) {
  return newRefusal(400, code, code);
}
