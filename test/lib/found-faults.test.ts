import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from 'commonmark';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { jsonFile } from '../../cli/request.ts';
import { input } from '../../contract/faults.ts';
import { RequestUpload } from '../../contract/requests/files.ts';
import { DispatchTask, ListTasks } from '../../contract/requests/tasks.ts';
import { createBucket } from '../../lib/aws/s3/bucket.ts';
import { refused } from '../../lib/aws/signed-request.ts';
import { nextAt } from '../../lib/base/people/local-time.ts';
import { readPerson } from '../../lib/base/people/person.ts';
import { baseName, cleanName } from '../../lib/base/text/file-name.ts';
import { normalize } from '../../lib/events/normalize.ts';
import { answerCommand } from '../../lib/events/reactions/answer-command.ts';
import { receivedMessageOf } from '../../lib/events/received-message.ts';
import { openFile } from '../../lib/files/share/open-file.ts';
import { routeOf } from '../../lib/files/share/route.ts';
import { httpHandler } from '../../lib/lambda/http.ts';
import type { Content } from '../../lib/messages/content.ts';
import { mergedContent } from '../../lib/messages/deliver/merge.ts';
import { DestinationName } from '../../lib/messages/destination.ts';
import { outcomeOf } from '../../lib/messages/outcome.ts';
import { planFor } from '../../lib/messages/render/plan.ts';
import { split } from '../../lib/messages/render/split.ts';
import { asLine, asMarkdown } from '../../lib/messages/text/plain.ts';
import { shortTitle } from '../../lib/messages/text/tokens.ts';
import { listTasks } from '../../lib/tasks/list-tasks.ts';
import { commandOf } from '../../lib/tasks/robot/commands.ts';
import { digest } from '../../lib/tasks/task-messages.ts';
import { httpEvent } from '../support/events.ts';
import { memoryLog } from '../support/memory-log.ts';
import { task } from '../support/tasks.ts';

/**
 * Every fault of texts, names, times and commands that was found once: the input that showed it first, and at least three
 * of the same kind that nobody had reported. What goes over queues and tables stands in test/e2e/texts.test.ts as well.
 */
type Fault = { name: string; read: (given: never) => unknown; rows: [given: unknown, right: unknown][] };
const FAULTS: Fault[] = [];
function fault<G, R>(name: string, read: (given: G) => R | Promise<R>, rows: [given: G, right: Awaited<R>][]): void {
  FAULTS.push({ name, read, rows });
}

const folder = mkdtempSync(join(tmpdir(), 'dingdock-faults-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// 1
const WORDED = { kind: 'custom-robot' as const, accessToken: 'a', keyword: '告警' };
const bodiesOf = (content: Content) =>
  planFor(WORDED, content).map(({ rendered }) => JSON.stringify(rendered.measured));
const url = 'https://a.cn';
const LONG = '磁盘使用率很高,请尽快处理。\n'.repeat(1200);
fault(
  'a part of a long text has no keyword, and its robot refuses it',
  (content: Content) => [...new Set(bodiesOf(content).map((body) => body.split('告警').length - 1))],
  [
    [{ kind: 'text', text: `告警: 主机 db-1\n${LONG}` }, [1]],
    [{ kind: 'markdown', title: '日报', text: `## 告警\n\n${LONG}` }, [1]],
    [{ kind: 'markdown', title: '代码', text: `\`\`\`sh\n${'echo 磁盘\n'.repeat(3000)}\`\`\`` }, [1]],
    [{ kind: 'actionCard', title: 't', text: 'CPU 95%', buttons: [{ title: '打开', url }] }, [1]],
    [{ kind: 'feedCard', items: ['a', 'b'].map((title) => ({ title, url, pictureUrl: url })) }, [1]],
  ],
);

// 2
const message = (...statuses: string[]) =>
  statuses.map((status, n) => ({ id: `m_${n}`, createdAt: '', deliveries: { ops: { status, attempts: [] } } }));
fault(
  'a state says success before the last step has answered',
  (statuses: string[]) => outcomeOf(message(...statuses) as never).status,
  [
    [['failed'], 'failed'],
    [['sent', 'failed'], 'failed'],
    [['sent', 'queued'], 'queued'],
    [['sent', 'sending', 'failed'], 'sending'],
    [['sent', 'unknown'], 'unknown'],
    [['sent', 'expired'], 'expired'],
  ],
);

// 3
const SENTENCE = '今日上线内容较多,请各位同事仔细阅读并按时完成各自模块的验证工作';
const whole = (item: string) => {
  const items = Array.from({ length: 60 }, (_, n) => item.replaceAll('N', String(n + 100)));
  const bodies = split(items.map((each) => `${SENTENCE}${each}`).join('。'), 2_000, true).map(({ body }) => body);
  return bodies.length > 1 && items.every((each) => bodies.filter((body) => body.includes(each)).length === 1);
};
fault('a long text is cut inside what belongs together', whole, [
  ['[工单N](https://jira.example.com/browse/OPS-N?from=weekly&x=1)', true],
  ['https://jira.example.com/browse/OPS-N?from=weekly#top', true],
  ['![图N](https://img.example.com/a_N.png)', true],
  ['**第 N 项，重要**', true],
  ['`kubectl logs pod-N --tail 20`', true],
  [' @user.N-x ', true],
  ['共 N,000,000.50 元', true],
  ['👨‍👩‍👧‍👦N', true],
]);

// 4
const reopened = (opening: string) => {
  const pieces = split(`${opening}${'普通文字一行,说明第几步要做什么。\n\n'.repeat(90)}`, 2_000, true);
  return pieces.some(({ before, after }) => /[`~]{3}/.test(`${before}${after}`));
};
fault('code within a line is taken for an open fence', reopened, [
  ['```npm ci``` 之前先清缓存\n', false],
  ['``` `x`\n', false],
  ['```a``` 和 ```b```\n', false],
  ['> ```npm ci``` 之前\n\n', false],
  ['- ```npm ci```\n\n', false],
]);

// 5
const FRAMES = Array.from({ length: 200 }, (_, n) => `at com.example.Service.method${n}(Service.java:${n})`);
const fences = ([opening, before, end]: [opening: string, before: string, end: string]) => {
  const pieces = split(`${opening}${FRAMES.map((line) => `${before}${line}`).join('\n')}\n${end}\n\n完`, 4_000, true);
  return [pieces.length > 2, pieces[1]?.before, pieces[0]?.after];
};
fault('a fence in a quote or a list loses it in the next message', fences, [
  [
    ['> 堆栈:\n> ```java\n', '>     ', '> ```'],
    [true, '> ```java\n', '> ```\n'],
  ],
  [
    ['1. 堆栈:\n    ```java\n', '    ', '    ```'],
    [true, '1. ```java\n', '   ```\n'],
  ],
  [
    ['- 堆栈:\n  ~~~~ java\n', '  ', '  ~~~~'],
    [true, '- ~~~~ java\n', '  ~~~~\n'],
  ],
  [
    ['> 2) 堆栈:\n>    ```\n', '>    ', '>    ```'],
    [true, '> 2) ```\n', '>    ```\n'],
  ],
  [
    ['> > ```\n', '> > ', '> > ```'],
    [true, '> > ```\n', '> > ```\n'],
  ],
]);

// 6
fault(
  'a title is cut through a character',
  (title: string) => {
    const short = shortTitle(title, 64);
    const ends = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(title)].map(
      ({ index }) => index,
    );
    return [short.length <= 64, short.isWellFormed(), ends.includes(short.length - 1)];
  },
  [52, 54, 60]
    .flatMap((before) =>
      ['😀😀😀', '👨‍👩‍👧‍👦👨‍👩‍👧‍👦', '🇨🇳🇨🇳🇨🇳', '👍🏽👍🏽', '1️⃣2️⃣3️⃣', '葛󠄀葛󠄀葛󠄀'].map(
        (sign) => `${'甲'.repeat(before)}${sign}后面还有内容`,
      ),
    )
    .map((title) => [title, [true, true, true]]),
);

// 7 and 8: as a CommonMark reader shows it
const shown = (markdown: string) => {
  const walker = new Parser().parse(markdown).walker();
  let text = '';
  const types = new Set<string>();
  for (let step = walker.next(); step; step = walker.next()) {
    if (step.entering) types.add(step.node.type);
    text += step.node.literal ?? '';
    if (step.node.type === 'linebreak') text += '\n';
    if (!step.entering && step.node.type === 'paragraph') text += '\n\n';
  }
  return [text.trimEnd(), [...types].filter((type) => !/^(?:document|paragraph|text|linebreak)$/.test(type))];
};
const same = (texts: string[]) => texts.map((text): [string, unknown[]] => [text, [text, []]]);
fault(
  'lines of a plain text run together, and its signs make something of their own',
  (text: string) => shown(asMarkdown(text)),
  same([
    '第一步: 备份\n第二步: 升级\n第三步: 验证 2*3*4',
    'db-1 检查:\n第1行 a*b*c\n# 不是标题',
    '- 一\n- 二\n1. 三\n2) 四',
    '> 引用\n第二行\n\n---\n===',
    '```\n不是代码\n```\n~~~',
    '[点击](http://evil.example) ![x](y) <a@b.cn>',
  ]),
);
fault(
  'what looks like a tag or an entity is read as one',
  (text: string) => shown(asMarkdown(text)),
  same([
    '修复 <登录> 温度<5',
    '值 <nil>',
    '<!-- 隐藏 --> 看不见',
    'AT&amp;T &copy; &#35;',
    '</div><br/>完',
    'a < b && c > d',
  ]),
);
fault('a name in a heading is formatted', (name: string) => asLine(name), [
  ['__init__.py', '\\_\\_init\\_\\_.py'],
  ['~~删除~~.txt', '\\~\\~删除\\~\\~.txt'],
  ['AT&amp;T &copy;.pdf', 'AT&amp;amp;T &amp;copy;.pdf'],
  ['[草稿](x).md', '\\[草稿\\](x).md'],
  ['# 一 #', '\\# 一 \\#'],
  ['`a`|b|.csv', '\\`a\\`\\|b\\|.csv'],
]);
const itemOf = (title: string) => {
  const content = digest([task({ title })], () => url, true, { language: 'zh', timeZone: 'Asia/Shanghai' });
  const [, item = ''] = /\n([-*\d][^\n]*#12[^\n]*)/.exec('text' in content ? content.text : '') ?? [];
  return (
    (shown(item)[0] as string).includes(title.replace(/\s+/g, ' ')) &&
    (shown(item)[1] as string[]).every((type) => /^(?:list|item|link|strong)$/.test(type))
  );
};
fault('a title breaks the item of a list that it stands in', itemOf, [
  ['a] b [c', true],
  ['两行\n标题', true],
  ['x](http://evil.example) [y', true],
  ['# 一\r\n- 二', true],
  ['**粗 `码', true],
]);

// 11
const merged = (text: string) => {
  const content = mergedContent(
    [{ content: { kind: 'markdown', title: '构建', text } }, { content: { kind: 'text', text: '最后一条' } }],
    'zh',
  );
  const walker = new Parser().parse('text' in content ? content.text : '').walker();
  for (let step = walker.next(); step; step = walker.next()) {
    if (step.node.literal?.includes('最后一条')) return step.node.type;
  }
  return undefined;
};
fault('a fence that was left open swallows the next message', merged, [
  ['**构建失败**\n\n```\nerror TS2304', 'text'],
  ['~~~\nerror', 'text'],
  ['````md\n```\nerror\n```', 'text'],
  ['> ```\n> error', 'text'],
  ['- 一\n  ```sh\n  make', 'text'],
]);

// 12
fault('a person is not understood as people write them', (text: string) => readPerson(text)?.id, [
  ['@lisi', 'lisi'],
  ['+8613800000002', '13800000002'],
  ['+86-13800000002', '13800000002'],
  ['138 0000 0002', '13800000002'],
  ['＠ｌｉｓｉ', 'lisi'],
  ['（＋８６）１３８ ００００ ０００２', '13800000002'],
  ['\u2068@lisi\u2069', 'lisi'],
  ['tel:138-0000-0002', '13800000002'],
  ['+852 6123 4567', '+852-61234567'],
  ['li si', undefined],
  ['李 四', undefined],
]);

// 13
const looking = async (asker: { method: string; headers: Record<string, string> }) => {
  let views = 0;
  const link = { id: 'l', shareId: 's', bucket: 'b', key: 'k', fileName: 'a.pdf', expiresAt: '2036-01-01T00:00:00Z' };
  const links = {
    get: async () => ({ ...link, timeZone: 'UTC', sender: 'x', views: 0, maxViews: 1 }),
    view: async () => {
      views += 1;
      return true;
    },
  };
  const { status } = await openFile({ links, urls: { presign: async () => url }, now: () => 0 } as never, 'l', asker);
  return [status, views];
};
const looks = (method: string, headers: Record<string, string> = {}) => ({ method, headers });
fault('a look at a link counts as a view', looking, [
  [looks('HEAD', { 'user-agent': 'curl/8.5' }), [200, 0]],
  [looks('GET', { 'user-agent': 'DingTalk-LinkService/1.0' }), [200, 0]],
  [looks('GET', { 'sec-purpose': 'prefetch;prerender' }), [200, 0]],
  [looks('GET', { purpose: 'prefetch' }), [200, 0]],
  [looks('GET', { 'x-moz': 'prefetch' }), [200, 0]],
  [looks('GET', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }), [200, 0]],
  [looks('GET', { 'user-agent': 'Mozilla/5.0 AliApp(DingTalk/7.8.1)' }), [302, 1]],
]);

// 14
const encodingOf = async (ContentEncoding: string) => {
  const answer = Object.assign(new IncomingMessage(new Socket()), {
    headers: { etag: '"e"', 'content-length': '3', 'content-encoding': ContentEncoding },
  });
  return (await createBucket(async () => answer).head({ bucket: 'b', key: 'k' })).encoding;
};
fault('packed bytes go out under the name of the plain file', encodingOf, [
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['aws-chunked,gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['aws-chunked', undefined],
  ['Identity', undefined],
  ['AWS-Chunked, ', undefined],
]);

// 15
fault(
  'a destination is not found by a name that is composed otherwise',
  (name: string) => {
    const route = routeOf(`share/${name.normalize('NFD')}/a.pdf`);
    return v.is(DestinationName, name) && 'wish' in route && route.wish.destinations[0] === name;
  },
  ['équipe', 'हिन्दी', 'ไทยน้ำ', '한국어', 'Việt_Nam', 'ガ行'].map((name) => [name, true]),
);

// 16
const heard = (richText: object[]) => {
  const data = { msgtype: 'richText', content: { richText }, conversationType: '1', conversationId: 'c' };
  const said = receivedMessageOf({ id: 'e', type: 'robot.message', app: 'a', occurredAt: '', data, raw: '' });
  const command = commandOf(said?.text ?? '');
  return command && [command.name, command.argument];
};
fault('a formatted message is not heard', heard, [
  [[{ text: '状态 13' }], ['status', '13']],
  [
    [{ text: '状态 ' }, { text: '13', attrs: { bold: true } }],
    ['status', '13'],
  ],
  [
    [{ text: '状态' }, { text: '\n' }, { text: '１３。' }],
    ['status', '13'],
  ],
  [
    [{ type: 'picture', downloadCode: 'c' }, { text: '状态 13' }],
    ['status', '13'],
  ],
  [
    [{ text: '' }, {}, { text: '  完成13' }],
    ['done', '13'],
  ],
]);

// 17
const said = (text: string) => {
  const command = commandOf(text);
  return command && [command.name, command.argument, command.comment].filter((part) => part !== '');
};
fault('a command is not understood with the signs that people put', said, [
  ['状态１３', ['status', '13']],
  ['状态 13。', ['status', '13']],
  ['done 21, thanks', ['done', '21', 'thanks']],
  ['完成：１２！谢谢', ['done', '12', '谢谢']],
  ['状态 13。。', ['status', '13']],
  ['拒绝12，今天休假', ['decline', '12', '今天休假']],
  ['「完成 12」', ['done', '12']],
  ['完成（12）', ['done', '12']],
  ['完成【12】谢谢', ['done', '12', '谢谢']],
  ['\u2068完成\u2069 12', ['done', '12']],
  ['“完成”12', ['done', '12']],
  ['拒绝 12（今天休假）', ['decline', '12', '（今天休假）']],
  ['状态 12（谢谢）', ['status', '12']],
  ['《任务》', ['tasks']],
  ['完成 1.5', ['done', '1.5']],
  ['完成了 12', undefined],
]);

// 18
const next = ([at, time, zone]: [at: string, time: string, zone: string]) =>
  new Date(nextAt(Date.parse(at), time, zone)).toISOString();
fault('a time of day is wrong on days of 23 and 25 hours', next, [
  [['2026-10-31T20:00:00Z', '07:00', 'America/New_York'], '2026-11-01T12:00:00.000Z'],
  [['2026-03-08T05:30:00Z', '07:00', 'America/New_York'], '2026-03-08T11:00:00.000Z'],
  [['2026-03-28T20:00:00Z', '09:00', 'Europe/Berlin'], '2026-03-29T07:00:00.000Z'],
  [['2026-10-24T20:00:00Z', '09:00', 'Europe/Berlin'], '2026-10-25T08:00:00.000Z'],
  [['2026-04-04T12:00:00Z', '07:00', 'Australia/Lord_Howe'], '2026-04-04T20:30:00.000Z'],
]);

// 19
const listed = async ([due, timeZone]: [due: string, timeZone: string]) => {
  let answer = '';
  const of = task({ due, timeZone });
  const run = answerCommand({
    tasks: { list: async () => ({ tasks: [of] }) },
    deeds: { take: async () => ({ granted: true }), mayTell: async () => true },
    now: () => 0,
    corpIdOf: () => undefined,
    pageUrl: () => url,
    appNamed: () => ({
      reply: async (_: unknown, text: string) => {
        answer = text;
      },
    }),
  } as never)({
    id: 'e',
    type: 'robot.message',
    app: 'a',
    occurredAt: due,
    data: { text: { content: '任务' }, senderStaffId: 'zhangsan', conversationType: '1', conversationId: 'c' },
    raw: '',
  });
  await run?.run();
  return /截止 ([^）]*)/.exec(answer)?.[1];
};
fault('a list tells times as programs write them', listed, [
  [['2026-12-01T10:00:00Z', 'Asia/Shanghai'], '2026-12-01 18:00'],
  [['2026-12-01T16:30:00.000Z', 'Asia/Shanghai'], '2026-12-02 00:30'],
  [['2026-12-01T10:00:00Z', 'America/New_York'], '2026-12-01 05:00'],
  [['2026-07-01T10:00:00Z', 'Europe/Berlin'], '2026-07-01 12:00'],
  [['2026-12-01T18:00:00+08:00', 'Asia/Kathmandu'], '2026-12-01 15:45'],
]);

// 20
const heardAs = (digits: string) => {
  const payload = `{"conversationId":"c","bizId":${digits},"deep":[{"id":${digits}}]}`;
  const { data } = normalize({
    door: 'robot',
    app: 'a',
    receivedAt: '2026-01-01T00:00:00Z',
    stamp: '1767225600000',
    payload,
  }).event;
  return [data.bizId, data.deep];
};
const twice = (value: unknown) => [value, [{ id: value }]];
fault('a number that is too long loses its end', heardAs, [
  ['12345678901234567890', twice('12345678901234567890')],
  ['9007199254740993', twice('9007199254740993')],
  ['-9007199254740993', twice('-9007199254740993')],
  ['9007199254740992', twice('9007199254740992')],
  ['9007199254740991', twice(9_007_199_254_740_991)],
  ['1.5', twice(1.5)],
]);

// 21
const TASK = { title: 'x', assignees: ['lisi'] };
const codes = (read: unknown) =>
  Array.isArray(read) ? [...new Set(read.map(({ path, code }) => `${path} ${code}`))] : [];
fault(
  'a day that does not exist becomes another one',
  (due: string) => codes(input(DispatchTask).read({ ...TASK, due })),
  [
    ['2036-02-30T00:00:00Z', ['due invalid_format']],
    ['2037-02-29T00:00:00Z', ['due invalid_format']],
    ['2036-04-31T08:00:00+08:00', ['due invalid_format']],
    ['2036-13-01T00:00:00Z', ['due invalid_format']],
    ['2036-02-29T00:00:00Z', []],
  ],
);

// 22
const dueBefore = async (text: string) => {
  const read = input(ListTasks).read(Object.fromEntries(new URLSearchParams(`dueBefore=${text}`)));
  if (Array.isArray(read)) return codes(read);
  let asked: string | undefined;
  const tasks = {
    async list(_: string, page: { before?: string | undefined }) {
      asked = page.before;
      return { tasks: [] };
    },
  };
  await listTasks({ tasks, taskApp: () => ({ timeZone: 'Asia/Shanghai' }) } as never, read.value);
  return asked;
};
fault('a bare plus in an address is a blank, and a day begins in London', dueBefore, [
  ['2026-12-31T00:00:00+08:00', '2026-12-30T16:00:00.000Z'],
  ['2026-12-31', '2026-12-30T16:00:00.000Z'],
  ['2026-12-31T00:00:00%2B08:00', '2026-12-30T16:00:00.000Z'],
  ['2026-12-31T00:00:00-05:00', '2026-12-31T05:00:00.000Z'],
  ['2026-02-30', ['dueBefore invalid_format']],
  ['2026-12-31T00:00:00', ['dueBefore invalid_format']],
]);

// 23
const posted = async ([bytes, type]: [bytes: Buffer, type: string]) => {
  const handler = httpHandler({
    ready: async () => ({}),
    log: memoryLog().log,
    routes: { 'POST /x': { needs: 'none', reaches: {}, body: input(v.object({ to: v.string() })) } },
    handlers: { 'POST /x': async (_, { body }) => ({ status: 201, body }) },
  });
  const headers = { 'content-type': type };
  const event = httpEvent('POST /x', { body: bytes.toString('base64'), isBase64Encoded: true, headers });
  const { statusCode, body } = await handler(event);
  return [statusCode, JSON.parse(body ?? '{}').to ?? JSON.parse(body ?? '{}').code];
};
const json = (text: string) => Buffer.from(`{"to":"${text}"}`);
const GBK = Buffer.concat([Buffer.from('{"to":"'), Buffer.from([0xc4, 0xe3]), Buffer.from('"}')]);
fault('a body in another charset is stored as rubbish', posted, [
  [
    [GBK, 'application/json; charset=gbk'],
    [415, 'unsupported_charset'],
  ],
  [
    [json('\ufffd\ufffd'), 'application/json;charset="GB18030"'],
    [415, 'unsupported_charset'],
  ],
  [
    [GBK, 'application/json'],
    [400, 'invalid_json'],
  ],
  [
    [Buffer.from('{"to":"x"}', 'utf16le'), 'application/json; charset=utf-16'],
    [415, 'unsupported_charset'],
  ],
  [
    [Buffer.concat([Buffer.from('\ufeff'), json('你')]), 'application/json'],
    [201, '你'],
  ],
  [
    [json('你'), 'application/json; charset=UTF8'],
    [201, '你'],
  ],
]);

// 24
const written = async (bytes: Uint8Array) => {
  const file = join(folder, `body-${bytes.length}.json`);
  writeFileSync(file, bytes);
  return jsonFile(file).catch((error: Error) => /UTF-16|UTF-8/.exec(error.message)?.[0]);
};
fault('a file of the command line is sent in another charset', written, [
  [GBK, 'UTF-8'],
  [Buffer.from('{"to":"é"}', 'latin1'), 'UTF-8'],
  [Buffer.from('\ufeff{"to":"你好"}', 'utf16le'), 'UTF-16'],
  [Buffer.from('\ufeff{"to":"你"}', 'utf16le').swap16(), 'UTF-16'],
  [Buffer.from('\ufeff{"to":"你好"}'), { to: '你好' }],
  [Buffer.from('\ufeff\r\n{"to":"🎉"}\r\n'), { to: '🎉' }],
]);

// 25, 27, 28
const FILE = { to: 'ops', fileName: 'a.csv', size: 3 };
const typeOf = (contentType: string) => {
  const read = input(RequestUpload).read({ ...FILE, contentType });
  return Array.isArray(read) ? codes(read) : read.value.contentType;
};
fault('a content type with parameters, or none, is refused', typeOf, [
  ['text/csv; charset=utf-8', 'text/csv; charset=utf-8'],
  ['', 'application/octet-stream'],
  ['text/plain;charset=UTF-8', 'text/plain;charset=UTF-8'],
  ['multipart/form-data; boundary="a b"', 'multipart/form-data; boundary="a b"'],
  ['application/vnd.ms-excel', 'application/vnd.ms-excel'],
  ['pdf', ['contentType invalid_format']],
]);
const nameOf = (name: string) => cleanName(baseName(name));
fault('a path is taken for a name', nameOf, [
  ['C:\\Users\\me\\报告.pdf', '报告.pdf'],
  ['\\\\server\\share\\报告.pdf', '报告.pdf'],
  ['../../etc/报告.pdf', '报告.pdf'],
  ['D:/资料/报告.pdf', '报告.pdf'],
  ['C:报告.pdf', 'C:报告.pdf'],
]);
fault('signs in a name are removed, so that it says something else', nameOf, [
  ['2*3*4=24.txt', '2_3_4=24.txt'],
  ['a|b.md', 'a_b.md'],
  ['是<不是>.txt', '是_不是_.txt'],
  ['"季报".xlsx', '_季报_.xlsx'],
  ['1+1=2.txt', '1+1=2.txt'],
]);

// 26
fault(
  'what a system leaves in a folder is posted to people',
  (name: string) => {
    const { to } = routeOf(`share/project/${name}`);
    return to;
  },
  [
    ...['.DS_Store', '._x', 'Thumbs.db', 'desktop.ini', '~$x.docx', 'x.mp4.part', 'x.zip.crdownload'],
    ...['ehthumbs.db', '.Spotlight-V100/a', '.fseventsd/b', 'x.pdf.download', '.nfs0001'],
  ]
    .map((name): [string, string] => [name, 'nobody'])
    .concat([
      ['part', 'destinations'],
      ['thumbs.pdf', 'destinations'],
    ]),
);

// 29
const refusal = async (name: string) => {
  const call = async () => {
    throw refused('s3.get', { status: 400, code: name });
  };
  const object = { bucket: 'b', key: 'k', eTag: 'e' };
  const error: unknown = await createBucket(call)
    .open(object)
    .catch((one: unknown) => one);
  const { code, retryable } = Object(error);
  return [code, retryable];
};
fault('an object that nobody can read is tried for days, and its link is dead', refusal, [
  ['InvalidObjectState', ['object_archived', false]],
  ['AccessDenied', ['object_forbidden', false]],
  ['KMS.DisabledException', ['object_key_forbidden', false]],
  ['NoSuchBucket', ['bucket_gone', false]],
  ['InvalidRequest', ['object_unreadable', false]],
  ['KMS.InvalidStateException', ['object_key_forbidden', false]],
  ['KMS.NotFoundException', ['object_key_forbidden', false]],
  ['AllAccessDisabled', ['object_forbidden', false]],
  ['SlowDown', ['object_unreachable', true]],
]);

describe.each(FAULTS)('$name', ({ read, rows }) => {
  test.each(rows)('%j', async (given, right) => {
    expect(await read(given as never)).toEqual(right);
  });
});

test('each fault that was found has its case and three of the kind beside it', () => {
  expect(FAULTS.map(({ name, rows }) => [name, rows.length >= 4])).toEqual(FAULTS.map(({ name }) => [name, true]));
  expect(FAULTS).toHaveLength(29);
});
