import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { cliOf } from '../support/cli.ts';
import { stackClient } from '../support/stack-client.ts';

const { api, request, messagesIn, urls } = await stackClient();

/** Makes a source; the path of its address, with the key in it. */
async function sourceOf(name: string, rules: object): Promise<string> {
  const { status, body } = await api('PUT', `/sources/${name}`, { to: 'ops', language: 'en', ...rules });
  expect(status).toBe(200);
  const { pathname, search } = new URL(body.address);
  return `${pathname}${search}`;
}

const at = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  request('POST', `${urls.api}${path}`, body, headers);
const opsTexts = async (): Promise<string[]> => (await messagesIn('cidOps=')).map(({ text }: { text: string }) => text);

test('a sender that knows a robot of DingTalk sends by another address, and hears what DingTalk would say', async () => {
  const path = await sourceOf('kuma', { kind: 'dingtalk-robot' });
  const markdown = { title: '[DOWN] Web', text: '## [DOWN] Web \n> HTTP 500' };
  const kept = await at(path, { msgtype: 'markdown', markdown, at: { isAtAll: true, atUserIds: [], atMobiles: [] } });
  expect([kept.status, kept.text]).toEqual([200, '{"errcode":0,"errmsg":"ok"}']);
  await expect.poll(opsTexts).toContainEqual(expect.stringContaining('[DOWN] Web'));
  const refusals: [string, unknown, Record<string, string>, number][] = [
    [path, '', {}, 40035],
    [path, 'no json', {}, 40035],
    [path, { msgtype: 'text', text: { content: 'x' } }, { 'content-type': 'text/plain' }, 43004],
    [path, '['.repeat(100_000), {}, 40035],
    [path, { msgtype: 'video' }, {}, 400105],
    [path, { msgtype: 'markdown', markdown: { text: 'no title' } }, {}, 400402],
    [
      path,
      { msgtype: 'link', link: { title: 't', text: 'x'.repeat(21_000), messageUrl: 'https://a.example' } },
      {},
      460101,
    ],
    ['/robot/send?access_token=nobody', { msgtype: 'text', text: { content: 'x' } }, {}, 300005],
    ['/robot/send', { msgtype: 'text', text: { content: 'x' } }, {}, 300005],
  ];
  for (const [where, body, headers, errcode] of refusals) {
    const answer = await at(where, body, headers);
    expect([answer.status, answer.body.errcode]).toEqual([200, errcode]);
  }
  const { seen } = (await api('GET', '/sources/kuma')).body;
  expect(seen).toMatchObject({ received: 1, refused: 7, lastProblem: { code: 'too_long' } });
});

test('a sender that knows a robot hears that its key may not send there, and that the place is gone', async () => {
  const text = { msgtype: 'text', text: { content: 'to nobody' } };
  const robot = { kind: 'custom-robot', accessToken: 'another' };
  for (const name of ['leaves', 'leaves-too']) {
    expect((await api('PUT', `/destinations/${name}`, robot)).status).toBe(200);
  }
  const places = { leaves: ['leaves', 'leaves-too'], stays: ['leaves', 'ops'] };
  const [leaves, stays] = await Promise.all(
    Object.entries(places).map(([name, to]) => sourceOf(name, { kind: 'dingtalk-robot', to })),
  );
  for (const name of places.leaves) await api('DELETE', `/destinations/${name}`);
  const gone = await at(leaves ?? '', text);
  expect([gone.status, gone.body.errcode]).toEqual([200, 400106]);
  expect((await api('GET', '/sources/leaves')).body.seen).toMatchObject({
    refused: 1,
    lastProblem: { code: 'unknown_destination' },
  });
  expect((await at(stays ?? '', text)).body).toEqual({ errcode: 0, errmsg: 'ok' });
  const key = (await sourceOf('no-robot', { kind: 'alertmanager' })).split('/').at(-1);
  const foreign = await at(`/robot/send?access_token=${key}`, text);
  expect([foreign.status, foreign.body.errcode]).toEqual([200, 400102]);
});

test('a source with a secret takes the sign encoded once or twice, and no wrong one', async () => {
  const secret = 'SECofthesource';
  const path = await sourceOf('signed', { kind: 'dingtalk-robot', secret });
  const stamp = Date.now();
  const sign = createHmac('sha256', secret).update(`${stamp}\n${secret}`).digest('base64');
  const once = encodeURIComponent(sign);
  const ask = async (query: string, content: string) =>
    (await at(`${path}${query}`, { msgtype: 'text', text: { content } })).body.errcode;
  expect(await ask(`&timestamp=${stamp}&sign=${once}`, 'signed once')).toBe(0);
  expect(await ask(`&timestamp=${stamp}&sign=${encodeURIComponent(once)}`, 'signed twice')).toBe(0);
  expect(await ask(`&timestamp=${stamp}&sign=${once.slice(3)}`, 'forged')).toBe(310000);
  expect(await ask(`&timestamp=${stamp - 3_700_000}&sign=${once}`, 'late')).toBe(310000);
  expect(await ask('', 'unsigned')).toBe(310000);
  await expect.poll(opsTexts).toEqual(expect.arrayContaining(['signed once', 'signed twice']));
  const texts = await opsTexts();
  expect(texts.filter((text) => ['forged', 'late', 'unsigned'].includes(text))).toEqual([]);
});

const alert = (instance: string, status = 'firing') => ({
  status,
  labels: { alertname: 'HighCPU', instance, severity: 'critical' },
  annotations: { summary: 'CPU over 90 % [x](https://evil.example)' },
  startsAt: '2026-11-28T16:26:35.207717187Z',
  endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-28T16:56:35Z',
  generatorURL: 'http://prom.example:9090/graph?g0.expr=cpu',
  fingerprint: instance,
});
const group = (status: string, ...instances: string[]) => ({
  receiver: 'dingdock',
  status,
  alerts: instances.map((instance) => alert(instance, status)),
  groupLabels: { alertname: 'HighCPU' },
  commonLabels: { alertname: 'HighCPU' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example:9093',
  version: '4',
  groupKey: '{}:{alertname="HighCPU"}',
  truncatedAlerts: 0,
});

test('Alertmanager is let in by Bearer, by Basic and by its address, and a repeat is one message', async () => {
  const path = await sourceOf('alerts', { kind: 'alertmanager' });
  const key = path.split('/').at(-1) ?? '';
  const named = '/in/alerts';
  const basic = `Basic ${Buffer.from(`dingdock:${key}`).toString('base64')}`;
  for (const [where, headers] of [
    [path, {}],
    [named, { authorization: `Bearer ${key}` }],
    [named, { authorization: basic }],
  ] as const) {
    const answer = await at(where, group('firing', 'web-1:9100', 'web-2:9100'), { ...headers });
    expect(answer.status).toBe(202);
  }
  await at(path, group('resolved', 'web-1:9100', 'web-2:9100'));
  const alerts = async () => (await opsTexts()).filter((text) => text.includes('HighCPU'));
  await expect
    .poll(alerts)
    .toEqual([expect.stringContaining('🔴 Firing 2 alerts'), expect.stringContaining('✅ Resolved')]);
  const [firing = ''] = await alerts();
  expect(firing).toContain('**web-1:9100 · critical**');
  expect(firing).toContain('CPU over 90 % \\[x\\](https://evil.example)');
  expect(firing).toContain('since 2026-11-28 16:26');
  expect(firing).toContain(
    '[Silence](http://alertmanager.example:9093/#/silences/new?filter=%7Balertname%3D%22HighCPU%22%7D)',
  );
  for (const [where, headers] of [
    ['/in/alerts/nobody', {}],
    [named, {}],
    [named, { authorization: 'Bearer local' }],
    [`/in/kuma/${key}`, {}],
  ] as const) {
    const answer = await at(where, group('firing', 'x'), { ...headers });
    expect([answer.status, answer.body.code]).toEqual([401, 'source_key_unknown']);
    expect(answer.headers.get('www-authenticate')).toContain('Basic');
  }
  const broken = await at(path, { alerts: [] });
  expect([broken.status, broken.body.code]).toEqual([400, 'broken_body']);
});

test('what a source tells of one thing is one incident: opened, changed, and closed on one card', async () => {
  const incidents = { rules: [{ labels: { severity: 'critical' }, to: 'project' }] };
  const path = await sourceOf('pages', { kind: 'alertmanager', incidents });
  const unknown = { kind: 'alertmanager', to: 'ops', incidents: { rules: [{ labels: { a: 'b' }, to: 'prject' }] } };
  expect((await api('PUT', '/sources/pages', unknown)).body.errors).toMatchObject([{ code: 'unknown_destination' }]);
  const disk = (status: string, ...instances: string[]) => ({
    ...group(status, ...instances),
    groupKey: '{}:{alertname="Disk"}',
    groupLabels: { alertname: 'Disk' },
    commonLabels: { alertname: 'Disk', severity: 'critical' },
  });
  const cards = async () => {
    const all = (await messagesIn('cidProject=')).filter(({ msgtype }: { msgtype: string }) => msgtype === 'card');
    return all.map(({ text }: { text: string }) => text).filter((text: string) => text.includes('Disk'));
  };
  await at(path, disk('firing', 'web-1'));
  await expect.poll(cards).toEqual([expect.stringContaining('🔴 Firing')]);
  await at(path, disk('resolved', 'web-1'));
  await expect.poll(cards).toEqual([expect.stringContaining('✅ Resolved')]);
  const [first] = (await api('GET', '/incidents?limit=5')).body.incidents;
  expect(first).toMatchObject({
    source: 'pages',
    state: 'resolved',
    to: ['project'],
    labels: { severity: 'critical' },
  });
  const { body } = await api('GET', `/incidents/${first.id}`);
  expect(body.history.map(({ action }: { action: string }) => action)).toEqual(['fired', 'resolved']);
  expect((await api('GET', '/incidents/i_nobody')).status).toBe(404);
});

test('an end that nobody heard of yet is taken back where the thing begins again', async () => {
  const path = await sourceOf('again', { kind: 'alertmanager', incidents: {} });
  const again = (status: string, ...instances: string[]) => ({
    ...group(status, ...instances),
    groupKey: '{}:{alertname="Again"}',
    groupLabels: { alertname: 'Again' },
  });
  const waiting = async (): Promise<string[]> =>
    (await api('GET', '/messages?status=queued&to=ops')).body.messages.map(({ id }: { id: string }) => id);
  await at(path, again('firing', 'web-8'));
  await expect.poll(opsTexts).toContainEqual(expect.stringContaining('web-8'));
  // it is shown a moment before its worker notes that
  await expect.poll(waiting).toEqual([]);
  await at(path, again('resolved', 'web-8'));
  await expect.poll(waiting).toHaveLength(1);
  const [end] = await waiting();
  await at(path, again('firing', 'web-8', 'web-9'));
  await expect.poll(async () => (await api('GET', `/messages/${end}`)).body.status).toBe('recalled');
  expect(await waiting()).not.toContain(end);
});

test('a body that no queue takes waits in the bucket, and a larger one is refused and told at the source', async () => {
  const path = await sourceOf('many', { kind: 'alertmanager' });
  const many = group('firing', ...Array.from({ length: 800 }, (_, n) => `node-${n}:9100`));
  expect(JSON.stringify(many).length).toBeGreaterThan(200_000);
  expect((await at(path, many)).status).toBe(202);
  await expect.poll(opsTexts).toContainEqual(expect.stringContaining('and 790 more'));
  const refused = await at(path, { ...many, padding: 'x'.repeat(1_000_000) });
  expect([refused.status, refused.body.code]).toEqual([413, 'body_too_large']);
  expect((await api('GET', '/sources/many')).body.seen.lastProblem.code).toBe('body_too_large');
});

test('any JSON, a form and a text become messages, by their names or by a template', async () => {
  const plain = await sourceOf('anything', { kind: 'json' });
  await at(plain, { version: '1.0', title: 'Disk', message: 'disk at 90 %', attachments: [], type: 'failure' });
  await at(plain, 'version=1.0&title=Form&message=by+a+form&type=info', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  await at(plain, 'only words', { 'content-type': 'text/plain' });
  await at(plain, { job: 'nightly', nested: { ok: false } });
  const template = { title: '{{ job }}', text: '**{{ job | upcase }}** {{ result }}' };
  const templated = await sourceOf('templated', { kind: 'json', template });
  await at(templated, { job: 'nightly', result: 'red' });
  const broken = await sourceOf('hostile', {
    kind: 'json',
    template: { text: '{% for i in (1..100000000) %}x{% endfor %}' },
  });
  await at(broken, { title: 'still said', message: 'although the template is hostile' });
  for (const said of [
    '🔴 Disk',
    'by a form',
    'only words',
    '"ok": false',
    '**NIGHTLY** red',
    'although the template is hostile',
  ]) {
    await expect.poll(opsTexts).toContainEqual(expect.stringContaining(said));
  }
  await expect
    .poll(async () => (await api('GET', '/sources/hostile')).body.seen?.lastProblem?.code)
    .toBe('template_failed');
});

test('what a template calls the same is one message, in whatever words it comes again', async () => {
  const template = { text: 'run {{ run }} {{ state }}', identity: '{{ run }}-{{ state }}' };
  const path = await sourceOf('runs', {
    kind: 'json',
    template: { ...template, text: `${template.text} at {{ at }}` },
  });
  for (const time of ['10:00', '10:05']) await at(path, { run: 7, state: 'red', at: time });
  await at(path, { run: 7, state: 'green', at: '10:10' });
  const runs = async () => (await opsTexts()).filter((text) => text.startsWith('run 7'));
  await expect.poll(runs).toEqual(['run 7 red at 10:00', 'run 7 green at 10:10']);
  expect((await api('GET', '/sources/runs')).body.seen).not.toHaveProperty('lastProblem');
});

test('what a destination cannot carry goes to it as Markdown with its links', async () => {
  const path = await sourceOf('cards', { kind: 'dingtalk-robot', to: ['ops', 'project'] });
  const links = [{ title: 'Read this', messageURL: 'https://a.example/1', picURL: 'https://a.example/1.png' }];
  expect((await at(path, { msgtype: 'feedCard', feedCard: { links } })).body.errcode).toBe(0);
  const kinds = async () => (await messagesIn('cidOps=')).map(({ msgtype }: { msgtype: string }) => msgtype);
  await expect.poll(kinds).toContain('feedCard');
  const inProject = async () => (await messagesIn('cidProject=')).map(({ text }: { text: string }) => text);
  await expect.poll(inProject).toContainEqual(expect.stringContaining('[Read this](https://a.example/1)'));
});

test('a source is shown without its key, previewed without sending, given another key, and closed', async () => {
  const path = await sourceOf('life', { kind: 'json' });
  const shown = (await api('GET', '/sources/life')).body;
  expect(shown).toMatchObject({ name: 'life', kind: 'json', to: ['ops'], address: expect.stringContaining('<key>') });
  expect(JSON.stringify(shown)).not.toContain(path.split('/').at(-1));
  const preview = await api('POST', '/sources/life/preview', { title: 'only previewed', message: 'm' });
  expect(preview.body.messages).toMatchObject([{ title: 'only previewed', to: ['ops'], calls: 1, mentions: [] }]);
  const rotated = await api('PUT', '/sources/life', { kind: 'json', to: 'ops', rotateKey: true });
  expect(rotated.body.address).not.toContain(path);
  expect((await at(path, { message: 'by the old key' })).status).toBe(202);
  await expect.poll(opsTexts).toContainEqual(expect.stringContaining('by the old key'));
  expect(JSON.stringify(await messagesIn('cidOps='))).not.toContain('only previewed');
  expect((await api('GET', '/sources')).body.items.map(({ name }: { name: string }) => name)).toContain('life');
  expect((await api('DELETE', '/sources/life')).status).toBe(204);
  expect((await api('GET', '/sources/life')).body.code).toBe('unknown_source');
  expect((await api('PUT', '/sources/Bad Name', { kind: 'json', to: 'ops' })).body.code).toBe('invalid_name');
  expect((await api('PUT', '/sources/x', { kind: 'json', to: 'nowhere' })).body.errors[0].code).toBe(
    'unknown_destination',
  );
});

test('the command line makes a source, tries a body, shows what came, and closes it', async () => {
  const { dingdock } = cliOf(urls);
  const made = await dingdock([
    'source',
    'put',
    'by-hand',
    '--kind',
    'alertmanager',
    '--to',
    'ops',
    '--language',
    'en',
  ]);
  expect(made.code).toBe(0);
  expect(made.text).toContain(made.json.address);
  const tried = await dingdock([
    'source',
    'try',
    'by-hand',
    '--body',
    'test/fixtures/senders/alertmanager-firing.json',
  ]);
  expect(tried.text).toContain('🔴 Firing 2 alerts: HighCPU');
  const { pathname } = new URL(made.json.address);
  expect((await at(pathname, { alerts: 'none' })).status).toBe(400);
  await expect.poll(async () => (await dingdock(['source', 'show', 'by-hand'])).text).toContain('broken_body');
  expect((await dingdock(['source', 'list'])).text).toContain('by-hand');
  expect((await dingdock(['source', 'put', 'by-hand'])).code).toBe(2);
  expect((await dingdock(['source', 'remove', 'by-hand'])).code).toBe(0);
  await expect.poll(async () => (await at(pathname, group('firing', 'x'))).status).toBe(401);
});
