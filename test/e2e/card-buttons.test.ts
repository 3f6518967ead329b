import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { SIMULATED_APP } from '../../stage/local-secret.ts';
import type { Loose } from '../simulator/desk.ts';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { act, api, busEvents, callsTo, knock, messagesIn, request, sim, urls } = await stackClient();
const { dingdock } = cliOf(urls);

const QUESTION = { question: '发布 1.4？', approvers: { people: ['zhangsan', 'lisi'] }, to: 'project' };
const ask = async (more: object = {}): Promise<Loose> =>
  (await api('POST', '/approvals', { ...QUESTION, ...more })).body;
const latest = async (id: string): Promise<Loose> => (await api('GET', `/approvals/${id}`)).body;
const textsTo = async (person: string) => (await messagesIn(person)).map(({ text }: Loose) => text as string);

/** The newest card there that says so. */
async function cardIn(conversation: string, said: string): Promise<Loose> {
  const found = async () => {
    const messages: Loose[] = await messagesIn(conversation);
    return messages.findLast(({ card, text = '' }) => card && text.includes(said));
  };
  await expect.poll(found).toBeDefined();
  return (await found()) ?? {};
}
const labelsOf = ({ card }: Loose): string[] => card.buttons.map(({ text }: Loose) => text);
const idOf = ({ card }: Loose, label: string): string => card.buttons.find(({ text }: Loose) => text === label)?.id;
const tap = (card: Loose, userId: string, label: string) =>
  act('/click', { outTrackId: card.outTrackId, userId, actionId: idOf(card, label) });

/** A tap as DingTalk pushes it, or as somebody makes one up. */
function pushed(of: Loose, { door = '', secret = SIMULATED_APP.cardSecrets[0] ?? '', at = Date.now() } = {}) {
  const { outTrackId, userId, actionId } = of;
  const content = JSON.stringify({ cardPrivateData: { actionIds: [actionId], params: {} } });
  const body = { type: 'actionCallback', outTrackId, corpId: 'dingsimcorp', userId, content };
  const headers = {
    'x-ddpaas-signature-timestamp': String(at),
    'x-ddpaas-signature': createHmac('sha256', secret).update(String(at)).digest('base64'),
  };
  return knock(`/dingtalk${door}/cards`, body, headers);
}
/** All taps that the door kept were worked off once this one is on the bus. */
async function settled(): Promise<void> {
  const outTrackId = `somebody-elses-${Math.random()}`;
  expect((await pushed({ outTrackId, userId: 'lisi', actionId: 'x' })).status).toBe(200);
  await expect.poll(() => busEvents().some(({ detail }) => detail.data.outTrackId === outTrackId)).toBe(true);
}
const CREATE = '/v1.0/card/instances/createAndDeliver';
const UPDATE = '/v1.0/card/instances';
const cardCalls = async (path: string, outTrackId: string) =>
  (await callsTo(path)).filter(({ body, code }: Loose) => body?.outTrackId === outTrackId && code === 'ok').length;

/** The doctor with a card to lisi, and what happens once it is there. */
async function doctor(then: (card: Loose) => Promise<unknown>, wait = '2m') {
  const before = (await messagesIn('lisi')).filter(({ card }: Loose) => card).length;
  const found = dingdock(['doctor', '--card', 'lisi', '--wait', wait]);
  const cards = async (): Promise<Loose[]> => (await messagesIn('lisi')).filter(({ card }: Loose) => card);
  await expect.poll(async () => (await cards()).length).toBe(before + 1);
  const [card = {}] = (await cards()).slice(-1);
  await then(card);
  const { code, json, text } = await found;
  const shown = (await cards()).find(({ outTrackId }) => outTrackId === card.outTrackId) ?? {};
  return { code, text, shown, causes: json.findings.flatMap(({ cause = [] }: Loose) => cause) };
}

test('a tap that does not come back is told, and cards keep their links', async () => {
  const lost = await doctor(async (card) => {
    expect(labelsOf(card)).toEqual(['点这里']);
    // by DingTalk's own reading a tap on a public template does not come by HTTP
    expect(
      (await sim('POST', '/click', { outTrackId: card.outTrackId, userId: 'lisi', actionId: 'trial.tap' })).body,
    ).toMatchObject({ delivered: false });
  }, '1s');
  expect([lost.causes, lost.code]).toEqual([['no-tap'], 37]);
  expect([labelsOf(lost.shown), lost.shown.text]).toEqual([[], expect.stringContaining('没有收到点击')]);
  const { links } = await ask({ question: '还没有按钮？' });
  expect(links).toBeDefined();
  const asked = async () =>
    (await messagesIn('cidProject=')).find(({ text = '' }: Loose) => text.includes('还没有按钮？'));
  await expect.poll(asked).toMatchObject({ msgtype: expect.stringMatching(/actionCard/i) });
});

test('the doctor sees a tap of the person who was asked for it, and nobody else’s', async () => {
  await sim('POST', '/settings', { cards: { officialTapsByHttp: true } });
  const seen = await doctor(async (card) => {
    const { outTrackId } = card;
    // neither somebody else's tap counts, nor one on a card that nobody tries, nor one at another secret's hand
    await pushed({ outTrackId, userId: 'wangwu', actionId: 'trial.tap' });
    await pushed({ outTrackId: 'dingdock-trial-another', userId: 'lisi', actionId: 'trial.tap' });
    expect((await pushed({ outTrackId, userId: 'lisi', actionId: 'trial.tap' }, { secret: 'another' })).status).toBe(
      403,
    );
    await settled();
    expect(labelsOf(await cardIn('lisi', '请点下面的按钮'))).toEqual(['点这里']);
    await tap(card, 'lisi', '点这里');
  });
  expect([seen.causes, seen.code]).toEqual([[], 0]);
  expect([labelsOf(seen.shown), seen.shown.text]).toEqual([[], expect.stringContaining('收到了点击')]);
});

test('nobody writes other words on the buttons of a question: each does what it says', async () => {
  const { id, code } = await ask({ question: '谁的按钮？' });
  const card = await cardIn('cidProject=', code);
  const refuse = { text: '拒绝', id: idOf(card, '同意'), color: 'red', request: true };
  const params = { sys_full_json_obj: JSON.stringify({ order: ['msgButtons'], msgButtons: [refuse] }) };
  const changed = await api('PATCH', (await latest(id)).links.message, { card: { params } });
  expect([changed.status, changed.body.code]).toEqual([422, 'not_changeable']);
  expect(labelsOf(await cardIn('cidProject=', code))).toEqual(['同意', '拒绝']);
});

test('once a tap was seen a question is a card with buttons; one tap decides, and the card says so', async () => {
  const { id, code, links } = await ask();
  const card = await cardIn('cidProject=', code);
  expect(labelsOf(card)).toEqual(['同意', '拒绝']);
  expect(card.text).toContain(encodeURIComponent(new URL(links.page).pathname));
  await tap(card, 'lisi', '同意');
  await expect
    .poll(() => latest(id))
    .toMatchObject({
      status: 'decided',
      decision: { choice: 'approve', by: { type: 'person', id: 'lisi', via: 'card' } },
    });
  const ended = () => cardIn('cidProject=', `${code} ${QUESTION.question}`);
  await expect.poll(async () => labelsOf(await ended())).toEqual([]);
  expect((await ended()).text).toContain('李四：**同意**');
  expect(await cardCalls(CREATE, card.outTrackId)).toBe(1);
  expect(await cardCalls(UPDATE, card.outTrackId)).toBe(1);
  // a tap that was on its way when the card changed is told, whoever made it
  await pushed({ outTrackId: card.outTrackId, userId: 'zhangsan', actionId: `${id}.reject` });
  await expect.poll(() => textsTo('zhangsan')).toContainEqual(expect.stringMatching(`${code}.*已结束：同意`));
  expect((await latest(id)).history).toHaveLength(2);
});

test('who may not answer changes nothing, and is told so alone', async () => {
  const { id, code } = await ask({ approvers: { people: ['lisi'] } });
  const card = await cardIn('cidProject=', code);
  await tap(card, 'wangwu', '同意');
  await expect.poll(() => textsTo('wangwu')).toContain(`没有找到你的审批 ${code}。`);
  expect((await latest(id)).status).toBe('pending');
  // nor does a word to whoever taps again cost a call each time
  await tap(card, 'wangwu', '拒绝');
  await settled();
  expect((await textsTo('wangwu')).filter((text: string) => text.includes(code))).toHaveLength(1);
});

test('two have to agree by their taps, and the first is told that another has to', async () => {
  const { id, code } = await ask({ approvers: { people: ['zhangsan', 'lisi'], quorum: 2 } });
  const card = await cardIn('cidProject=', code);
  await tap(card, 'lisi', '同意');
  await expect.poll(() => textsTo('lisi')).toContainEqual(expect.stringMatching(`${code}.*已记录：同意.*1/2`));
  expect((await latest(id)).status).toBe('pending');
  await tap(card, 'zhangsan', '同意');
  await expect
    .poll(() => latest(id))
    .toMatchObject({ status: 'decided', decision: { by: { id: 'zhangsan', via: 'card' } } });
});

test('a choice that takes a reason has no button, and a tap on it leads to the page', async () => {
  const { id, code } = await ask({ choices: [{ id: 'approve' }, { id: 'reject', comment: true }] });
  const card = await cardIn('cidProject=', code);
  expect(labelsOf(card)).toEqual(['同意']);
  expect(card.text).toContain('选“拒绝”要写明原因');
  await pushed({ outTrackId: card.outTrackId, userId: 'lisi', actionId: `${id}.reject` });
  await expect.poll(() => textsTo('lisi')).toContainEqual(expect.stringMatching(`${code}[^]*需要写明原因[^]*/a/${id}`));
  expect((await latest(id)).status).toBe('pending');
});

test('without a group each approver has the card, and all of them its end', async () => {
  const { id, code } = await ask({ to: undefined, approvers: { people: ['lisi', 'wangwu'] } });
  const card = await cardIn('wangwu', code);
  await tap(card, 'wangwu', '拒绝');
  await expect.poll(() => latest(id)).toMatchObject({ decision: { choice: 'reject', by: { id: 'wangwu' } } });
  for (const person of ['lisi', 'wangwu'])
    await expect.poll(async () => labelsOf(await cardIn(person, code))).toEqual([]);
});

test('what is decided, withdrawn or over elsewhere ends the card too, and a robot’s group has its own messages', async () => {
  const { id, code } = await ask({ to: ['project', 'ops'] });
  await cardIn('cidProject=', code);
  await expect
    .poll(async () => (await messagesIn('cidOps=')).some(({ text = '' }: Loose) => text.includes(code)))
    .toBe(true);
  await api('DELETE', `/approvals/${id}`);
  await expect.poll(async () => (await cardIn('cidProject=', code)).text).toContain('已撤回');
  const told = async () => (await messagesIn('cidOps=')).filter(({ text = '' }: Loose) => text.includes(code));
  await expect.poll(async () => (await told()).length).toBe(2);
  const soon = await ask({ expiresAt: new Date(Date.now() + 3_000).toISOString() });
  const card = await cardIn('cidProject=', soon.code);
  await expect.poll(async () => (await latest(soon.id)).status).toBe('expired');
  await pushed({ outTrackId: card.outTrackId, userId: 'zhangsan', actionId: `${soon.id}.approve` });
  await expect.poll(async () => labelsOf(await cardIn('cidProject=', soon.code))).toEqual([]);
  await expect
    .poll(() => textsTo('zhangsan'))
    .toContainEqual(expect.stringContaining(`${soon.code} 发布 1.4？ 已结束：已过期`));
  expect((await latest(soon.id)).answers).toEqual([]);
});

test('a tap that is made up, replayed, on another card or at another door counts for nothing', async () => {
  const { id, code } = await ask();
  const other = await ask();
  const card = await cardIn('cidProject=', code);
  const { outTrackId: another } = await cardIn('cidProject=', other.code);
  const good = { outTrackId: card.outTrackId, userId: 'lisi', actionId: `${id}.approve` };
  const day = 24 * 3_600_000;
  expect((await pushed(good, { secret: 'guessed' })).status).toBe(403);
  expect((await pushed(good, { at: Date.now() - day })).status).toBe(403);
  expect((await pushed(good, { door: '/unknown' })).status).toBe(403);
  // anybody can make a card whose button has the id of ours, and have an approver tap it
  for (const outTrackId of [another, 'dingdock-free-lunch', `${card.outTrackId.slice(0, 30)}-x`, id])
    expect((await pushed({ ...good, outTrackId })).status).toBe(200);
  for (const actionId of [`${id}.yes`, `${id}`, `${id}.approve.approve`, `a_${'x'.repeat(26)}.approve`, '__proto__'])
    expect((await pushed({ ...good, actionId })).status).toBe(200);
  await settled();
  expect(await latest(id)).toMatchObject({ status: 'pending', answers: [], history: [{ action: 'asked' }] });
  const at = Date.now();
  await Promise.all([pushed(good, { at }), pushed(good, { at }), pushed({ ...good, userId: 'zhangsan' }, { at })]);
  await expect.poll(async () => (await latest(id)).status).toBe('decided');
  await pushed(good, { at });
  await settled();
  const { history, answers } = await latest(id);
  expect([history.length, answers.length]).toEqual([2, 1]);
});

test('an alarm is taken by a tap on its card, whose buttons are gone when it is over', async () => {
  const source = { kind: 'alertmanager', to: 'project', incidents: {} };
  const { pathname } = new URL((await api('PUT', '/sources/card-alarms', source)).body.address);
  const tell = (status: string) => {
    const alerts = [{ status, labels: { alertname: '队列' }, startsAt: new Date().toISOString() }];
    return request('POST', `${urls.api}${pathname}`, {
      status,
      groupKey: 'g',
      commonLabels: { alertname: '队列' },
      alerts,
    });
  };
  await tell('firing');
  const incident = async (): Promise<Loose> => {
    const { incidents } = (await api('GET', '/incidents')).body;
    const found = incidents.find((each: Loose) => each.source === 'card-alarms');
    return found && (await api('GET', found.links.self)).body;
  };
  await expect.poll(incident).toMatchObject({ state: 'firing' });
  const { id, code } = await incident();
  const card = await cardIn('cidProject=', code);
  expect(labelsOf(card)).toEqual(['认领', '静音']);
  await pushed({ outTrackId: 'somebody-elses', userId: 'wangwu', actionId: `${id}.take` });
  await settled();
  expect((await incident()).state).toBe('firing');
  await tap(card, 'lisi', '认领');
  await expect.poll(incident).toMatchObject({ state: 'taken', taken: { userId: 'lisi' } });
  expect((await incident()).history.at(-1).by).toEqual({ type: 'person', id: 'lisi', via: 'card' });
  await expect.poll(() => textsTo('lisi')).toContainEqual(expect.stringMatching(`${code}.*由你处理`));
  await pushed({ outTrackId: card.outTrackId, userId: 'wangwu', actionId: `${id}.silence` });
  await expect.poll(() => textsTo('wangwu')).toContainEqual(expect.stringMatching(`${code}.*认领，你无需处理`));
  await tell('resolved');
  await expect.poll(async () => labelsOf(await cardIn('cidProject=', code))).toEqual([]);
});
