import { newOk, newRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { bytesOf, flagIn, type JsonObject, textIn } from '../../json.ts';
import type { Card } from '../../world/records.ts';
import { rememberKey, type State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { changeCard } from './cards.ts';
import { refusedCard } from './refusal.ts';
import { flows } from './templates.ts';

/** PUT /v1.0/card/streaming: a value of a card that is extended step by step (messaging.md §7.4). */
export function cardStreamingRoutes(state: State): Route[] {
  return [guarded('PUT', '/v1.0/card/streaming', (call, app) => stream(state, call, app))];
}

/**
 * The same guid again changes nothing; `isFull` brings the whole text, else the end is added (messaging.md §7.4). Beyond
 * the size in all, which DingTalk gives as advice, the call is refused (interactive.md §2.4).
 */
function stream(state: State, call: Call, app: App): Reply {
  const outTrackId = textIn(call.body, 'outTrackId');
  if (!outTrackId) throw refusedCard('card.stream-no-id', 'param.outTrackIdEmpty');
  const card = state.cards.get(outTrackId);
  if (!card || card.appKey !== app.appKey) throw refusedCard('card.stream-unknown', 'param.cardNotExist');
  const guid = textIn(call.body, 'guid');
  const key = textIn(call.body, 'key');
  const { content } = call.body;
  if (!guid || !key || typeof content !== 'string') throw refusedCard('card.stream-member', 'param.empty');
  const value = flagIn(call.body, 'isFull') ? content : `${before(card, key)}${content}`;
  const { streamBytes } = state.settings.cards;
  if (streamBytes > 0 && bytesOf(value) > streamBytes)
    throw newRefusal('card.stream-too-long', 400, 'param.stream.content', 'content is too large');
  if (!state.streamed.has(`${outTrackId} ${guid}`)) {
    rememberKey(state.streamed, `${outTrackId} ${guid}`, true, state.settings.mostKept);
    changeCard(state, card, { [key]: value, ...flowOf(card, call.body) }, true);
  }
  return newOk({ success: true, result: true });
}

/** Where the template shows how far it is: typing, finished, failed (interactive.md §2.1). */
function flowOf({ templateId }: Card, body: JsonObject): JsonObject {
  if (!flows(templateId)) return {};
  if (flagIn(body, 'isError')) return { flowStatus: '5' };
  return { flowStatus: flagIn(body, 'isFinalize') ? '3' : '2' };
}

function before(card: Card, key: string): string {
  return String(card.params[key] ?? '');
}
