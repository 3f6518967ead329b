import { bill } from '../../gateway/billing.ts';
import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, open, type Route } from '../../gateway/route.ts';
import { isObject, textIn } from '../../json.ts';
import { rememberKey, type State } from '../../world/state.ts';
import type { Subscription } from '../../world/stream.ts';
import { appWith } from '../tokens.ts';

/** POST /v1.0/gateway/connections/open: where to connect, with a ticket for one connection (interactive.md §9.3). */
export function streamRoutes(state: State): Route[] {
  return [open('POST', ROUTE, (call) => openConnection(state, call))];
}

function openConnection(state: State, call: Call): Reply {
  const app = appWith(state, textIn(call.body, 'clientId'), textIn(call.body, 'clientSecret'));
  if (!app) throw newRefusal('stream.credentials', 401, 'authFailed', '鉴权失败');
  bill(state, app.appKey, 'api', `POST ${ROUTE}`);
  if (app.disabled) throw newRefusal('stream.app-disabled', 400, 'apiPermissionDenied', '应用已停用');
  const { subscriptions } = call.body;
  if (!Array.isArray(subscriptions) || subscriptions.length === 0 || !subscriptions.every(isSubscription))
    throw newRefusal(
      'stream.subscriptions',
      400,
      'invalidParameter.param.invalid',
      'subscriptions: {type: EVENT or CALLBACK, topic}',
    );
  const ticket = state.chance.bytes(18).toString('base64url');
  const expiresAt = state.clock.now() + state.settings.stream.ticketMs;
  rememberKey(state.streamTickets, ticket, { appKey: app.appKey, subscriptions, expiresAt }, state.settings.mostKept);
  const answer = { endpoint: `${state.url.replace(/^http/, 'ws')}/connect`, ticket };
  // without `Accept: application/json` the answer is XML (interactive.md §9.3)
  const accepted = call.header('accept') ?? '';
  const anything = state.settings.stream.anyAcceptIsJson && accepted.includes('*/*');
  if (anything || accepted.includes('application/json')) return newOk(answer);
  const members = Object.entries(answer).map(([name, value]) => `<${name}>${value}</${name}>`);
  return { ...newOk(answer), xml: `<?xml version="1.0" encoding="UTF-8"?><result>${members.join('')}</result>` };
}

/** Events have the star only; callbacks the topics of callbacks.md §8; what the gateway says by itself is said anyway. */
function isSubscription(entry: unknown): entry is Subscription {
  if (!isObject(entry) || typeof entry.topic !== 'string') return false;
  return TOPICS[String(entry.type)]?.includes(entry.topic) ?? false;
}

const ROUTE = '/v1.0/gateway/connections/open';

const TOPICS: Record<string, string[] | undefined> = {
  EVENT: ['*'],
  CALLBACK: [
    '/v1.0/im/bot/messages/get',
    '/v1.0/im/bot/messages/delegate',
    '/v1.0/card/instances/callback',
    '/v1.0/card/dynamicData/get',
    '/v1.0/graph/api/invoke',
  ],
  SYSTEM: ['ping', 'disconnect'],
};
