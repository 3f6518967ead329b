import { expect, test } from 'vitest';
import { languageOf } from '../../../lib/base/language.ts';
import { sorryPage } from '../../../lib/tasks/page/act-on-task.ts';
import { type TaskPageView, taskPage } from '../../../lib/tasks/page/task-page.ts';
import type { Task } from '../../../lib/tasks/task.ts';
import fc from '../../support/property.ts';
import { person, task } from '../../support/tasks.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const PROOF = { p: 'zhangsan', e: '20000', s: 'signature' };

function page(view: Partial<TaskPageView> = {}): string {
  const shown = {
    task: task(),
    viewer: 'zhangsan',
    visitor: { address: PROOF, form: PROOF },
    language: 'en',
    now: NOW,
  } as const;
  const { task: given = shown.task } = view;
  return taskPage({ ...shown, ...view, task: { ...given, timeZone: 'Asia/Tokyo' } }).body ?? '';
}

/** What the page lets its reader do. */
const taps = (text: string) => [...text.matchAll(/<button class="(\w+)" name="action"/g)].map(([, name]) => name);
/** What a reader sees, roughly. */
const words = (text: string) =>
  text
    .replace(/<(style|script|title)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

test.each<[string, Task, string[], RegExp]>([
  ['waits for the reader', task(), ['accept', 'done', 'decline'], /This waits for you/],
  ['was accepted', task({ status: 'accepted' }, { zhangsan: 'accepted' }), ['done', 'decline'], /You accepted/],
  ['was declined by the reader', task({}, { zhangsan: 'declined' }), ['accept', 'done'], /You declined/],
  [
    'was declined by everybody',
    task({ status: 'declined' }, { zhangsan: 'declined', lisi: 'declined' }),
    ['accept', 'done'],
    /You declined/,
  ],
  ['is done by the reader only', task({ status: 'accepted' }, { zhangsan: 'done' }), ['resume'], /others are not yet/],
  ['is done', task({ status: 'done' }, { zhangsan: 'done', lisi: 'done' }), ['resume'], /nothing left to do/],
  ['was done by somebody else', task({ status: 'done', completion: 'any' }, { lisi: 'done' }), [], /The task is done/],
  ['was cancelled', task({ status: 'cancelled' }), [], /was cancelled/],
  ['never reached DingTalk', task({ status: 'failed' }), [], /could not be dispatched/],
])('a task that %s says so, and offers what can be done', (_name, of, offered, said) => {
  const text = page({ task: of });
  expect(taps(text)).toEqual(offered);
  expect(words(text)).toMatch(said);
});

test('whoever is not an assignee looks on, and nobody in particular is told how to act', () => {
  const watched = task({ participants: [person('wangwu')] });
  const watching = page({ task: watched, viewer: 'wangwu' });
  expect([taps(watching), /You may look on/.test(watching)]).toEqual([[], true]);
  const shown = page({ viewer: undefined });
  expect([taps(shown), /only shows the task/.test(shown)]).toEqual([[], true]);
});

test('the page says what, who, by when, with which files, and what happened, the newest first', () => {
  const text = words(
    page({
      task: task(
        {
          description: 'Look at the alarms',
          due: '2026-11-23T10:00:00Z',
          creator: person('wangwu'),
          url: 'https://git.example/1',
          data: { build: 17, report: 'https://files.example/f/abc', more: { a: [1] } },
          history: [
            { version: 1, at: '2026-11-22T07:00:00Z', by: 'key:ci', via: 'api', action: 'assigned' },
            { version: 2, at: '2026-11-22T07:10:00Z', by: 'lisi', via: 'card', action: 'done', comment: 'All quiet' },
            { version: 3, at: '2026-11-22T07:20:00Z', by: 'key:ci', via: 'api', action: 'edited', changed: ['due'] },
            {
              version: 4,
              at: '2026-11-22T07:30:00Z',
              by: 'key:ci',
              via: 'api',
              action: 'people',
              changed: ['-wangwu'],
            },
            { version: 5, at: '2026-11-22T07:40:00Z', by: 'schedule', via: 'schedule', action: 'overdue' },
          ],
        },
        { lisi: 'done' },
      ),
    }),
  );
  expect(text).toMatch(/Due 2026-11-23 19:00 .*From 王五 .*Details Look at the alarms/);
  expect(text).toMatch(/1 of 2 done .*Everybody has to finish .*张三 \(you\) .*To do .*李四 Done/);
  expect(text).toMatch(/Link https:\/\/git\.example\/1 build 17 report https:\/\/files\.example\/f\/abc more \{/);
  expect(text).toMatch(
    /The task is overdue .*某公司 changed the people: - 王五 .*某公司 changed: Due .*李四 is done All quiet .*王五 dispatched/,
  );
  expect(text).toMatch(/Sent by .*某公司.* with DingTalk/);
  expect(text).not.toContain('ci');
});

test('only addresses become links', () => {
  const data = { a: 'javascript:alert(1)', b: 'https://', c: 'data:text/html,x', d: 'HTTPS://ok.example/?a=1&b="' };
  const text = page({ task: task({ url: 'dingtalk://dingtalkclient/page', data }) });
  const links = [...text.matchAll(/<a href="([^"]*)" rel/g)].map(([, address]) => address);
  expect(links).toEqual(['dingtalk://dingtalkclient/page', 'HTTPS://ok.example/?a=1&#38;b=&#34;']);
});

test('a task is late when it is overdue and open, and not any more when it is closed', () => {
  const due = '2026-11-22T07:59:00Z';
  expect(words(page({ task: task({ due }) }))).toContain('Overdue');
  expect(words(page({ task: task({ due, status: 'done' }) }))).not.toContain('Overdue');
  expect(words(page({ task: task({ due: '2026-11-22T08:01:00Z' }) }))).not.toContain('Overdue');
});

test('100 people and 200 lines of history are there, folded', () => {
  const many = Object.fromEntries(Array.from({ length: 98 }, (_, n) => [`user${n}`, 'assigned' as const]));
  const history = Array.from({ length: 200 }, (_, n) => ({ ...task().history[0]!, version: n + 1 }));
  const text = page({ task: task({ history }, { ...many, zhangsan: 'assigned' }), viewer: 'user97' });
  expect(text.match(/<li>/g)).toHaveLength(300);
  expect(words(text)).toMatch(/0 of 100 done .*user97 \(you\) .*\+ 88 .*190 earlier/);
  expect(text.length).toBeLessThan(100_000);
});

test('every page speaks Chinese and English, and leads to the other language with its proof', () => {
  const zh = page({ language: 'zh' });
  expect([/lang="zh-CN"/.test(zh), /等待你处理/.test(zh), />接受</.test(zh)]).toEqual([true, true, true]);
  expect(zh).toContain('href="t_1?p=zhangsan&#38;e=20000&#38;s=signature&#38;lang=en"');
  expect(page()).toContain('lang=zh"');
});

test.each([
  [undefined, undefined, 'zh'],
  [undefined, 'de-DE,de;q=0.9', 'zh'],
  [undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
  [undefined, 'fr, en;q=0.3, zh-CN;q=0.8', 'zh'],
  [undefined, 'zh;q=0, EN', 'en'],
  ['zh', 'en', 'zh'],
  ['xx', 'en', 'en'],
])('asked for %s by a browser that speaks %s the page is in %s', (chosen, accepted, language) => {
  expect(languageOf(chosen, accepted)).toBe(language);
});

test('a comment that changed nothing stays: in the form while there is one, else to be copied', () => {
  const open = page({ unsaid: { why: 'too_long', comment: '<long>' } });
  expect(open).toContain('maxlength="1000" dir="auto">\n&#60;long&#62;</textarea>');
  expect(open.match(/<textarea/g)).toHaveLength(1);
  const closed = page({ task: task({ status: 'cancelled' }), unsaid: { why: 'task_closed', comment: '<kept>' } });
  expect(closed).toMatch(/role="alert".*closed before your tap[\s\S]*readonly[^>]*>\n&#60;kept&#62;/);
});

test('when nothing answers, the page says that in both languages and keeps the comment', () => {
  const { status, body = '' } = sorryPage({ status: 503 }, Buffer.from('action=done&comment=%3Cb%3E+%E5%A5%BD%0D%0A2'));
  expect([status, /暂时无法处理[\s\S]*Not now/.test(body)]).toEqual([503, true]);
  expect(body).toContain('readonly dir="auto">\n&#60;b&#62; 好\n2</textarea>');
  expect(sorryPage({ status: 503 }, Buffer.from('')).body).not.toContain('<textarea');
});

/** Characters that end something in HTML, in an attribute, in a script, or turn the direction of what follows. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('<', '>', '"', "'", '&', '</textarea>', '<!--', ']]>', '\u202e', '\u2066', '🧑‍🚀', '\0', '\n'),
      fc.string({ unit: 'binary' }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => `x${parts.join('')}`);

test('no text of a task breaks out of its place', () => {
  const shape = (of: string) => {
    const entry = { version: 1, at: '2026-11-22T07:00:00Z', via: 'page' as const, comment: of, changed: [of] };
    const body = page({
      task: task({
        title: of,
        description: of,
        data: { [`k${of}`]: of, list: [of] },
        assignees: [{ userId: of, unionId: of, name: of, state: 'assigned' }],
        creator: { userId: 'c', unionId: 'c', name: of },
        history: [
          { ...entry, by: of, action: 'done' },
          { ...entry, by: `key:${of}`, action: 'edited' },
          { ...entry, by: of, action: 'people' },
        ],
      }),
      viewer: of,
      visitor: { address: { p: of, e: of, s: of }, form: { p: of, e: of, s: of } },
      unsaid: { why: 'too_long', comment: of },
    });
    return (body.match(/[<>"]/g) ?? []).join('');
  };
  const plain = shape('x');
  fc.assert(fc.property(text, (of) => shape(of) === plain));
});
