import { quotaMonth } from '../../lib/base/quota/month.ts';

/** Does what holds within a month of DingTalk's: once more, when the month turned meanwhile. */
export async function withinMonth(run: () => Promise<void>): Promise<void> {
  const month = quotaMonth(Date.now());
  await run().catch((error: unknown) => {
    if (quotaMonth(Date.now()) === month) throw error;
    return run();
  });
}
