import { afterAll, beforeAll, expect, test } from 'vitest';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerInChat } from '../../lib/approvals/robot.ts';
import { queueDue } from '../../lib/records/due.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

const HOUR_MS = 3_600_000;

let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  world = await startTaskWorld();
});
afterAll(() => world.close());

/** A question to three that is open for so long, which lisi has answered. */
async function answeredByOne(openMs: number) {
  const { deps, outbox, close } = world.ports();
  const body = {
    question: 'Deploy 1.4?',
    approvers: { people: ['zhangsan', 'lisi', 'wangwu'], quorum: 3 },
    to: ['project'],
    expiresAt: new Date(world.clock.now + openMs).toISOString(),
    onExpire: 'expire' as const,
  };
  const { approval } = await askApproval(deps, { access: EVERYTHING, waitMs: 0, body });
  await answerInChat(deps, 'lisi', { word: 'approve', code: approval.code, comment: '', language: 'en' });
  await followApproval(deps, approval.id);
  /** What goes out once so much time is over, found by the look at what is due. */
  const after = async (ms: number) => {
    world.clock.now += ms;
    outbox.length = 0;
    const queued: string[] = [];
    const records = { put: async (id: string) => void queued.push(id) };
    await queueDue({ due: deps.due, records, now: deps.now });
    for (const id of queued) await followApproval(deps, id);
    const messages = await Promise.all(outbox.map(({ messageId }) => deps.messages.get(messageId)));
    return messages.map((message, at) => JSON.stringify([outbox[at]?.destination, message?.content]));
  };
  return { approval, after, close };
}

test('who has not answered is asked once more, one-to-one, when three quarters of the time are over', async () => {
  const { approval, after, close } = await answeredByOne(4 * HOUR_MS);
  expect(await after(2.9 * HOUR_MS)).toEqual([]);
  const [again = '', ...more] = await after(0.2 * HOUR_MS);
  expect(more).toEqual([]);
  expect(again).toContain(approval.code);
  expect(again).toMatch(/zhangsan.*wangwu/);
  expect(again).not.toContain('lisi');
  expect(await after(0.3 * HOUR_MS)).toEqual([]);
  // the end is told where it was asked
  expect(await after(HOUR_MS)).toEqual([expect.stringContaining('"project"')]);
  close();
});

test('a question that is open for less than half an hour is not asked again', async () => {
  const { after, close } = await answeredByOne(HOUR_MS / 3);
  expect(await after(HOUR_MS / 3 - 1_000)).toEqual([]);
  expect(await after(1_000)).toHaveLength(1);
  close();
});
