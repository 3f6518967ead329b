import { randomUUID } from 'node:crypto';
import { TaskPlan } from '../../contract/answers/plans.ts';
import { TaskView } from '../../contract/answers/tasks.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { planLinesOf } from '../outcome.ts';
import { jsonFile } from '../request.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';

export const task: Command = {
  name: 'task',
  takes: '[title...]',
  summary: 'dispatch a task: a to-do for each assignee, and a message that mentions them',
  options: {
    assign: { type: 'string', value: '<userIds>', help: 'the assignees, with commas between' },
    notify: { type: 'string', value: '<names>', help: 'destinations that hear of it' },
    due: { type: 'string', value: '<time>', help: 'such as 2026-01-31T18:00:00+08:00' },
    description: { type: 'string', value: '<text>', help: 'what it is about' },
    body: { type: 'string', value: '<file>', help: 'a whole request as POST /tasks takes it, `-` is stdin' },
    'idempotency-key': { type: 'string', value: '<text>', help: 'the same key is the same task' },
  },
  examples: [
    "dingdock task '看一下新版本' --assign zhangsan,lisi --notify ops",
    "dingdock task 'Renew the certificate' --assign lisi --due 2026-01-31T18:00:00+08:00 --stage prod",
  ],
  async run(io, given) {
    const title = given.positionals.join(' ');
    const assignees = given.list('assign');
    const [due, description] = [given.text('due'), given.text('description')];
    const file = given.text('body');
    if (file === undefined && (title === '' || !assignees))
      throw new UsageError('task needs a title and --assign <userIds>');
    const body =
      file !== undefined
        ? await jsonFile(file)
        : {
            title,
            assignees,
            ...(given.list('notify') && { notify: given.list('notify') }),
            ...(due !== undefined && { due }),
            ...(description !== undefined && { description }),
          };
    const api = apiOf(io, given, targetOf(io, given));
    if (io.dryRun) {
      const plan = await api.call(TaskPlan, 'POST /tasks?dryRun=true', body);
      const names = plan.assignees.map(({ userId, name }) => name ?? userId);
      io.answer(plan, `would dispatch a task to ${names.join(', ')}`, ...planLinesOf(plan, io.style));
      return EXIT.done;
    }
    const headers = { 'idempotency-key': given.text('idempotency-key') ?? randomUUID() };
    const made = await api.call(TaskView, 'POST /tasks', body, headers);
    io.answer(made, `${io.style.good('✓')} ${made.id} #${made.number} ${made.status}`);
    return made.status === 'failed' ? EXIT.failed : EXIT.done;
  },
};
