import { afterEach, expect, test } from 'vitest';
import type { PutSource } from '../../contract/requests/sources.ts';
import { DingTalkRefusal, type ErrorClass } from '../../lib/base/dingtalk-errors.ts';
import { keepRead } from '../../lib/events/reactions/keep-read.ts';
import { getIncident, listIncidents } from '../../lib/incidents/get-incidents.ts';
import { openIncident, tapOnPage } from '../../lib/incidents/page/open-incident.ts';
import { answerTap, tapIn } from '../../lib/incidents/robot.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import { access } from '../support/access.ts';
import { incidentWorld } from '../support/incident-world.ts';
import type { Sending } from '../support/night-world.ts';
import fc from '../support/property.ts';

const MINUTE_MS = 60_000;
const START = '2026-11-29T02:00:00Z';
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'custom-robot', accessToken: 'ops' },
  project: { kind: 'robot-group', openConversationId: 'cidProject' },
  oncall: { kind: 'robot-users', userIds: ['lisi'] },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function world(rules: PutSource, cardClass?: ErrorClass) {
  const night = await incidentWorld({ destinations: DESTINATIONS, start: START, sources: { alarms: rules } });
  open.push(night.close);
  const { send } = night.deps;
  night.deps.send = async (to, rendered) => {
    if (cardClass === undefined || rendered.form !== 'card') return send(to, rendered);
    throw new DingTalkRefusal('cards.create', { code: 'x', class: cardClass, status: 403, description: 'no card' });
  };
  return { ...night, receive: (body: unknown, times = 1) => night.receive(body, { times }) };
}

const alert = (name: string, instance: number, status: string) => ({
  status,
  labels: { alertname: name, instance: `web-${instance}`, severity: 'warning' },
  annotations: { summary: `${name} on web-${instance}` },
  startsAt: START,
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: `${name}-${instance}`,
});
const group = (name: string, statuses: readonly string[], labels = {}) => ({
  version: '4',
  receiver: 'dingdock',
  groupKey: `{}:{alertname="${name}"}`,
  groupLabels: { alertname: name },
  commonLabels: { alertname: name, ...labels },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example:9093',
  alerts: statuses.map((status, index) => alert(name, index, status)),
});
const firing = Array.from({ length: 10 }, () => 'firing');
const resolved = firing.map(() => 'resolved');
const to = (name: string) => (one: Sending) =>
  name === 'ops' ? one.to.kind === 'custom-robot' : 'openConversationId' in one.to;
const titleOf = ({ rendered }: Sending) => {
  if (rendered.form === 'webhook') return String(Object(rendered.body.markdown).title);
  return rendered.form === 'card' || rendered.form === 'cardChange' ? (rendered.params.title ?? '') : '';
};

test('50 alerts in 5 groups fire for minutes, resolve, and one fires again: 5 cards, and 5 pairs on a custom robot', async () => {
  const { receive, wait, sent, deps } = await world({
    kind: 'alertmanager',
    to: ['ops', 'project'],
    incidents: { quietGapMinutes: 5 },
  });
  const names = ['A', 'B', 'C', 'D', 'E'];
  const [twice = [], steps = []] = [fc.sample(fc.integer({ min: 1, max: 3 }), 40), fc.sample(fc.nat(4), 12)];
  for (const name of names) await receive(group(name, firing), twice.pop());
  for (const step of steps) {
    await wait(20_000);
    await receive(group(names[step] ?? 'A', [...firing.slice(1), 'resolved']), twice.pop());
  }
  for (const name of names) await receive(group(name, resolved), twice.pop());
  await wait(2 * MINUTE_MS);
  await receive(group('C', firing), twice.pop());
  await wait(2 * MINUTE_MS);
  await receive(group('C', resolved), twice.pop());
  await wait(20 * MINUTE_MS);

  const pairs = sent.filter(to('ops'));
  expect(pairs).toHaveLength(10);
  for (const name of names) {
    const of = pairs.filter((one) => titleOf(one).endsWith(` ${name}`)).map(titleOf);
    expect(of).toEqual([expect.stringContaining('告警'), expect.stringContaining('已恢复')]);
  }
  const cards = sent.filter(to('project'));
  expect(cards.filter(({ rendered }) => rendered.form === 'card')).toHaveLength(5);
  for (const name of names) {
    const changes = cards.filter((one) => titleOf(one).endsWith(` ${name}`));
    expect(titleOf(changes.at(-1) as Sending)).toContain('已恢复');
    const inBetween = changes.filter((one) => !titleOf(one).startsWith('✅')).map(({ at }) => at);
    expect(inBetween.slice(1).every((at, index) => at - (inBetween[index] ?? 0) >= MINUTE_MS - 1_000)).toBe(true);
  }
  const { incidents } = await listIncidents(deps, {});
  expect(incidents.map(({ state, fired }) => [state, fired])).toEqual(names.map(() => ['resolved', 1]));
  const c = incidents.find(({ title }) => title.endsWith(' C'));
  const whole = await getIncident(deps, c?.id ?? '', access({ destinations: ['*'] }));
  expect(whole.history?.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['fired', 'resolved', 'fired_again']),
  );
  expect(whole.messages?.map(({ destination }) => destination).toSorted()).toEqual(['ops', 'project']);
});

test('an end that is put off for the quiet gap is no trouble of its incident; a refusal is', async () => {
  const { receive, wait, deps } = await world({ kind: 'alertmanager', to: ['ops'], incidents: {} });
  const told = async () => {
    const [{ id = '' } = {}] = (await listIncidents(deps, {})).incidents;
    return (await getIncident(deps, id, access({ destinations: ['*'] }))).troubles;
  };
  await receive(group('Disk', firing));
  await receive(group('Disk', resolved));
  await wait(MINUTE_MS);
  expect(await told()).toBeUndefined();
  deps.send = async () => {
    const fault = { code: '310000.keyword', class: 'argument' as const, status: 200, description: '关键词不匹配' };
    throw new DingTalkRefusal('robot.send', fault);
  };
  await wait(20 * MINUTE_MS);
  expect(await told()).toMatchObject({ message: { code: '310000.keyword', reason: 'ops: 关键词不匹配' } });
});

test('what fires after the quiet gap is opened anew; labels say where, and who', async () => {
  const { receive, wait, sent } = await world({
    kind: 'alertmanager',
    to: ['ops'],
    incidents: { rules: [{ labels: { team: 'payments' }, to: ['project', 'oncall'] }] },
  });
  await receive(group('Disk', firing));
  await receive(group('Disk', resolved));
  await wait(30 * MINUTE_MS);
  await receive(group('Disk', firing));
  await receive(group('Pay', firing, { team: 'payments' }));
  expect(sent.filter(to('ops'))).toHaveLength(3);
  const others = sent.filter(({ to: { kind } }) => kind !== 'custom-robot').map(({ to: { kind } }) => kind);
  expect(others).toEqual(['robot-group', 'robot-users']);
});

test('an end without a beginning is no message, and a card that nobody saw yet opens with what is so', async () => {
  const { receive, wait, sent, deps } = await world({ kind: 'alertmanager', to: ['project'], incidents: {} });
  await receive(group('Old', resolved));
  expect(sent).toEqual([]);
  deps.destinations.get = async () => ({
    kind: 'robot-group',
    openConversationId: 'cidProject',
    quiet: { from: '09:00', to: '12:00' },
  });
  await receive(group('Night', firing));
  await receive(group('Night', resolved));
  expect(sent).toEqual([]);
  await wait(3 * 3_600_000);
  expect(sent.map(({ rendered }) => rendered.form)).toEqual(['card']);
  expect(sent.map(titleOf)).toEqual([expect.stringContaining('已恢复')]);
});

test.each(['permission', 'argument'] as const)(
  'where DingTalk takes no card (%s), an incident is a first and a last message, as elsewhere',
  async (cardClass) => {
    const { receive, wait, sent } = await world({ kind: 'alertmanager', to: ['project'], incidents: {} }, cardClass);
    await receive(group('Disk', firing));
    await wait(2 * MINUTE_MS);
    await receive(group('Disk', [...firing.slice(1), 'resolved']));
    await wait(2 * MINUTE_MS);
    await receive(group('Disk', resolved));
    await wait(20 * MINUTE_MS);
    expect(sent.map(({ rendered }) => rendered.form)).toEqual(['robot', 'robot']);
    expect(sent.map(({ rendered }) => JSON.stringify(rendered).includes('已恢复'))).toEqual([false, true]);
  },
);

/** A tap on the page by somebody's own link, as a browser sends it. */
async function tap({ deps }: Awaited<ReturnType<typeof world>>, id: string, userId: string, tapped = 'take') {
  const { searchParams } = new URL(deps.incidentUrl({ id }, userId));
  return tapOnPage(deps, id, { fields: { ...Object.fromEntries(searchParams), tap: tapped, lang: 'zh' }, headers: {} });
}

/** The one incident there is. */
async function only({ deps }: Awaited<ReturnType<typeof world>>) {
  const { incidents } = await listIncidents(deps, {});
  expect(incidents).toHaveLength(1);
  return getIncident(deps, incidents[0]?.id ?? '', access({ destinations: ['*'] }));
}

test('30 people tap "mine" at once: one owns it, and 29 are told who', async () => {
  const it = await world({ kind: 'alertmanager', to: ['ops'], incidents: {} });
  await it.receive(group('Disk', firing));
  const { id } = await only(it);
  const everybody = Array.from({ length: 30 }, (_, n) => `u${n}`);
  const pages = await Promise.all(everybody.map(async (userId) => ({ userId, page: await tap(it, id, userId) })));
  await it.work();
  const { taken, state, history } = await only(it);
  const owners = pages.filter(({ page }) => page.status === 303).map(({ userId }) => userId);
  expect([owners, state]).toEqual([[taken?.userId], 'taken']);
  const told = pages.filter(({ page }) => page.status === 409 && page.body?.includes(`已由 ${owners[0]} 认领`));
  expect(told).toHaveLength(29);
  expect(history?.map(({ action, by }) => [action, by.type, by.via])).toEqual([
    ['fired', 'source', 'api'],
    ['taken', 'person', 'page'],
  ]);
  // once the name is known, the page says it; a second tap of the owner changes nothing
  const later = await tap(it, id, owners[0] === 'u0' ? 'u1' : 'u0');
  expect(later.body).toContain(`已由 ${owners[0]} 先生 认领`);
  expect((await tap(it, id, owners[0] ?? '')).status).toBe(303);
  expect((await only(it)).version).toBe(2);
});

test('by words to the robot the first one owns it, may silence it, and the others are told who', async () => {
  const it = await world({ kind: 'alertmanager', to: ['project'], incidents: {} });
  await it.receive(group('Disk', firing));
  const { id, code } = await only(it);
  const say = async (person: string, text: string) => {
    const said = tapIn(`${text} ${code}`);
    const reply = said && (await answerTap(it.deps, person, said));
    await it.work();
    return reply;
  };
  expect(await say('lisi', '状态')).toBe(`${code} 🔴 告警 10 条 Disk：告警中`);
  expect(await say('lisi', '认领')).toBe(`${code} 🔴 告警 10 条 Disk 由你处理。`);
  expect(await say('wangwu', 'take')).toContain('lisi 先生 has taken');
  expect(await say('wangwu', '静音')).toContain('已由 lisi 先生 认领');
  expect(await say('lisi', '静音')).toContain('已静音');
  expect(await say('lisi', '看看')).toBeUndefined();
  await it.wait(2 * MINUTE_MS);
  const shown = it.sent.at(-1)?.rendered;
  expect(shown?.form === 'cardChange' && shown.params.markdown).toContain(`**${code}** · 🔕 lisi 先生 已静音`);
  await it.receive(group('Disk', resolved));
  expect(await say('wangwu', '认领')).toContain('已恢复，无需处理');
  // what fires after the quiet gap is nobody's again
  await it.wait(30 * MINUTE_MS);
  await it.receive(group('Disk', firing));
  expect(await only(it)).toMatchObject({ id, state: 'firing', fired: 2 });
  expect((await only(it)).taken).toBeUndefined();
  expect(it.events.map(({ type }) => type)).toEqual([
    'incident.opened',
    'incident.taken',
    'incident.silenced',
    'incident.resolved',
    'incident.opened',
  ]);
  expect(new Set(it.events.map((event) => event.id)).size).toBe(5);
});

test('nobody after some minutes: the next people are told one to one, and hear who has it then', async () => {
  const next = [
    { afterMinutes: 30, people: ['wangwu'] },
    { afterMinutes: 10, people: ['lisi', 'zhaoliu'] },
    { afterMinutes: 60, people: ['boss'] },
  ];
  const it = await world({ kind: 'alertmanager', to: ['ops'], incidents: { next } });
  await it.receive(group('Disk', firing));
  const began = it.now();
  const told = () =>
    it.sent.flatMap(({ to, at }) =>
      to.kind === 'robot-users' ? [[...to.userIds, Math.round((at - began) / MINUTE_MS)]] : [],
    );
  await it.wait(9 * MINUTE_MS);
  expect(told()).toEqual([]);
  await it.wait(22 * MINUTE_MS);
  expect(told()).toEqual([
    ['lisi', 'zhaoliu', 10],
    ['wangwu', 30],
  ]);
  const { id, told: people } = await only(it);
  expect(people).toEqual(['lisi', 'zhaoliu', 'wangwu']);
  await tap(it, id, 'wangwu');
  await it.work();
  await it.wait(60 * MINUTE_MS);
  expect(told().at(-1)).toEqual(['lisi', 'zhaoliu', 31]);
  expect(told()).toHaveLength(3);
  const said = JSON.stringify(it.sent.at(-1)?.rendered);
  expect(said).toContain('wangwu 先生 已认领');
});

/** DingTalk's key of what was sent. */
const keyOf = (to: Destination) => (to.kind === 'robot-users' ? `key of ${to.userIds}` : 'key of the group');

/** DingTalk's event of somebody reading, as handle-event gets it. */
const readsIt = ({ deps }: Awaited<ReturnType<typeof world>>, userId: string, processQueryKey: string) =>
  keepRead(deps)({
    id: 'e',
    type: 'robot_msg_read',
    app: 'default',
    occurredAt: '',
    raw: '',
    data: { userId, processQueryKey },
  })?.run();

test('who reads it does not own it: the next people are told that, and those for the unread are not', async () => {
  const next = [
    { afterMinutes: 0, people: ['lisi', 'zhaoliu'] },
    { afterMinutes: 5, people: ['wangwu'], ifUnread: true },
    { afterMinutes: 10, people: ['boss'] },
  ];
  const it = await world({ kind: 'alertmanager', to: ['ops'], incidents: { next } });
  const { send } = it.deps;
  it.deps.send = async (to, rendered) => ({ ...(await send(to, rendered)), receipt: keyOf(to) });
  const told = () => it.sent.flatMap(({ to }) => (to.kind === 'robot-users' ? [to.userIds] : []));
  await it.receive(group('Disk', firing));
  await it.wait(MINUTE_MS);
  expect(told()).toEqual([['lisi', 'zhaoliu']]);
  // a message of something else, and a person whom nobody told
  await readsIt(it, 'lisi', 'key of the group');
  await readsIt(it, 'wangwu', 'key of lisi,zhaoliu');
  expect(await only(it)).toMatchObject({ told: ['lisi', 'zhaoliu'], read: [] });
  await readsIt(it, 'zhaoliu', 'key of lisi,zhaoliu');
  expect(await only(it)).toMatchObject({ state: 'firing', read: ['zhaoliu'] });
  await it.wait(5 * MINUTE_MS);
  expect(told()).toHaveLength(1);
  await it.wait(5 * MINUTE_MS);
  expect(told()).toEqual([['lisi', 'zhaoliu'], ['boss']]);
  expect(JSON.stringify(it.sent.at(-1)?.rendered)).toContain('zhaoliu 先生 已读，但还没有人认领，请你处理。');
  const { id } = await only(it);
  const { searchParams } = new URL(it.deps.incidentUrl({ id }, 'boss'));
  const page = await openIncident(it.deps, id, {
    fields: { ...Object.fromEntries(searchParams), lang: 'zh' },
    headers: {},
  });
  expect(page.body).toContain('<div><dt>已读</dt><dd dir="auto">zhaoliu 先生</dd></div>');
});

test('where nobody reads it, those for the unread are told too, and nobody is held up by a name', async () => {
  const next = [
    { afterMinutes: 0, people: ['lisi'] },
    { afterMinutes: 5, people: ['wangwu'], ifUnread: true },
    { afterMinutes: 10, people: ['boss'], ifUnread: true },
    { afterMinutes: 15, people: ['boss'] },
  ];
  const it = await world({ kind: 'alertmanager', to: ['ops'], incidents: { next } });
  const { send, incidentApp } = it.deps;
  it.deps.send = async (to, rendered) => ({ ...(await send(to, rendered)), receipt: keyOf(to) });
  await it.receive(group('Disk', firing));
  await it.wait(6 * MINUTE_MS);
  await readsIt(it, 'wangwu', 'key of wangwu');
  it.deps.incidentApp = (name) => ({
    ...incidentApp(name),
    contacts: { ...incidentApp(name).contacts, getUser: () => Promise.reject(new Error('DingTalk is down')) },
  });
  await it.wait(10 * MINUTE_MS);
  const told = it.sent.flatMap(({ to }) => (to.kind === 'robot-users' ? [to.userIds] : []));
  expect(told).toEqual([['lisi'], ['wangwu'], ['boss']]);
  expect(JSON.stringify(it.sent.at(-1)?.rendered)).toContain('wangwu 已读，但还没有人认领');
});

test('a link that only shows takes nothing, and a forged one shows nothing', async () => {
  const it = await world({ kind: 'alertmanager', to: ['ops'], incidents: {} });
  await it.receive(group('Disk', firing));
  const { id, code } = await only(it);
  const { searchParams } = new URL(it.deps.incidentUrl({ id }));
  const fields = { ...Object.fromEntries(searchParams), lang: 'zh' };
  const shown = await openIncident(it.deps, id, { fields, headers: {} });
  expect([shown.status, shown.body]).toEqual([200, expect.stringContaining(`认领 ${code}`)]);
  expect((await tapOnPage(it.deps, id, { fields, headers: {} })).status).toBe(403);
  expect((await openIncident(it.deps, id, { fields: { ...fields, p: 'lisi' }, headers: {} })).status).toBe(403);
  expect((await openIncident(it.deps, id, { fields: {}, headers: {} })).status).toBe(303);
  expect((await openIncident(it.deps, 'i_nobody', { fields, headers: {} })).status).toBe(403);
  expect((await only(it)).state).toBe('firing');
});
