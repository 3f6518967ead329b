import { newOk, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { flagIn, textIn } from '../../json.ts';
import type { Card } from '../../world/records.ts';
import { rememberKey, type State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { changeCard } from './cards.ts';
import { refusedCard } from './refusal.ts';

/** PUT /v1.0/card/streaming: a value of a card that is extended step by step (messaging.md §7.4). */
export function cardStreamingRoutes(state: State): Route[] {
  return [guarded('PUT', '/v1.0/card/streaming', (call, app) => stream(state, call, app))];
}

/**
 * The sizes are advice, so none is refused. The same guid again changes nothing; `isFull` brings the whole text, else
 * the end is added (messaging.md §7.4).
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
  if (!state.streamed.has(`${outTrackId} ${guid}`)) {
    rememberKey(state.streamed, `${outTrackId} ${guid}`, true, state.settings.mostKept);
    const value = flagIn(call.body, 'isFull') ? content : `${before(card, key)}${content}`;
    changeCard(state, card, { [key]: value }, true);
  }
  return newOk({ success: true, result: true });
}

function before(card: Card, key: string): string {
  return String(card.params[key] ?? '');
}
