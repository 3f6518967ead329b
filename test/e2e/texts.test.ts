import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { filesClient } from '../support/files.ts';

const client = await filesClient();
const { act, api, send, request, messagesIn, put, finished, sim, urls } = client;

let groups = 0;
/** A group of its own with a robot and its destination: a robot takes 20 messages a minute. */
async function robot(more: object = {}, ofRobot: object = {}) {
  groups += 1;
  const [to, conversation] = [`texts${groups}`, `cidTexts${groups}=`];
  await sim('POST', '/groups', { openConversationId: conversation, title: to, members: ['zhangsan', 'lisi'] });
  expect((await sim('POST', '/robots', { accessToken: to, name: to, conversation, ...ofRobot })).status).toBeLessThan(
    300,
  );
  const put = await api('PUT', `/destinations/${to}`, { kind: 'custom-robot', accessToken: to, ...more });
  expect(put.status).toBe(200);
  const texts = async (): Promise<string[]> =>
    (await messagesIn(conversation)).map(({ text }: { text: string }) => text);
  return { to, conversation, texts };
}

const LONG = `告警: 主机 db-1\n${'磁盘使用率很高,请尽快处理。\n'.repeat(1200)}`;

test('each part, card, test and notice to a robot with a keyword has it', async () => {
  const { to, texts } = await robot({ keyword: '告警' }, { keywords: ['告警'] });
  const url = 'https://a.cn';
  expect((await send({ to, text: LONG })).body.status).toBe('sent');
  expect((await send({ to, markdown: { title: 't', text: 'CPU **95%**' } })).body.status).toBe('sent');
  expect(
    (await send({ to, actionCard: { title: 't', text: 'CPU', buttons: [{ title: 'b', url }] } })).body.status,
  ).toBe('sent');
  expect((await send({ to, link: { title: 't', text: 'CPU', url } })).body.status).toBe('sent');
  expect((await send({ to, feedCard: { items: [{ title: 'CPU', url, pictureUrl: url }] } })).body.status).toBe('sent');
  expect((await api('POST', `/destinations/${to}/test`)).body.status).toBe('sent');
  const { body: task } = await api('POST', '/tasks', { title: '修复', assignees: ['zhangsan'], notify: to });
  await expect.poll(async () => (await texts()).some((text) => text?.includes(`#${task.number}`))).toBe(true);
  await put(`share/${to}/report.pdf`, Buffer.from('report'));
  const [{ links }] = (await finished(`share/${to}/report.pdf`)).targets;
  await expect.poll(async () => (await api('GET', links.messages[0])).body.status).toBe('sent');
});

test('a long text to a robot that may want a keyword is refused whole, with what to do', async () => {
  const { to, texts } = await robot({}, { keywords: ['告警'] });
  const { status, body } = await send({ to, text: LONG });
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([
    { path: 'text', code: 'keyword_unknown', message: expect.stringContaining('"keyword"') },
  ]);
  expect(await texts()).toEqual([]);
  const plain = await robot({ keyword: '' });
  expect((await send({ to: plain.to, text: LONG })).body.status).toBe('sent');
});

test('what a destination cannot carry is refused when a task or an approval is to be told there', async () => {
  const { to, texts } = await robot({}, { keywords: ['任务'] });
  const long = { title: '<'.repeat(1024), description: '<'.repeat(4096), assignees: ['zhangsan'], notify: [to, 'ops'] };
  const task = await api('POST', '/tasks', long);
  expect([task.status, task.body.errors]).toEqual([
    422,
    [expect.objectContaining({ path: 'notify', code: 'keyword_unknown' })],
  ]);
  expect((await api('POST', '/tasks?dryRun=true', long)).status).toBe(422);
  const asked = {
    question: '发布？',
    details: '甲'.repeat(1500),
    approvers: { people: ['zhangsan'] },
    to: ['notice', 'project'],
  };
  const approval = await api('POST', '/approvals', asked);
  expect([approval.status, approval.body.errors]).toEqual([
    422,
    [expect.objectContaining({ path: 'to', code: 'too_long' })],
  ]);
  expect((await api('POST', '/approvals', { ...asked, details: '短' })).status).toBe(201);
  expect(await texts()).toEqual([]);
});

test('a fence that is left open in the details of an approval swallows nothing', async () => {
  const { to, texts } = await robot();
  const asked = { question: 'a] b [c\n# 二', details: '```\nerror', approvers: { people: ['zhangsan'] }, to };
  expect((await api('POST', '/approvals', asked)).status).toBe(201);
  await expect.poll(texts).toHaveLength(1);
  expect((await texts())[0]).toMatch(/^### 审批 A-\w+：a\\\] b \\\[c # 二\n\n```\nerror\n```\n\n审批人：张三\n/);
});

test.each([
  ['修复 <登录> 温度<5', '第一步: 备份\n第二步: 升级\n第三步: 验证 2*3*4'],
  ['x](http://evil) [y', '[点击重新登录](http://evil.example/login)\n# 不是标题'],
  ['两行\n标题', '> 引用\n- 一\n1. 二'],
  ['__init__.py `x`', '| a | b |\n|---|---|\nAT&amp;T'],
])('a task %j shows as it was written', async (title, description) => {
  const { to, texts } = await robot();
  await api('POST', '/tasks', { title, description, assignees: ['zhangsan'], notify: to });
  const shown = (text: string) =>
    text
      .replace(/&(?=a)/g, '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[*_[\]`|]/g, '\\$&')
      .replace(/^(\d)\./gm, '$1\\.')
      .replace(/^([#-])/gm, '\\$1');
  await expect.poll(texts).toHaveLength(1);
  const [text] = await texts();
  expect(text).toContain(
    `: ${shown(title).replace('\n', ' ')}\n\n${shown(description).replaceAll('\n', '  \n')}\n\n`.slice(2),
  );
});

test('a title is not cut through an emoji', async () => {
  const { to, conversation } = await robot();
  const titles = [52, 54, 56, 58].map((count) => `甲\n${'甲'.repeat(count - 2)}😀😀😀👨‍👩‍👧‍👦后面还有内容`);
  for (const title of titles) await api('POST', '/tasks', { title, assignees: ['zhangsan'], notify: to });
  const found = async () => (await messagesIn(conversation)).map(({ title }: { title: string }) => title);
  await expect.poll(found).toHaveLength(titles.length);
  for (const title of await found()) {
    expect(title.isWellFormed()).toBe(true);
    expect(title).not.toMatch(/\u200d…$|\n/);
  }
});

test('a caption has its lines, and a file name its signs', async () => {
  const { to, texts } = await robot();
  await put(`share/${to}/__init__~~x~~.py`, Buffer.from('x'), {
    Metadata: { caption: encodeURIComponent('第一行\n第二行 <b>') },
  });
  await finished(`share/${to}/__init__~~x~~.py`);
  await expect.poll(texts).toHaveLength(1);
  expect((await texts())[0]).toContain('### \\_\\_init\\_\\_\\~\\~x\\~\\~.py\n\n第一行  \n第二行 &lt;b&gt;\n\n');
});

test('merged texts show as they were written, and an open fence ends with its message', async () => {
  const { to, texts } = await robot({ merge: { windowMs: 10_000 } });
  const items = [
    { markdown: { title: '构建', text: '**构建失败**\n\n```\nerror TS2304' } },
    { text: 'db-1 检查:\n第1行 a*b*c\n# 不是标题' },
    { text: '最后一条' },
  ];
  for (const item of items) await api('POST', '/messages', { to, ...item });
  await expect.poll(texts).toHaveLength(1);
  const [text = ''] = await texts();
  expect(text).toContain('```\nerror TS2304\n```\n\n---');
  expect(text).toContain('db-1 检查:  \n第1行 a\\*b\\*c  \n\\# 不是标题');
  expect(text.replace(/```[^`]*```/g, '')).toContain('最后一条');
});

test('a mention stands behind a fence that was left open', async () => {
  const { to, conversation } = await robot();
  await send({ to, markdown: { title: 't', text: '```\nx' }, mention: { users: ['lisi'] } });
  expect((await messagesIn(conversation)).at(-1)).toMatchObject({ text: '```\nx\n```\n\n@lisi', mentions: ['lisi'] });
});

test('markdown is sent as it is, its answer warns of phones, and convert mends it', async () => {
  const { to, texts } = await robot();
  const text = '结果\n| 主机 | 状态 |\n|---|---|\n| db-1 | ok |\n\n第一行\n第二行';
  const plain = await send({ to, markdown: { title: 't', text } });
  expect(plain.body.warnings.map(({ code }: { code: string }) => code)).toEqual(['table_on_phones', 'line_break_lost']);
  const converted = await api('POST', '/messages', { to, markdown: { title: 't', text, convert: true } });
  expect(converted.status).toBe(202);
  expect(converted.body).not.toHaveProperty('warnings');
  await expect.poll(texts).toEqual([text, '结果\n\n- **db-1** · 状态: ok\n\n第一行  \n第二行']);
});

test.each([
  ['webhook', (token: string) => ({ webhook: ` https://oapi.dingtalk.com/robot/send?access_token=${token}\n` })],
  [
    'accessToken',
    (token: string) => ({
      kind: 'custom-robot',
      accessToken: `https://oapi.dingtalk.com/robot/send?access_token=${token}`,
    }),
  ],
  [
    'a robot of a pool',
    (token: string) => ({
      kind: 'custom-robot-pool',
      robots: [{ accessToken: `https://oapi.dingtalk.com/robot/send?access_token=${token}&x=1`, secret: 'SECpasted' }],
    }),
  ],
])('what DingTalk shows is pasted as %s', async (_, bodyOf) => {
  const { to, texts } = await robot({}, { secret: 'SECpasted' });
  const body = bodyOf(to);
  const pasted = await api('PUT', `/destinations/${to}`, 'robots' in body ? body : { ...body, secret: 'SECpasted' });
  expect(pasted.status).toBe(200);
  expect(pasted.text).not.toContain('access_token');
  // a function remembers a destination for half a minute
  const name = `${to}-pasted`;
  await api('PUT', `/destinations/${name}`, 'robots' in body ? body : { ...body, secret: ' SECpasted ' });
  expect((await send({ to: name, text: '到了' })).body.status).toBe('sent');
  expect(await texts()).toEqual(['到了']);
});

test('a pasted address without a token, or of nobody, is refused by its name', async () => {
  const body = { webhook: 'https://open.feishu.cn/open-apis/bot/v2/hook/xxx' };
  const { status, body: problem } = await api('PUT', '/destinations/feishu', body);
  expect(status).toBe(422);
  expect(problem.errors).toMatchObject([{ path: 'webhook', message: expect.stringContaining('access_token') }]);
  const twice = await api('PUT', '/destinations/feishu', { ...body, accessToken: 'a', kind: 'custom-robot' });
  expect(twice.body.errors).toMatchObject([{ path: 'webhook', code: 'unknown_field' }]);
});

test.each(['gbk', 'GB18030', 'big5', 'iso-8859-1', 'utf-16'])(
  'a body in %s is refused by its name',
  async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    const { status, body } = await api('POST', '/messages', { to: 'ops', text: 'x' }, headers);
    expect([status, body.code, body.errors[0].message]).toEqual([
      415,
      'unsupported_charset',
      expect.stringContaining(charset),
    ]);
  },
);

test('bytes that are no UTF-8 are refused, a BOM is dropped, and UTF-8 may be named', async () => {
  const raw = (body: Uint8Array<ArrayBuffer>, type = 'application/json') =>
    fetch(`${urls.api}/messages`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer local', 'content-type': type },
    });
  const gbk = Buffer.concat([
    Buffer.from('{"to":"project","text":"'),
    Buffer.from([0xc4, 0xe3, 0xba, 0xc3]),
    Buffer.from('"}'),
  ]);
  const refused = await raw(new Uint8Array(gbk));
  expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ code: 'invalid_json' })]);
  const body = JSON.stringify({ to: 'project', text: '你好' });
  expect((await raw(new TextEncoder().encode(`\ufeff${body}`))).status).toBe(202);
  expect((await raw(new TextEncoder().encode(body), 'application/json; charset="UTF-8"')).status).toBe(202);
  expect((await api('POST', '/messages', '{"to":"project","text":"meant: \\ufffd"}')).status).toBe(202);
});

test('a destination is found however its letters are composed, and may be named in any script', async () => {
  for (const name of ['équipe', 'हिन्दी', 'ไทยน้ำ', '한국어']) {
    const [composed, decomposed] = [name.normalize('NFC'), name.normalize('NFD')];
    const body = { kind: 'robot-users', userIds: ['zhangsan'] };
    expect((await api('PUT', `/destinations/${encodeURIComponent(composed)}`, body)).status).toBe(200);
    expect((await api('GET', `/destinations/${encodeURIComponent(decomposed)}`)).body.name).toBe(composed);
    expect((await send({ to: decomposed, text: name })).body.status).toBe('sent');
  }
  const key = `share/${'équipe'.normalize('NFD')}/${'résumé'.normalize('NFD')}.txt`;
  await put(key, Buffer.from('x'));
  expect(await finished(key)).toMatchObject({ status: 'shared', fileName: 'résumé.txt' });
});

test('the robot reads a formatted message as it reads a text, and answers in times of the reader', async () => {
  const due = '2036-12-01T10:00:00Z';
  const { body: task } = await api('POST', '/tasks', { title: '格式', assignees: ['wangwu'], due });
  const heard = async () => (await messagesIn('wangwu')).map(({ text }: { text: string }) => text);
  await act('/say', { from: 'wangwu', richText: [{ text: '状态 ' }, { text: `${task.number}。` }] });
  await expect.poll(heard).toContainEqual(expect.stringContaining(`#${task.number} 格式：待处理`));
  await act('/say', { from: 'wangwu', text: '任务！' });
  await expect.poll(heard).toContainEqual(expect.stringContaining(`#${task.number} 格式（截止 2036-12-01 18:00）`));
});

test('what a system left in a folder is recorded as ignored, and goes to nobody', async () => {
  const { to, texts } = await robot();
  for (const name of ['.DS_Store', '._a.pdf', 'Thumbs.db', '~$x.docx', 'x.crdownload']) {
    const key = `share/${to}/${name}`;
    await put(key, Buffer.from('x'));
    expect(await finished(key)).toMatchObject({ status: 'ignored', code: 'system_file', targets: [] });
  }
  expect(await texts()).toEqual([]);
});

test('a packed object goes as a link, which a browser unpacks', async () => {
  const csv = 'a,b\n1,2\n'.repeat(100);
  for (const [name, ContentEncoding] of [
    ['report.csv', 'gzip'],
    ['report.csv.gz', 'gzip'],
    ['x.csv', 'x-gzip'],
    ['a.png', 'gzip'],
  ] as const) {
    await put(`share/project/${name}`, gzipSync(csv), { ContentEncoding });
    const share = await finished(`share/project/${name}`);
    expect(share).toMatchObject({ targets: [{ way: 'link-card', code: 'content_encoded' }] });
    expect(await (await fetch(share.link.url)).text()).toBe(csv);
  }
});

test.each([
  ['C:\\Users\\me\\报告.pdf', '报告.pdf'],
  ['2*3*4=24.txt', '2_3_4=24.txt'],
  ['résumé.pdf'.normalize('NFD'), 'résumé.pdf'],
  ['\\\\server\\share\\a:b.txt', 'a:b.txt'],
])('a file %s is shared as %s', async (fileName, expected) => {
  const { status, body } = await api('POST', '/files', { to: 'project', fileName, size: 3 });
  expect(status).toBe(201);
  expect((await api('GET', `/shares/${body.id}`)).body.fileName).toBe(expected);
});

test.each(['text/csv; charset=utf-8', '', 'multipart/form-data;boundary="a b"', 'application/vnd.ms-excel'])(
  'a file of the type %j is taken',
  async (contentType) => {
    const bytes = Buffer.from('abc');
    const { body } = await api('POST', '/files', { to: 'project', fileName: 'a.csv', size: bytes.length, contentType });
    const { url, headers } = body.upload;
    expect(headers['content-type']).toBe(contentType || 'application/octet-stream');
    expect((await fetch(url, { method: 'PUT', headers, body: bytes })).status).toBe(200);
  },
);

test('a look at a limited link counts nothing', async () => {
  const { to } = await robot();
  await put(`share/${to}/once.pdf`, Buffer.from('once'), { Metadata: { 'link-views': '1' } });
  const { link } = await finished(`share/${to}/once.pdf`);
  expect((await request('HEAD', link.url)).status).toBe(200);
  expect((await request('GET', link.url, undefined, { 'user-agent': 'DingTalk-LinkService/1.0' })).status).toBe(200);
  expect((await request('GET', link.url, undefined, { 'sec-purpose': 'prefetch' })).status).toBe(200);
  expect((await request('GET', link.url)).status).toBe(302);
  expect((await request('GET', link.url)).status).toBe(410);
});
