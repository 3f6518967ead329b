import { connect } from 'node:net';
import { startSimulator } from 'dingtalk-simulator';
import { expect, test } from 'vitest';
import { desk, text } from './desk.ts';

const here = desk();
const send = () => here.robot(text('x'));
const fault = (path: string, what: unknown, times = 1) => here.sim('POST', '/faults', { path, fault: what, times });

test('a call shows its answer and the messages it brought about, and each message its call', async () => {
  const sent = await here.group('sampleText', { content: 'x' });
  await here.robot({ msgtype: 'file' });
  const [, good, bad] = await here.sim('GET', '/calls');
  const [message] = await here.sim('GET', '/messages');
  expect(good).toMatchObject({ answer: sent.body, messages: [message.id], code: 'ok' });
  expect(message.call).toBe(good.id);
  expect(bad).toMatchObject({ answer: { errcode: 400105 }, refusal: 'robot.type', source: 'messaging.md §2.4' });
  expect(bad).not.toHaveProperty('messages');
  expect(await here.sim('GET', `/calls?words=${encodeURIComponent(sent.body.processQueryKey)}`)).toEqual([good]);
  expect((await here.sim('GET', '/state')).calls[1]).not.toHaveProperty('answer');
});

test('calls are kept with their answer, refused ones too, and found by path or its beginning', async () => {
  await send();
  await here.robot(text('x'), { secret: 'wrong' });
  await here.upload('file', 'a.pdf', new Uint8Array(5));
  const calls = await here.sim('GET', '/calls?path=/robot/send');
  expect(calls).toMatchObject([
    {
      method: 'POST',
      path: '/robot/send',
      status: 200,
      code: 'ok',
      body: text('x'),
      query: { access_token: 'simopsrobot' },
    },
    { code: '310000' },
  ]);
  expect(await here.sim('GET', '/calls?path=/robot/*')).toHaveLength(2);
  expect(await here.sim('GET', '/calls?path=/rob')).toEqual([]);
  const [upload] = await here.sim('GET', '/calls?path=/media/upload');
  expect(upload.body.multipart).toMatchObject([{ name: 'media', fileName: 'a.pdf', size: 5 }]);
  expect(await here.sim('GET', '/calls')).toHaveLength(4);
});

test('a long body is cut in the record', async () => {
  await here.group('sampleText', { content: 'x'.repeat(40_000) });
  const [call] = await here.sim('GET', '/calls?path=/v1.0/robot/*');
  expect(call.body).toMatchObject({ truncated: true, bytes: expect.any(Number) });
  expect(call.code).toBe('invalidParameter.msgParam.tooLong');
});

test('a status, an errcode and a code instead of the work', async () => {
  await fault('/robot/send', { status: 502, body: '<html>bad gateway</html>' });
  expect(await send()).toMatchObject({ status: 502, text: '<html>bad gateway</html>' });
  await fault('/robot/send', { errcode: -1, errmsg: '系统繁忙' }, 2);
  expect((await send()).body).toMatchObject({ errcode: -1, errmsg: '系统繁忙' });
  expect((await send()).body.errcode).toBe(-1);
  await fault('/v1.0/robot/*', { code: 'system.error', message: 'busy', status: 500 });
  expect(await here.group('sampleText', { content: 'x' })).toMatchObject({
    status: 500,
    body: { code: 'system.error' },
  });
  expect(await here.sim('GET', '/messages')).toEqual([]);
  expect((await send()).body.errcode).toBe(0);
  expect(await here.sim('GET', '/faults')).toMatchObject([{ left: 0 }, { left: 0, times: 2 }, { left: 0 }]);
});

test('the named faults', async () => {
  await fault('/robot/send', 'html-ban');
  expect((await send()).text).toContain('<!DOCTYPE html>');
  await fault('/robot/send', 'punish');
  expect((await send()).body).toMatchObject({ status: 1111, punish: 'deny' });
  await fault('/robot/send', 'throttle');
  expect((await send()).body.errcode).toBe(660026);
  await fault('/topapi/*', 'throttle');
  expect((await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' })).body.sub_code).toBe('90018');
  await fault('/v1.0/robot/*', 'throttle');
  expect((await here.group('sampleText', { content: 'x' })).status).toBe(403);
  await fault('/robot/send', { latencyMs: 60 });
  const started = performance.now();
  expect((await send()).body.errcode).toBe(0);
  expect(performance.now() - started).toBeGreaterThan(50);
});

test('revoke-token ends the life of the token in the call', async () => {
  const before = await here.token();
  await fault('/topapi/v2/user/get', 'revoke-token');
  expect((await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' })).body.sub_code).toBe('40014');
  expect(await here.token()).not.toBe(before);
  expect((await here.old('POST', '/topapi/v2/user/get', { userid: 'lisi' })).body.errcode).toBe(0);
});

test('drop-after-accept does the work and cuts the line; hang does nothing and holds it', async () => {
  await fault('/robot/send', 'drop-after-accept');
  await expect(send()).rejects.toThrow();
  expect(await here.sim('GET', '/messages')).toHaveLength(1);
  await fault('/robot/send', 'hang');
  const leave = new AbortController();
  const hanging = fetch(`${here.url}/robot/send`, { method: 'POST', signal: leave.signal }).catch(() => 'left');
  await expect.poll(() => here.sim('GET', '/calls?path=/robot/send')).toHaveLength(2);
  leave.abort();
  expect(await hanging).toBe('left');
  expect(await here.sim('GET', '/messages')).toHaveLength(1);
  const calls = await here.sim('GET', '/calls?path=/robot/send');
  expect(calls).toMatchObject([
    { status: 0, code: 'ok', fault: 'drop-after-accept' },
    { status: 0, code: 'hang' },
  ]);
});

test.each([
  ['POST', '/faults', { path: '/robot/send', fault: 'explode' }],
  ['POST', '/faults', { fault: 'hang' }],
  ['POST', '/faults', { path: '/x', fault: 'hang', times: 0 }],
  ['POST', '/clock', { advanceMs: '1' }],
  ['POST', '/settings', { nonsense: 1 }],
  ['POST', '/settings', { robotWindow: { limit: 'x' } }],
  ['POST', '/settings', { retryPlanMs: 10 }],
  ['POST', '/settings', { callbackUrl: 'nowhere' }],
  ['POST', '/say', { from: 'nobody', text: 'x' }],
  ['POST', '/say', { from: 'lisi' }],
  ['POST', '/say', { from: 'lisi', text: 'x', conversation: 'cidNope=' }],
  ['POST', '/events', { EventType: 'x' }],
  ['POST', '/click', { outTrackId: 'x' }],
  ['POST', '/pushes/nope/repeat', {}],
  ['POST', '/robots', { accessToken: 'x', conversation: 'cidNope=' }],
  ['POST', '/robots', { accessToken: 'x', conversation: 'cidOps=', ips: ['999.1.1.1'] }],
  ['POST', '/robots', { accessToken: 'x', conversation: 'cidOps=', ips: ['10.0.0.0/33'] }],
  ['POST', '/groups', { openConversationId: 'cidX=', disolved: true }],
  ['POST', '/apps', { appKey: 'x', appSecret: 'x', visibleUsers: 'lisi' }],
  ['POST', '/people', { userId: 'x', phone: '1' }],
  ['POST', '/settings', 'no json'],
])('%s /_sim%s %j is answered with 400 and what is expected', async (method, path, body) => {
  const answer = await here.call(method, `/_sim${path}`, body);
  expect(answer.status).toBe(400);
  expect(answer.body).toEqual({ error: expect.any(String), expected: expect.any(String) });
});

test('an unknown control call lists the known ones', async () => {
  const answer = await here.call('GET', '/_sim/nope');
  expect([answer.status, answer.body.known]).toEqual([404, expect.arrayContaining(['GET /_sim/messages'])]);
  expect((await here.call('GET', '/_sim')).body.calls).toEqual(answer.body.known);
});

test('reset brings back the fixtures, the settings of the start and the clock', async () => {
  await send();
  await here.sim('POST', '/people', { userId: 'zhaoliu', name: '赵六' });
  await here.sim('POST', '/clock', { advanceMs: 5000 });
  await here.sim('POST', '/settings', { qps: 1 });
  await here.sim('POST', '/reset');
  const state = await here.sim('GET', '/state');
  expect(state).toMatchObject({ messages: [], calls: [], clockOffsetMs: 0, settings: { qps: 20 } });
  expect(state.people).toHaveLength(3);
});

test('news come as they happen, and closing ends the stream, a hanging call and idle sockets', async () => {
  const simulator = await startSimulator({ port: 0 });
  const response = await fetch(`${simulator.url}/_sim/stream`);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  await fetch(`${simulator.url}/_sim/faults`, { method: 'POST', body: '{"path":"/hang","fault":"hang"}' });
  const hanging = fetch(`${simulator.url}/hang`).catch(() => 'cut');
  const idle = connect(simulator.port, '127.0.0.1');
  let news = '';
  while (!news.includes('event: call')) news += (await reader.read()).value ?? '';
  expect(news).toContain('"path":"/hang"');
  await simulator.close();
  expect(await hanging).toBe('cut');
  await expect(
    (async () => {
      while (!(await reader.read()).done);
      return 'ended';
    })().catch(() => 'ended'),
  ).resolves.toBe('ended');
  idle.destroy();
});

test('a file is put on the media shelf, to be named in a message', async () => {
  const file = await here.sim('POST', '/files', { name: '图.png', type: 'image', base64: 'R0lGODlh' });
  expect(file).toMatchObject({ type: 'image', fileName: '图.png', size: 6, kept: true });
  expect((await here.group('sampleImageMsg', { photoURL: file.mediaId })).status).toBe(200);
  const wrong = await here.call('POST', '/_sim/files', { name: 'a', type: 'picture', base64: 'R0lGODlh' });
  expect([wrong.status, wrong.body.error]).toEqual([400, 'type is not one of file, image, voice, video']);
});

test('a taken port is told by the plain error', async () => {
  await expect(startSimulator({ port: here.simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('the page is served with nothing from elsewhere', async () => {
  const page = await here.call('GET', '/');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const parts = [...page.text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((found) => found[1] ?? '');
  expect(parts.length).toBeGreaterThan(2);
  for (const part of [...parts, '/page/view.js', '/page/looks/looks.js'])
    expect((await here.call('GET', part)).status).toBe(200);
  expect(await here.sim('GET', '/calls')).toEqual([]);
});
