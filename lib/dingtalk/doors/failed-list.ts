import * as v from 'valibot';
import type { Caller } from '../transport/call.ts';

/** What DingTalk could not push: `entries` as they are (callbacks.md §1.1). */
export type FailedPage = { entries: Record<string, unknown>[]; hasMore: boolean };

export type FailedList = {
  /**
   * The next at most 200 entries. Reading clears: a call removes what the one before returned, so keep a page before
   * asking for the next. Never repeated: a repeat would clear the entries of an answer that was lost.
   */
  next(): Promise<FailedPage>;
};

const Page = v.pipe(
  v.object({
    failed_list: v.nullish(v.array(v.record(v.string(), v.unknown())), []),
    has_more: v.nullish(v.boolean(), false),
  }),
  v.transform(({ failed_list, has_more }) => ({ entries: failed_list, hasMore: has_more })),
);

/** No callback is registered, so nothing can have failed (callbacks.md §1.2). */
const NONE_REGISTERED = '71007';

export function createFailedList(call: Caller): FailedList {
  return {
    next: () =>
      call({
        operation: 'failedList.next',
        host: 'oapi',
        method: 'GET',
        path: '/call_back/get_call_back_failed_result',
        reply: Page,
        rescue: ({ code }) => (code === NONE_REGISTERED ? { entries: [], hasMore: false } : undefined),
      }),
  };
}
