import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { targetOf } from '../stage/target.ts';
import { readUsage } from '../stage/usage-of-month.ts';

/** Acts that are shown of each quota. */
const MOST_ACTS = 8;

export const quota: Command = {
  name: 'quota',
  summary: "the month's DingTalk calls beside what the edition allows (MONTHLY_API_CALLS, MONTHLY_WEBHOOK_CALLS)",
  examples: ['dingdock quota', 'MONTHLY_API_CALLS=200000 dingdock quota --stage prod'],
  async run(io, given) {
    const target = targetOf(io, given);
    const usage = await readUsage(io, target);
    target.close();
    const lines = usage.meters.flatMap(({ name, used, unanswered, quota: allowed, acts }) => {
      const share = Math.round((used / allowed) * 100);
      const nearly = share >= 80 ? io.style.warn : io.style.good;
      const paint = share >= 100 ? io.style.bad : nearly;
      const open = unanswered > 0 ? `, ${unanswered} without an answer` : '';
      return [
        `${name.padEnd(8)} ${paint(`${String(used).padStart(6)} of ${allowed} (${share} %)`)}${open}`,
        ...acts
          .slice(0, MOST_ACTS)
          .map(({ app, act, calls }) => `${String(calls).padStart(15)} ${act} ${app}`.trimEnd()),
      ];
    });
    const ban =
      usage.bannedUntil === undefined
        ? []
        : [io.style.bad(`DingTalk bans the egress address until ${usage.bannedUntil}`)];
    io.answer(usage, `${usage.month}, Beijing time`, ...lines, ...ban);
    return EXIT.done;
  },
};
