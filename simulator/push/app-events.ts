import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { Push } from '../world/push.ts';
import type { State } from '../world/state.ts';
import { EVENT_TOPIC, listeners } from '../world/stream.ts';
import type { App } from '../world/tenant.ts';
import { consoleDoor, pushEvent } from './push-event.ts';
import { push } from './pushes.ts';
import { asOutgoing, eventData, judgeEvent, overStream, streamMessage } from './stream-push.ts';

/** Does the app hear events, by Stream or at the address of its console? */
export function hearsEvents(state: State, app: App): boolean {
  return streams(state, app) || state.callbackUrl !== undefined;
}

/** An event of the console's subscription: by Stream where the app listens for events, else by HTTP. */
export function pushToApp(state: State, app: App, event: JsonObject): Promise<Push> | undefined {
  if (streams(state, app)) return pushByStream(state, app, event);
  if (!state.callbackUrl) return undefined;
  const door = consoleDoor(state, state.callbackUrl);
  return pushEvent(state, event, { receiver: app.appKey, via: 'console', tamper: undefined, door });
}

function streams(state: State, app: App): boolean {
  return listeners(state.streams, app.appKey, 'EVENT', EVENT_TOPIC).length > 0;
}

/** What the flat HTTP form says in members stands in the frame's headers (callbacks.md §3, §8). */
function pushByStream(state: State, app: App, event: JsonObject): Promise<Push> {
  const headers = {
    eventType: event.EventType,
    eventId: event.eventId,
    eventCorpId: event.CorpId,
    eventBornTime: String(event.EventTime),
    eventUnifiedAppId: unifiedId(app),
  };
  const message = streamMessage(state, app, { type: 'EVENT', topic: EVENT_TOPIC, own: headers }, eventData(event));
  return push(state, {
    door: 'events',
    event,
    request: () => asOutgoing(message),
    carry: (signal) => overStream(state, message, signal),
    judge: (_status, answer) => judgeEvent(answer, state.settings.stream.eventNeedsStatus),
    retries: [...state.settings.streamRetryPlanMs],
    deadlineMs: () => state.settings.stream.deadlineMs,
  });
}

function unifiedId({ appKey }: App): string {
  const hex = createHash('sha256').update(appKey).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
