import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { TaskEnded } from '../../lib/approvals/answer-task.ts';
import { askApproval } from '../../lib/approvals/ask-approval.ts';
import { followApproval } from '../../lib/approvals/follow.ts';
import { answerInChat } from '../../lib/approvals/robot.ts';
import { createJsonCall, type JsonCall } from '../../lib/aws/json-call.ts';
import { EVERYTHING } from '../support/access.ts';
import { startTaskWorld } from '../support/task-world.ts';
import { newAccount } from './world.ts';

// Right and forged tokens against the state machines of moto, which runs them.
const region = 'us-east-1';
const Queue = v.object({ QueueUrl: v.string() });
const Received = v.object({ Messages: v.optional(v.array(v.object({ Body: v.string() })), []) });
const Asked = v.object({ token: v.string() });
const Machine = v.object({ stateMachineArn: v.string() });
const Execution = v.object({ executionArn: v.string() });
const Described = v.object({
  status: v.string(),
  output: v.optional(v.string()),
  error: v.optional(v.string()),
});

let sqs: JsonCall;
let states: JsonCall;
let queue: string;
let world: Awaited<ReturnType<typeof startTaskWorld>>;
beforeAll(async () => {
  const url = inject('aws');
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SFN: url,
  });
  sqs = createJsonCall({ url, service: 'sqs', region, timeoutMs: 20_000, attempts: 1 });
  states = createJsonCall({ url, service: 'states', region, timeoutMs: 20_000, attempts: 1 });
  world = await startTaskWorld();
});
/** moto's Step Functions begin one execution, and fail at the next. */
beforeEach(async () => {
  await newAccount();
  const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
  await fetch(`${inject('aws')}/moto-api/config`, { method: 'POST', body });
  queue = v.parse(Queue, await sqs('AmazonSQS.CreateQueue', { QueueName: 'asks' })).QueueUrl;
});
afterAll(() => world.close());

/** It asks by a queue, and waits for the answer. */
function machineThatAsks(QueueUrl: string) {
  const definition = {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: { QueueUrl, MessageBody: { 'token.$': '$$.Task.Token' } },
        End: true,
      },
    },
  };
  const roleArn = 'arn:aws:iam::123456789012:role/steps';
  return { name: 'asks', definition: JSON.stringify(definition), roleArn };
}

/** An execution, and the token of its task. */
async function waiting(): Promise<{ execution: string; token: string }> {
  const made = v.parse(Machine, await states('AWSStepFunctions.CreateStateMachine', machineThatAsks(queue)));
  const started = await states('AWSStepFunctions.StartExecution', { ...made, name: 'one', input: '{}' });
  let token = '';
  const look = async () => {
    const { Messages } = v.parse(Received, await sqs('AmazonSQS.ReceiveMessage', { QueueUrl: queue }));
    for (const { Body } of Messages) ({ token } = v.parse(Asked, JSON.parse(Body)));
    return token;
  };
  await expect.poll(look).not.toBe('');
  return { execution: v.parse(Execution, started).executionArn, token };
}

const latest = async (executionArn: string) =>
  v.parse(Described, await states('AWSStepFunctions.DescribeExecution', { executionArn }));

/** Asks for a task, and lets somebody answer, or nobody; answers what the approval says of the task. */
async function answered(taskToken: string, word?: 'approve' | 'reject') {
  const { handler } = await import('../../functions/answer-step/handler.ts');
  const { deps, close } = world.ports();
  const end = async (task: object) => v.parse(TaskEnded, await handler(task));
  const own = { ...deps, stepTasks: { end } };
  const body = {
    question: 'Deploy 1.4?',
    approvers: { people: ['lisi'], quorum: 1 },
    to: ['project'],
    onExpire: 'expire' as const,
    stepFunctions: { taskToken },
  };
  const { approval } = await askApproval(own, { access: EVERYTHING, waitMs: 0, body });
  if (word) await answerInChat(own, 'lisi', { word, code: approval.code, comment: '', language: 'en' });
  else world.clock.now += 25 * 3_600_000;
  await followApproval(own, approval.id);
  const after = await deps.approvals.get(approval.id);
  close();
  return after?.stepFunctions;
}

test.each(['approve', 'reject'] as const)('a state machine goes on with the decision to %s', async (choice) => {
  const { execution, token } = await waiting();
  expect((await latest(execution)).status).toBe('RUNNING');
  expect(await answered(token, choice)).toMatchObject({ status: 'given' });
  await expect.poll(() => latest(execution)).toMatchObject({ status: 'SUCCEEDED' });
  const { output = '' } = await latest(execution);
  expect(JSON.parse(output)).toMatchObject({ status: 'decided', decision: { choice, by: { id: 'lisi' } } });
});

test('a state machine fails by name when nobody decided', async () => {
  const { execution, token } = await waiting();
  expect(await answered(token)).toMatchObject({ status: 'given' });
  await expect.poll(() => latest(execution)).toMatchObject({ status: 'FAILED', error: 'Approval.Expired' });
});

test('a forged token is refused, told so, and ends no execution', async () => {
  const { execution, token } = await waiting();
  const forged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  expect(await answered(forged, 'approve')).toMatchObject({ status: 'refused', code: expect.any(String) });
  expect((await latest(execution)).status).toBe('RUNNING');
  expect(await answered(token, 'approve')).toMatchObject({ status: 'given' });
  await expect.poll(() => latest(execution)).toMatchObject({ status: 'SUCCEEDED' });
});
