import { createServer, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TaskEnd, TaskEnded } from '../../lib/approvals/answer-task.ts';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerInChat } from '../../lib/approvals/robot.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';

// Step Functions as its API describes it: a task that is over, and one that was ended before, are refused in the same way.
const heard: { target: unknown; body: Record<string, string> }[] = [];
/** What it does with the next calls; afterwards it takes them. */
const plan: ((answer: ServerResponse) => void)[] = [];
const refuse =
  (status: number, code: string) =>
  (answer: ServerResponse): void =>
    void answer.writeHead(status).end(JSON.stringify({ __type: `com.amazonaws.states#${code}`, message: 'no' }));
const sfn = createServer(async (request, answer) => {
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
  heard.push({ target: request.headers['x-amz-target'], body });
  const next = plan.shift();
  if (next) next(answer);
  else answer.end('{}');
});

let world: Awaited<ReturnType<typeof startTaskWorld>>;
let answerStep: (task: TaskEnd) => Promise<TaskEnded>;
beforeAll(async () => {
  await new Promise<void>((resolve) => sfn.listen(0, '127.0.0.1', resolve));
  const address = sfn.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SFN: `http://127.0.0.1:${address.port}`,
  });
  const { handler } = await import('../../functions/answer-step/handler.ts');
  answerStep = async (task) => v.parse(TaskEnded, await handler(task));
  world = await startTaskWorld();
});
afterAll(async () => {
  await world.close();
  sfn.close();
  sfn.closeAllConnections();
});

/** Asks, answers, and follows until nothing is left to be done; answers what the asker's side then is. */
async function decided(taskToken: string, how: 'approve' | 'nobody' = 'approve') {
  const { deps, close } = world.ports();
  const own = { ...deps, stepTasks: { end: answerStep } };
  const body = {
    question: 'Deploy 1.4?',
    approvers: { people: ['lisi'], quorum: 1 },
    to: ['project'],
    onExpire: 'expire' as const,
    stepFunctions: { taskToken },
  };
  const { approval } = await askApproval(own, { access: EVERYTHING, waitMs: 0, body });
  if (how === 'nobody') world.clock.now += 25 * 3_600_000;
  else await answerInChat(own, 'lisi', { word: how, code: approval.code, comment: '', language: 'en' });
  const tries: (number | undefined)[] = [];
  for (let tried = 0; tried < 5; tried += 1) {
    const outcome = await followApproval(own, approval.id);
    if (!('record' in outcome) || !outcome.behind) break;
    tries.push(outcome.behind.retryInMs);
  }
  const after = await deps.approvals.get(approval.id);
  close();
  return { ...after?.stepFunctions, id: approval.id, tries: tries.length, troubles: after?.troubles };
}

test('a decision is the output of the task', async () => {
  const { id, ...given } = await decided('right');
  expect(given).toEqual({ status: 'given', at: expect.any(String), tries: 0, troubles: undefined });
  const { target, body } = heard.at(-1) ?? {};
  expect([target, body?.taskToken]).toEqual(['AWSStepFunctions.SendTaskSuccess', 'right']);
  expect(JSON.parse(body?.output ?? '')).toMatchObject({
    approvalId: id,
    status: 'decided',
    decision: { choice: 'approve', by: { id: 'lisi' } },
  });
});

test('an end without a decision fails the task', async () => {
  expect(await decided('late', 'nobody')).toMatchObject({ status: 'given' });
  expect(heard.at(-1)).toEqual({
    target: 'AWSStepFunctions.SendTaskFailure',
    body: { taskToken: 'late', error: 'Approval.Expired', cause: 'nobody decided in time' },
  });
});

test.each(['TaskTimedOut', 'InvalidToken', 'TaskDoesNotExist'])(
  '%s at the first call is told as refused',
  async (code) => {
    plan.push(refuse(400, code));
    expect(await decided('gone')).toMatchObject({ status: 'refused', code, tries: 0 });
  },
);

test('what is over after a call whose own answer never came may have been given: it is told as unknown', async () => {
  const before = heard.length;
  plan.push((answer) => void answer.destroy(), refuse(400, 'TaskTimedOut'));
  expect(await decided('lost')).toMatchObject({ status: 'unknown', code: 'TaskTimedOut', tries: 1, troubles: {} });
  expect(heard.length - before).toBe(2);
});

test('what Step Functions could not take is tried again until it does', async () => {
  plan.push(refuse(400, 'AccessDeniedException'), refuse(500, 'InternalServerError'));
  expect(await decided('busy')).toMatchObject({ status: 'given', tries: 2 });
});

test('the answer of a worker that died between the call and its note is not given twice', async () => {
  const { deps, close } = world.ports();
  const body = {
    question: 'Deploy 1.5?',
    approvers: { people: ['lisi'], quorum: 1 },
    to: ['project'],
    onExpire: 'expire' as const,
    stepFunctions: { taskToken: 'died' },
  };
  const { approval } = await askApproval(
    { ...deps, stepTasks: { end: answerStep } },
    { access: EVERYTHING, waitMs: 0, body },
  );
  await answerInChat(deps, 'lisi', { word: 'approve', code: approval.code, comment: '', language: 'en' });
  const dying = world.ports();
  const end = async (task: TaskEnd) => {
    const ended = await answerStep(task);
    dying.life.dead = true;
    return ended;
  };
  await expect(followApproval({ ...dying.deps, stepTasks: { end } }, approval.id)).rejects.toThrow();
  world.clock.now += 120_000;
  plan.push(refuse(400, 'TaskTimedOut'));
  await followApproval({ ...deps, stepTasks: { end: answerStep } }, approval.id);
  expect((await deps.approvals.get(approval.id))?.stepFunctions).toMatchObject({ status: 'unknown' });
  dying.close();
  close();
});
