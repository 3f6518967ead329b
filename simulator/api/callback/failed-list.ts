import { oldOk } from '../../gateway/envelope.ts';
import { guarded, type Route } from '../../gateway/route.ts';
import type { JsonObject } from '../../json.ts';
import type { Push } from '../../world/push.ts';
import type { State } from '../../world/state.ts';

/** GET /call_back/get_call_back_failed_result (callbacks.md §1.1): the pushes whose last retry failed. */
export function failedListRoutes(state: State): Route[] {
  return [
    guarded('GET', '/call_back/get_call_back_failed_result', () => {
      // reading clears: a call removes what the PREVIOUS call returned
      for (const push of state.pushes) if (state.failedListShown.has(push.id)) delete push.failedAt;
      const waiting = waitingPushes(state);
      const page = waiting.slice(0, PAGE);
      state.failedListShown = new Set(page.map((push) => push.id));
      // DingTalk's samples show both members even when there is nothing (so oldOk must not drop them)
      const reply = oldOk();
      return {
        ...reply,
        body: { ...reply.body, has_more: waiting.length > PAGE, failed_list: page.map((p) => entry(state, p)) },
      };
    }),
  ];
}

/** Pushes that the next call would return. */
export function waitingPushes(state: State): Push[] {
  const now = state.clock.now();
  return state.pushes.filter(
    (push) =>
      push.state === 'failed-list' &&
      push.failedAt !== undefined &&
      push.failedAt + state.settings.failedListDelayMs <= now &&
      !state.failedListShown.has(push.id),
  );
}

/** The old shape: no eventId, own fields under a name that depends on the tag, userid beside corpid (callbacks.md §1.1). */
function entry(state: State, push: Push): JsonObject {
  const { EventType, EventTime, TimeStamp, CorpId: _, BizId: __, eventId: ___, ...own } = push.event;
  const tag = String(EventType);
  const users = Object.entries(own).find(([key]) => key.toLowerCase() === 'userid')?.[1];
  const payload = tag.startsWith('user_') && users !== undefined ? { userid: users } : { [payloadKey(tag)]: own };
  return {
    call_back_tag: tag,
    event_time: Number(EventTime ?? TimeStamp),
    [tag]: { corpid: state.tenant.corpId, ...payload },
  };
}

function payloadKey(tag: string): string {
  if (tag.startsWith('bpms_')) return 'bpmsCallBackData';
  return tag.startsWith('label_') ? 'roleLabelChange' : 'callbackData';
}

const PAGE = 200;
