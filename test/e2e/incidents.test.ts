import { expect, test } from 'vitest';
import { stackClient } from '../support/stack-client.ts';

const { act, api, request, messagesIn, sim, urls } = await stackClient();

/** What Alertmanager tells of a group. */
const told = (name: string, status: string) => ({
  status,
  groupKey: `{}:{alertname="${name}"}`,
  commonLabels: { alertname: name, severity: 'critical' },
  alerts: [{ status, labels: { alertname: name }, startsAt: new Date().toISOString() }],
});

async function sourceOf(name: string, incidents: object) {
  const { status, body } = await api('PUT', `/sources/${name}`, { kind: 'alertmanager', to: 'project', incidents });
  expect(status).toBe(200);
  const { pathname } = new URL(body.address);
  return async (alarm: string, state: string) =>
    expect((await request('POST', `${urls.api}${pathname}`, told(alarm, state), {})).status).toBe(202);
}

const incidentOf = async (source: string) => {
  const { incidents } = (await api('GET', '/incidents')).body;
  const found = incidents.find((each: { source: string }) => each.source === source);
  return found && (await api('GET', found.links.self)).body;
};
const cardOf = async (code: string): Promise<string> => {
  const all = await messagesIn('cidProject=');
  return JSON.stringify(all.filter((message: object) => JSON.stringify(message).includes(code)));
};

test('an alarm is shown on a card, told to the next people, taken on the page, and nobody else takes it', async () => {
  const tell = await sourceOf('mine', { next: [{ afterMinutes: 0, people: ['lisi'] }] });
  await tell('Queue', 'firing');
  await expect.poll(() => incidentOf('mine')).toMatchObject({ state: 'firing', told: ['lisi'] });
  const { id, code } = await incidentOf('mine');
  await expect.poll(() => cardOf(code)).toContain(encodeURIComponent(`/i/${id}`));
  const own = async () => {
    const all = JSON.stringify(await sim('GET', '/messages'));
    const links = [...all.matchAll(/page\/link\?url=([^&\\"]+)/g)].map(([, link = '']) => decodeURIComponent(link));
    return links.find((link) => link.includes(`/i/${id}`) && link.includes('p=lisi')) ?? '';
  };
  await expect.poll(own).not.toBe('');
  const { pathname, searchParams, search } = new URL(await own());
  const shown = await request('GET', `${urls.api}${pathname}${search}`);
  expect([shown.status, shown.text]).toEqual([200, expect.stringContaining('还没有人认领')]);

  const form = new URLSearchParams({ ...Object.fromEntries(searchParams), tap: 'take' }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await request('POST', `${urls.api}${pathname}`, form, headers)).status).toBe(303);
  await expect.poll(() => incidentOf('mine')).toMatchObject({ state: 'taken', taken: { userId: 'lisi' } });
  // by words to the robot, in the group: the name is known by then
  const said = `认领 ${code}`;
  await act('/say', { from: 'wangwu', text: said, conversation: 'cidProject=' });
  await expect.poll(() => cardOf(code)).toContain('已由 李四 认领，你无需处理');

  await tell('Queue', 'resolved');
  await expect.poll(() => incidentOf('mine')).toMatchObject({ state: 'resolved', taken: { userId: 'lisi' } });
  const { history } = await incidentOf('mine');
  expect(history.map(({ action, by }: { action: string; by: { type: string } }) => [action, by.type])).toEqual([
    ['fired', 'source'],
    ['taken', 'person'],
    ['resolved', 'source'],
  ]);
});

test('words to the robot take and silence, for people of the organisation, and a key is held to its people', async () => {
  const tell = await sourceOf('words', {});
  await tell('Words', 'firing');
  await expect.poll(() => incidentOf('words')).toMatchObject({ state: 'firing' });
  const { code } = await incidentOf('words');
  await act('/say', { from: 'wangwu', text: `take ${code.toLowerCase()}`, conversation: 'cidProject=' });
  await expect.poll(() => incidentOf('words')).toMatchObject({ taken: { userId: 'wangwu' } });
  await act('/say', { from: 'wangwu', text: `静音 ${code}`, conversation: 'cidProject=' });
  await expect.poll(() => incidentOf('words')).toMatchObject({ state: 'silenced', silenced: { userId: 'wangwu' } });
});

test('the event of reading tells who has read it, and nobody owns it by that', async () => {
  await sim('POST', '/settings', { subscribedEvents: ['robot_msg_read'] });
  const tell = await sourceOf('read', { next: [{ afterMinutes: 0, people: ['lisi', 'wangwu'] }] });
  await tell('Read', 'firing');
  await expect.poll(() => incidentOf('read')).toMatchObject({ told: ['lisi', 'wangwu'], read: [] });
  const { code } = await incidentOf('read');
  await expect.poll(async () => JSON.stringify(await messagesIn('lisi'))).toContain(code);
  await sim('POST', '/read', { userId: 'lisi' });
  await expect.poll(() => incidentOf('read')).toMatchObject({ state: 'firing', read: ['lisi'] });
  expect((await incidentOf('read')).history).toHaveLength(1);
});
