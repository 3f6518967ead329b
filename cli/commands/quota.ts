import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createMeterTable } from '../../lib/aws/tables/meter-table.ts';
import { createDueTable } from '../../lib/aws/tables/records/due-table.ts';
import { createTaskTable } from '../../lib/aws/tables/task-table.ts';
import { resumeQuota } from '../../lib/messages/limits/resume-quota.ts';
import { bringForward } from '../../lib/records/due.ts';
import { dueTasks } from '../../lib/tasks/follow/chase-tasks.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { type Target, targetOf } from '../stage/target.ts';
import { readUsage } from '../stage/usage-of-month.ts';
import type { Io } from '../terminal.ts';

/** Acts that are shown of each quota. */
const MOST_ACTS = 8;

export const quota: Command = {
  name: 'quota',
  summary: "the month's DingTalk calls beside what the edition allows (MONTHLY_API_CALLS, MONTHLY_WEBHOOK_CALLS)",
  takes: '[resume]',
  examples: [
    'dingdock quota',
    'MONTHLY_API_CALLS=200000 dingdock quota --stage prod',
    'dingdock quota resume --stage prod   # more calls were bought: what waits for the month goes within a minute',
  ],
  async run(io, given) {
    if (given.word !== '' && given.word !== 'resume') throw new UsageError(`quota ${given.word}: did you mean resume?`);
    const target = targetOf(io, given);
    if (given.word === 'resume') return resume(io, target);
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

/** The operator's word that DingTalk takes calls again. */
async function resume(io: Io, target: Target): Promise<number> {
  const quotas = createMeterTable(target.dynamodb, target.table('limits'), io.now);
  const messages = createMessageTable(target.dynamodb, target.table('messages'));
  const ofTasks = { table: target.table('tasks'), lists: target.table('records') };
  const tasks = dueTasks(createTaskTable(target.dynamodb, ofTasks, io.now));
  const records = createDueTable(target.dynamodb, target.table('records'));
  const all = (now: number, until: number) =>
    Promise.all([bringForward(tasks, now, until), bringForward(records, now, until)]);
  const resumed = io.dryRun ? 0 : await resumeQuota({ messages, quotas, bringForward: all, now: io.now });
  target.close();
  const words = io.dryRun
    ? 'would ask DingTalk at once'
    : `${resumed} messages that waited for the month go within a minute, and so do tasks, approvals and files`;
  io.answer({ resumed }, `${io.style.good('✓')} ${words}`);
  return EXIT.done;
}
