import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { answerApproval } from '../../lib/events/reactions/answer-approval.ts';
import { answerCommand } from '../../lib/events/reactions/answer-command.ts';
import { tapTask } from '../../lib/events/reactions/tap-task.ts';
import { dispatchTask } from '../../lib/tasks/dispatch-task.ts';
import { followTask } from '../../lib/tasks/follow/follow.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

// Two apps of two organisations: a userId of one is somebody else's in the other.

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

const CORPS: Record<string, string> = { default: 'dingsimcorp', other: 'dingothercorp' };

test('people of another organisation who have the same userId neither see nor change anything', async () => {
  const { deps } = world.ports();
  const body = { title: '结账', assignees: ['zhangsan'], completion: 'all' as const, tell: 'every' as const };
  const { task } = await dispatchTask(deps, { access: EVERYTHING, body: { ...body, partial: false } });
  await followTask(deps, task.id);
  const approvers = { people: ['zhangsan'], quorum: 1 };
  const question = { question: 'Deploy?', approvers, to: ['project'], onExpire: 'expire' as const };
  const { approval } = await askApproval(deps, { access: EVERYTHING, waitMs: 0, body: question });
  const said: string[] = [];
  const ports = {
    ...deps,
    deeds: { take: async () => ({ granted: true as const }), mayTell: async () => true },
    corpIdOf: (app: string) => CORPS[app],
    appNamed: () => ({ reply: async (_: unknown, text: string) => void said.push(text) }),
  };
  // what a message says of its organisation is not signed
  const event = (app: string, type: string, data: object) =>
    ({
      id: 'e',
      type,
      app,
      corpId: 'dingsimcorp',
      occurredAt: '2026-06-01T00:00:00Z',
      data: { ...data },
      raw: '',
    }) as const;
  const say = async (app: string, content: string) => {
    const message = { text: { content }, senderStaffId: 'zhangsan', conversationType: '1', conversationId: 'cid' };
    const heard = event(app, 'robot.message', message);
    await (answerApproval(ports)(heard) ?? answerCommand(ports)(heard))?.run();
    return said.pop() ?? '';
  };
  const tap = (app: string) =>
    tapTask(ports)(
      event(app, 'card.click', { outTrackId: `dingdock-task-${task.id}`, userId: 'zhangsan', actionIds: ['done'] }),
    )?.run();
  const state = async () => [(await deps.tasks.get(task.id))?.status, (await deps.approvals.get(approval.id))?.status];

  expect(await say('other', `同意 ${approval.code}`)).toContain('没有找到你的审批');
  expect(await say('other', `状态 ${approval.code}`)).not.toContain('Deploy?');
  for (const command of ['任务', `状态 ${task.number}`, `完成 ${task.number}`])
    expect(await say('other', command)).not.toMatch(/结账|https:/);
  await tap('other');
  expect(await state()).toEqual(['assigned', 'pending']);

  expect(await say('default', '任务')).toContain('结账');
  await tap('default');
  await say('default', `同意 ${approval.code}`);
  expect(await state()).toEqual(['done', 'decided']);
});
