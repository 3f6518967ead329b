import { readdirSync, statSync } from 'node:fs';
import { startSimulator } from 'dingtalk-simulator';
import { beforeAll, expect, test } from 'vitest';
import { SAMPLE_GROUP, sendSamples } from '../../../local/pictures/sample-messages.ts';

import type { Loose } from '../../simulator/desk.ts';
import { browser, violations } from './browser.ts';

/** `npm run test:all -- looks` has axe look at each combination, `npm test` at two of them. */
const ALL = process.env.LOOKS === 'all';

const chromium = browser();
let url = '';
let ids = new Map<string, string>();

beforeAll(async () => {
  const simulator = await startSimulator({ port: 0 });
  url = simulator.url;
  ids = await sendSamples(url);
  return () => simulator.close();
});

type Mode = 'desktop' | 'phone';
type Look = { words: string; lost: string[] };

/** What a bubble says, and what it marks as not shown, by client. */
const BUBBLES: Record<string, Record<Mode, { words: string[]; without?: string[]; lost: string[] }>> = {
  text: same(['磁盘将满：/data 剩 3%\n请处理 @张三']),
  markdown: {
    desktop: {
      words: ['第一行 第二行', '华东', 'kubectl get pods', '@张三 请看'],
      without: ['| 区域', '```'],
      lost: [],
    },
    phone: {
      words: ['| 区域 | 结果 |', '```'],
      without: ['<font'],
      lost: ['table', 'code-fence', 'link-definition', 'rule'],
    },
  },
  'raw-html': {
    desktop: { words: ['值为 ，请看 日志'], lost: ['tag-lost'] },
    phone: { words: ['<nil>'], without: ['告警', '日志'], lost: ['raw-html'] },
  },
  link: same(['十一月账单已出', '本月共 12,840 元'], { without: ['bill.example'] }),
  'action-card': {
    desktop: { words: ['采购 3 台服务器', '去审批'], without: ['待审批'], lost: [] },
    phone: { words: ['明细', '去审批'], without: ['待审批'], lost: ['card-links'] },
  },
  'action-card-buttons': same(['停机约 5 分钟', '同意\n改期\n拒绝'], { without: ['今晚发布？'] }),
  'action-card-halves': same(['周六值班', '确认', '换班'], { without: ['请确认值班'] }),
  'feed-card': {
    desktop: { words: ['第 1 条要闻', '第 11 条要闻'], lost: [] },
    phone: { words: ['第 9 条要闻', '第 10 条要闻、第 11 条要闻'], lost: ['feed-entries'] },
  },
  oa: same(['报销', '张三的报销申请', '部门： 研发', '2,360.50 元', '张三'], { lost: ['form-rows'] }),
  image: same([]),
  file: same(['2026 年第三季度', '.pdf', '175.8 KB'], { without: ['undefined'] }),
  voice: same(['8″']),
  video: same(['01:15']),
  card: same(['构建 #128', '已完成 3/4 步\n用时 2 分钟', '通过', '查看日志', '重试'], { without: ['|', 'msgContent'] }),
  'card-of-ones-own': same(['发布', 'state', '等待', 'owner', '李四']),
  said: same(['样式机器人: 部署完成', '收到，马上看']),
};

/** The line of the chat list and the push, in Chinese and in English where it differs. */
const OUTSIDE: Record<string, [zh: [list: string, push: string], en?: [list: string, push: string]]> = {
  text: [
    ['[有人@你]样式机器人: 磁盘将满：/data 剩 3% 请处理 @张三', '样式机器人: 磁盘将满：/data 剩 3% 请处理 @张三'],
    ['[You were @]样式机器人: 磁盘将满：/data 剩 3% 请处理 @张三', '样式机器人: 磁盘将满：/data 剩 3% 请处理 @张三'],
  ],
  markdown: [
    ['[有人@你]样式机器人: 部署完成', '样式机器人: 部署完成'],
    ['[You were @]样式机器人: 部署完成', '样式机器人: 部署完成'],
  ],
  'action-card': [['样式机器人: 待审批：采购 3 台服务器', '样式机器人: 待审批：采购 3 台服务器']],
  link: [['样式机器人: 十一月账单已出', '样式机器人: 十一月账单已出']],
  'feed-card': [['样式机器人: 第 1 条要闻', '样式机器人: 第 1 条要闻']],
  image: [
    ['dingdock: [图片]', 'dingdock: [图片]'],
    ['dingdock: [Picture]', 'dingdock: [Picture]'],
  ],
  voice: [
    ['dingdock: [语音]', 'dingdock: [语音]'],
    ['dingdock: [Voice]', 'dingdock: [Voice]'],
  ],
  card: [
    ['dingdock: 构建 #128 进行中', 'dingdock: 构建开始'],
    ['dingdock: Build #128 is running', 'dingdock: 构建开始'],
  ],
  'card-of-ones-own': [
    ['dingdock: 发布', 'dingdock: 你收到1条新消息'],
    ['dingdock: 发布', 'dingdock: You have 1 new message'],
  ],
  said: [['李四: 收到，马上看', '李四: 收到，马上看']],
};

const themes = ['light', 'dark'] as const;
const languages = [
  ['zh-CN', 0],
  ['en-GB', 1],
] as const;
const combinations = languages.flatMap(([locale, column]) =>
  themes.map((colorScheme) => ({ locale, column, colorScheme })),
);

test.each(
  ALL ? combinations : combinations.filter(({ column, colorScheme }) => (column === 0) === (colorScheme === 'light')),
)('every kind looks as in DingTalk, in $locale and $colorScheme, on a desktop and on a phone', async (look) => {
  const { locale, column, colorScheme } = look;
  // tall enough for all of them
  const viewport = { width: 1280, height: 6000 };
  const { page, hosts, errors } = await chromium.open(`${url}/#as=zhangsan&in=${encodeURIComponent(SAMPLE_GROUP)}`, {
    locale,
    colorScheme,
    viewport,
  });
  for (const mode of ['desktop', 'phone'] as const) {
    await page.locator(`#client [value=${mode}]`).click();
    await expect.poll(async () => faultsIn(await page.evaluate(READ), mode)).toEqual([]);
    if (ALL || (mode === 'desktop') === (column === 0)) await expect.poll(() => violations(page)).toEqual([]);
  }
  // what the phone marks is what the simulator says is lost on phones; what no client shows is no loss of phones
  const all: Loose = await (await fetch(`${url}/_sim/messages`)).json();
  const said = Object.fromEntries(all.map(({ id, lostOnPhones = [] }: Loose) => [id, lostOnPhones.toSorted()]));
  const marked = Object.entries(await page.evaluate<Record<string, Look>>(READ)).map(([id, { lost }]) => [
    id,
    lost.filter((reason) => reason !== 'form-rows').sort(),
  ]);
  expect(Object.fromEntries(marked)).toEqual(said);
  const outside = await page.evaluate<Record<string, string[]>>(OPEN_EACH);
  for (const [kind, [zh, en = zh]] of Object.entries(OUTSIDE)) {
    const [list, push] = column === 0 ? zh : en;
    // both clients say the same
    expect([kind, outside[ids.get(kind) ?? '']]).toEqual([
      kind,
      [list, `样式群 Looks\n${push}`, list, `样式群 Looks\n${push}`],
    ]);
  }
  if (ALL) await expect.poll(() => violations(page)).toEqual([]);
  expect([...hosts]).toEqual([new URL(url).host]);
  expect(errors).toEqual([]);
});

/** A text as a robot's Markdown in both clients, and as a card's, in the outline of its nodes. */
const CONSTRUCTS: [what: string, text: string, desktop: string, phone?: string | undefined, card?: string][] = [
  ['headings', '# a\n###### b', 'h1(a) h6(b)', undefined, 'h1(a) p(###### b)'],
  ['a line break alone', 'a\nb', 'p(a b)'],
  ['two blanks before a line break', 'a  \nb', 'p(a br() b)'],
  ['<br>', 'a<br>b', 'p(a br() b)'],
  ['emphasis', '**a** *b* ~~c~~', 'p(strong(a) em(b) ~~c~~)'],
  ['code', '`a*b*`', 'p(code(a*b*))'],
  ['a link', '[a](https://a.example)', 'p(a(a))'],
  ['a link with a blank in its address', '[a](https://a.example/ b)', 'p([a](https://a.example/ b))'],
  ['an address that runs', '[a](javascript:b)', 'p(span(a))'],
  ['an address alone', 'https://a.example', 'p(https://a.example)'],
  ['an <a> link', '<a href="https://a.example">a</a>', 'p(a(a))', 'p(span(a !html-link))', 'p(a(a))'],
  ['a colour', '<font color=#FF0000>a</font>', 'p(font:coloured(a))', 'p(font(a))', 'p(font:coloured(a))'],
  ['an unknown tag', 'a <nil> b', 'p(a b) !tag-lost', '!raw-html', 'p(a b) !tag-lost'],
  ['escapes and entities', '\\*a\\* &lt;b&gt; 1\\.', 'p(*a* <b> 1.)'],
  ['emoji codes', '[OK] [其他]', 'p(span(👌) [其他])'],
  ['a list', '- a\n  - b\n- c', 'ul(li(a ul(li(b))) li(c))'],
  ['numbers', '3. a\n4. b', 'ol(li(a) li(b))'],
  ['a list item that goes on', '- a\n  b\n\nc', 'ul(li(a b)) p(c)'],
  ['a quote', '> a\n> # b', 'blockquote(p(a) h1(b))'],
  ['two quotes', '> a\n\n> b', 'blockquote(p(a)) blockquote(p(b))'],
  ['a rule', 'a\n\n---', 'p(a) hr()', 'p(a) p(---) !rule', 'p(a) hr()'],
  [
    'a table',
    '|a|b|\n|-|:-:|\n|1|**2**|',
    'div(table(tr(th(a) th(b)) tr(td(1) td(strong(2)))))',
    'p(|a|b| |-|:-:| |1|**2**|) !table',
    'div(table(tr(th(a) th(b)) tr(td(1) td(strong(2)))))',
  ],
  [
    'a code block',
    '```js\n  a &lt; b\n# c\n```',
    'pre(code(a < b h1(c)))',
    'p(```js a &lt; b # c ```) !code-fence',
    'pre(code(a &lt; b # c))',
  ],
  ['a definition', '[a]: b', 'p([a]: b)', '!link-definition', 'p([a]: b)'],
  ['a picture at an address that is none', '![a](/etc/passwd)', 'p(span(a))'],
  ['an @ that notified', '@lisi @wangwu', 'p(span(@李四) @wangwu)'],
  ['a task list', '- [ ] a', 'ul(li([ ] a))'],
];

test('the looks are a module of their own, and draw each construct as each family and client does', async () => {
  // a page that has nothing of the simulator's own page
  const { page, errors } = await chromium.visit(`${url}/_sim`);
  const drawn = await page.evaluate<Record<string, string[]>>(`(async () => {
    const { bubble } = await import('/page/looks/looks.js');
    ${OUTLINE}
    const how = { language: 'zh', names: new Map([['lisi', '李四']]) };
    return Object.fromEntries(${JSON.stringify(CONSTRUCTS)}.map(([what, text]) => {
      const robot = { msgtype: 'markdown', text, content: {} };
      const card = { msgtype: 'card', text, content: {}, card: { markdown: [text], buttons: [] } };
      const shown = [[robot, 'desktop'], [robot, 'phone'], [card, 'phone']];
      return [what, shown.map(([message, mode]) => outline(bubble(message, { ...how, mode })))];
    }));
  })()`);
  const wanted = CONSTRUCTS.map(([what, , desktop, phone = desktop, card = desktop]) => [what, [desktop, phone, card]]);
  expect(drawn).toEqual(Object.fromEntries(wanted));
  expect(errors).toEqual([]);
});

test('texts of signs alone are drawn as soon as others', async () => {
  const { page } = await chromium.visit(`${url}/_sim`);
  const signs = [
    '>',
    '[',
    '![',
    '**a',
    '*',
    '`',
    '<b>',
    '<font color=red>',
    '<a ',
    '> - ',
    '|',
    '- ',
    '\n> ',
    '\n  - ',
  ];
  // ten thousand quotes in each other are more than a stack holds
  const drawn = await page.evaluate<number>(`(async () => {
    const { bubble } = await import('/page/looks/looks.js');
    const draw = (text) => bubble({ msgtype: 'markdown', text, content: {} }, { mode: 'desktop', language: 'en' });
    return ${JSON.stringify(signs)}.map((sign) => draw(sign.repeat(Math.ceil(20_000 / sign.length)))).length;
  })()`);
  expect(drawn).toBe(signs.length);
});

test('a notification shows its app in place of the head that it asks for', async () => {
  const { page } = await chromium.visit(`${url}/_sim`);
  const head = await page.evaluate<string[]>(`(async () => {
    const { bubble } = await import('/page/looks/looks.js');
    const content = { message_url: 'https://a.example', head: { bgcolor: 'FFBBBBBB', text: '报销' }, body: { title: 't' } };
    const how = { mode: 'phone', language: 'zh' };
    return ['work-notification', 'conversation'].map((via) =>
      bubble({ msgtype: 'oa', text: '', content, via, sender: 'dingdock' }, how).querySelector('.oa-head').textContent);
  })()`);
  expect(head).toEqual(['dingdock', '报销']);
});

test('each kind has its picture of both clients, of at most 60 kB', () => {
  for (const mode of ['desktop', 'phone']) {
    const pictures = readdirSync(`docs/looks/${mode}`);
    expect(pictures.sort()).toEqual([...ids.keys()].map((kind) => `${kind}.png`).sort());
    for (const name of pictures) expect(statSync(`docs/looks/${mode}/${name}`).size).toBeLessThanOrEqual(60_000);
  }
});

function same(words: string[], { without = [], lost = [] }: { without?: string[]; lost?: string[] } = {}) {
  const look = { words, without, lost };
  return { desktop: look, phone: look };
}

/** What is wrong with the bubbles that were read. */
function faultsIn(shown: Record<string, Look>, mode: Mode): string[] {
  return [...ids].flatMap(([kind, id]) => {
    const { words, without = [], lost } = BUBBLES[kind]![mode];
    const look = shown[id];
    if (look === undefined) return [`${kind} is not shown`];
    const marks = look.lost.join(' ') === lost.join(' ') ? [] : [`${kind} marks ${look.lost.join(' ') || 'nothing'}`];
    const missing = words.filter((each) => !look.words.includes(each)).map((each) => `${kind} lacks ${each}`);
    const wrong = without.filter((each) => look.words.includes(each)).map((each) => `${kind} shows ${each}`);
    return [...marks, ...missing, ...wrong];
  });
}

const READ = `Object.fromEntries([...document.querySelectorAll('#board article')].map((node) => [node.dataset.id, {
  words: node.querySelector('.bubble').innerText,
  lost: [...node.querySelectorAll('[data-lost]')].map((mark) => mark.dataset.lost),
}]))`;

const OPEN_EACH = `Object.fromEntries([...document.querySelectorAll('#board article')].map((node) => {
  node.querySelector('.looks').click();
  return [node.dataset.id, [...document.querySelectorAll('#compare .list-line, #compare .push-preview')].map((line) => line.innerText)];
}))`;

const OUTLINE = `const outline = (node) => [...(node.normalize(), node.childNodes)].map((child) => {
  if (child.nodeType === 3) return child.data.trim().replace(/\\s+/g, ' ');
  if (child.dataset.lost) return '!' + child.dataset.lost;
  const name = child.className.match(/h[1-6]|font/)?.[0] ?? child.localName;
  return name + (child.style.color ? ':coloured' : '') + '(' + outline(child) + ')';
}).filter(Boolean).join(' ');`;
