import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { act, api, busEvents, request, messagesIn, sim, urls } = await stackClient();

const QUESTION = { question: 'Deploy 1.4?', approvers: { people: ['zhangsan', 'lisi'] }, to: 'project' };

async function asked(more: object = {}) {
  const { status, body } = await api('POST', '/approvals', { ...QUESTION, ...more });
  expect([status, body.status]).toEqual([201, 'pending']);
  return body;
}
const latest = async (id: string) => (await api('GET', `/approvals/${id}`)).body;
const form = (page: string, fields: Record<string, string>) => {
  const { searchParams, pathname } = new URL(page);
  const body = new URLSearchParams({ ...Object.fromEntries(searchParams), ...fields }).toString();
  return request('POST', `${urls.api}${pathname}`, body, { 'content-type': 'application/x-www-form-urlencoded' });
};
const textsIn = async (conversation: string): Promise<string[]> =>
  (await messagesIn(conversation)).map((message: object) => JSON.stringify(message));

test('a question is asked in the group, decided once on the page, and told there', async () => {
  const approval = await asked();
  expect(approval).toMatchObject({
    code: expect.stringMatching(/^A-[2-9A-Z]{4}$/),
    choices: [{ id: 'approve' }, { id: 'reject' }],
  });
  await expect.poll(() => textsIn('cidProject=')).toContainEqual(expect.stringContaining(approval.code));
  const tap = await form(approval.links.pages.lisi, { choice: 'approve', comment: '看过了' });
  expect(tap.status).toBe(303);
  const late = await form(approval.links.pages.zhangsan, { choice: 'reject' });
  expect(late.status).toBe(409);
  expect(late.text).toContain('在你点击之前，审批已经结束');
  const decided = await latest(approval.id);
  expect(decided).toMatchObject({
    status: 'decided',
    decision: { choice: 'approve', by: { type: 'person', id: 'lisi', via: 'page' }, comment: '看过了' },
    answers: [{ userId: 'lisi', choice: 'approve' }],
  });
  expect(decided.history.map(({ action }: { action: string }) => action)).toEqual(['asked', 'decided']);
  await expect.poll(() => textsIn('cidProject=')).toContainEqual(expect.stringContaining('看过了'));
});

test('a word to the robot answers for whoever said it, and for nobody else', async () => {
  const approval = await asked({ approvers: { people: ['lisi'] } });
  const say = (from: string, text: string) => act('/say', { from, text, conversation: 'cidProject=' });
  await say('wangwu', `同意 ${approval.code}`);
  await expect
    .poll(() => textsIn('cidProject='))
    .toContainEqual(expect.stringContaining(`没有找到你的审批 ${approval.code}`));
  expect((await latest(approval.id)).status).toBe('pending');
  await say('lisi', `reject ${approval.code.toLowerCase()} not today`);
  await expect
    .poll(() => latest(approval.id))
    .toMatchObject({
      status: 'decided',
      decision: { choice: 'reject', by: { id: 'lisi', via: 'robot' }, comment: 'not today' },
    });
});

test('approvers without a group are asked one-to-one, by links that say it to the robot', async () => {
  const approval = await asked({ to: undefined, approvers: { people: ['wangwu'] } });
  const link = `dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(`同意 ${approval.code}`)}`;
  await expect.poll(async () => JSON.stringify(await sim('GET', '/messages'))).toContain(link);
});

test('whoever waits hears the decision as soon as it is made', async () => {
  const approval = await asked();
  const waiting = request('GET', `${urls.api}/approvals/${approval.id}`, undefined, {
    authorization: 'Bearer local',
    prefer: 'wait=20',
  });
  await form(approval.links.pages.zhangsan, { choice: 'approve' });
  expect((await waiting).body).toMatchObject({ status: 'decided' });
});

test('two have to agree where two are asked for, and one may change their mind', async () => {
  const approval = await asked({
    approvers: { people: ['zhangsan', 'lisi', 'wangwu'], quorum: 2, excludeAsker: true },
    asker: 'wangwu',
  });
  const { zhangsan, lisi, wangwu } = approval.links.pages;
  expect(wangwu).toBeUndefined();
  await form(zhangsan, { choice: 'approve' });
  expect((await latest(approval.id)).status).toBe('pending');
  await form(lisi, { choice: 'approve' });
  expect((await latest(approval.id)).decision).toMatchObject({ choice: 'approve', by: { id: 'lisi' } });
});

test('a question is withdrawn once, listed by its state, and repeated by its key', async () => {
  const headers = { authorization: 'Bearer local', 'idempotency-key': 'deploy-1.4' };
  const ask = (body: object) => request('POST', `${urls.api}/approvals`, body, headers);
  const first = await ask(QUESTION);
  const again = await ask(QUESTION);
  expect(again.body.id).toBe(first.body.id);
  expect((await ask({ ...QUESTION, question: 'Other?' })).body.code).toBe('idempotency_key_reused');
  const { id } = first.body;
  const idsOf = async (status: string) =>
    (await api('GET', `/approvals?status=${status}`)).body.approvals.map((each: { id: string }) => each.id);
  expect(await idsOf('pending')).toContain(id);
  expect((await api('DELETE', `/approvals/${id}`)).body.status).toBe('withdrawn');
  expect((await api('DELETE', `/approvals/${id}`)).status).toBe(200);
  await expect.poll(() => idsOf('closed')).toContain(id);
  expect(await idsOf('pending')).not.toContain(id);
  const tap = await form(first.body.links.pages.lisi, { choice: 'approve' });
  expect([tap.status, (await latest(id)).status]).toEqual([409, 'withdrawn']);
});

test('what cannot be is told at once', async () => {
  const refused = async (body: object) => {
    const { status, body: problem } = await api('POST', '/approvals', body);
    return [status, problem.errors?.map(({ code }: { code: string }) => code) ?? problem.code];
  };
  expect(await refused({ ...QUESTION, approvers: { people: ['lisi'], quorum: 2 } })).toEqual([
    422,
    ['quorum_too_large'],
  ]);
  expect(await refused({ ...QUESTION, approvers: { people: ['nobody'] } })).toEqual([422, ['unknown_person']]);
  expect(await refused({ ...QUESTION, expiresAt: '2020-01-01T00:00:00Z' })).toEqual([422, ['in_the_past']]);
  expect(await refused({ ...QUESTION, approvers: { people: ['lisi'], excludeAsker: true } })).toEqual([
    422,
    ['asker_missing'],
  ]);
  expect(await refused({ ...QUESTION, choices: [{ id: 'a' }, { id: 'a' }] })).toEqual([422, ['choice_twice']]);
  expect(await refused({ ...QUESTION, to: 'nowhere' })).toEqual([422, ['unknown_destination']]);
});

test('a script goes on by a yes, and by nothing else', async () => {
  const { dingdock } = cliOf(urls);
  const idOf = async (asked: string): Promise<string> => {
    const { approvals } = (await api('GET', '/approvals')).body;
    return approvals.find(({ question }: { question: string }) => question === asked)?.id ?? '';
  };
  const gate = async (
    asked: string,
    more: string[],
    answer: (id: string, pages: Record<string, string>) => unknown,
  ) => {
    const run = dingdock(['ask', asked, '--approvers', 'lisi', '--to', 'project', ...more]);
    await expect.poll(() => idOf(asked)).not.toBe('');
    const id = await idOf(asked);
    await answer(id, (await latest(id)).links.pages);
    const { code, json } = await run;
    return [code, json.status, json.decision?.choice];
  };
  const tap = (choice: string) => (_: string, pages: Record<string, string>) => form(pages.lisi ?? '', { choice });
  expect(await gate('Yes?', [], tap('approve'))).toEqual([0, 'decided', 'approve']);
  expect(await gate('No?', [], tap('reject'))).toEqual([1, 'decided', 'reject']);
  expect(await gate('Never mind?', [], (id) => api('DELETE', `/approvals/${id}`))).toEqual([1, 'withdrawn', undefined]);
  expect(await gate('Soon?', ['--expires', '8s'], () => undefined)).toEqual([2, 'expired', undefined]);
  expect((await dingdock(['ask', 'By nobody?'])).code).toBe(2);
});

test('a task of Step Functions gets the answer, and the approval says whether it took it', async () => {
  const decided = async (taskToken: string) => {
    const approval = await asked({ stepFunctions: { taskToken } });
    expect(approval.stepFunctions).toEqual({ status: 'waiting' });
    // not lisi here either
    await form(approval.links.pages.zhangsan, { choice: 'reject', comment: 'not today' });
    const answer = async () => (await latest(approval.id)).stepFunctions;
    await expect.poll(async () => (await answer()).status).not.toMatch('waiting');
    await expect.poll(async () => (await answer()).status).not.toMatch('unknown');
    return { approval, answer: await answer() };
  };
  const right = await decided('local-deploy-1.4');
  expect(right.answer).toEqual({ status: 'given', at: expect.any(String) });
  expect((await decided('local-deploy-1.4')).answer).toMatchObject({ status: 'refused', code: 'TaskTimedOut' });
  expect((await decided('forged')).answer).toMatchObject({ status: 'refused', code: 'InvalidToken' });
  const read = JSON.stringify([right.approval, await latest(right.approval.id), busEvents()]);
  expect(read).not.toContain('local-deploy-1.4');
});

test('a task of Step Functions hears that the question was withdrawn', async () => {
  const { id } = await asked({ stepFunctions: { taskToken: 'local-withdrawn' } });
  await api('DELETE', `/approvals/${id}`);
  await expect.poll(() => latest(id)).toMatchObject({ status: 'withdrawn', stepFunctions: { status: 'given' } });
});

test('a shell script goes on behind `dingdock ask` only where the answer was yes', async () => {
  const { env } = cliOf(urls);
  /** What the script wrote, and how `dingdock ask` ended, while somebody answers, or nobody does. */
  const script = async (question: string, more: string, answer?: 'approve' | 'reject') => {
    const ask = `"${process.execPath}" cli/main.ts ask "${question}" --approvers wangwu --to project ${more} >&2`;
    const running = promisify(execFile)('sh', ['-c', `${ask} && echo deployed; echo "ended with $?"`], {
      // with the clock of this process, which may be another than the machine's
      env: { ...process.env, ...env },
    });
    const find = async () => {
      const { approvals } = (await api('GET', '/approvals')).body;
      return approvals.find((each: { question: string }) => each.question === question)?.id;
    };
    if (answer) {
      await expect.poll(find).toBeDefined();
      // not lisi, who has tapped for the others: ten deeds a minute are taken of one person
      const { status } = await form((await latest(await find())).links.pages.wangwu, { choice: answer });
      expect(status).toBeLessThan(400);
    }
    return (await running).stdout;
  };
  expect(await script('Gate 1?', '--expires 10m', 'approve')).toBe('deployed\nended with 0\n');
  expect(await script('Gate 2?', '--expires 10m', 'reject')).toBe('ended with 1\n');
  expect(await script('Gate 3?', '--expires 10s')).toBe('ended with 2\n');
});
