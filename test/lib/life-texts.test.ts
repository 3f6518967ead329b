import { expect, test } from 'vitest';
import type { Language } from '../../lib/base/language.ts';
import { answerCommand } from '../../lib/events/reactions/answer-command.ts';
import { downloadCard, pictureMessage } from '../../lib/files/share/download-card.ts';
import { openFile } from '../../lib/files/share/open-file.ts';
import { WORDS as FILES } from '../../lib/files/words/words.ts';
import { followCard } from '../../lib/tasks/follow/follow-card.ts';
import { type Action, change, type Deed } from '../../lib/tasks/life-cycle.ts';
import { noticeOf } from '../../lib/tasks/page/open-task.ts';
import { taskPage } from '../../lib/tasks/page/task-page.ts';
import type { HistoryEntry, Task, TaskStatus } from '../../lib/tasks/task.ts';
import { announcement, digest, news, reminder } from '../../lib/tasks/task-messages.ts';
import { WORDS as TASKS } from '../../lib/tasks/words/words.ts';
import { linesOf, RAW, read, shown, wrongIn } from '../support/read-texts.ts';
import { person, task } from '../support/tasks.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const DUE = '2026-11-22T07:30:00.000Z';
const URL_OF_PAGE = 'https://dock.example/t/t_1?p=zhangsan&e=1&s=x';
const URL_OF_FILE = 'https://dock.example/f/f_abc';

/** What callers and people wrote, in the readers' language. */
const WRITTEN = {
  zh: {
    title: '看一下告警',
    said: '今天没空',
    sender: '某公司',
    file: '报告',
    names: ['张三', '李四', '王五', '赵六'],
  },
  en: {
    title: 'See the alarms',
    said: 'No time today',
    sender: 'Acme',
    file: 'report',
    names: ['Ann', 'Ben', 'Cy', 'Di'],
  },
} as const;
const IDS = ['zhangsan', 'lisi', 'wangwu', 'zhaoliu'];

function named(language: Language, userId: string) {
  const name = WRITTEN[language].names[IDS.indexOf(userId)];
  return { ...person(userId), ...(name !== undefined && { name }) };
}

function begun(language: Language): Task {
  const { title, said, sender } = WRITTEN[language];
  const assignees = ['zhangsan', 'lisi'].map((id) => ({ ...named(language, id), state: 'assigned' as const }));
  const more = { due: DUE, priority: 'high', creator: named(language, 'wangwu') } as const;
  return task({ title, description: said, sender, assignees, tell: 'every', ...more });
}

/** Everything that can happen to a task, one after the other; each with what it is then. */
function life(language: Language): Task[] {
  const { said } = WRITTEN[language];
  const deed = (via: Deed['via'], by = 'key:ci'): Deed => ({ by, via, at: NOW, comment: said });
  const steps: [Action, Deed][] = [
    [{ type: 'overdue' }, deed('schedule', 'schedule')],
    [{ type: 'accept', userId: 'zhangsan' }, deed('page', 'zhangsan')],
    [{ type: 'done', userId: 'zhangsan' }, deed('todo', 'dingtalk')],
    [{ type: 'resume', userId: 'zhangsan' }, deed('card', 'zhangsan')],
    [{ type: 'decline', userId: 'zhangsan' }, deed('robot', 'zhangsan')],
    [{ type: 'decline', userId: 'lisi' }, deed('api')],
    [{ type: 'reopen' }, deed('api')],
    [{ type: 'people', add: [named(language, 'zhaoliu')], remove: ['lisi'] }, deed('api')],
    [
      { type: 'edit', changes: { due: null, remindBefore: 5, priority: 'low', url: URL_OF_FILE, completion: 'any' } },
      deed('api'),
    ],
    [{ type: 'complete' }, deed('robot', 'wangwu')],
    [{ type: 'reopen' }, deed('api')],
    [{ type: 'cancel' }, deed('api')],
    [{ type: 'reopen' }, deed('api')],
    [
      { type: 'fail', code: 'unknown_person', reason: 'todo.create was refused with unknown_person' },
      deed('dispatch', 'dingtalk'),
    ],
  ];
  const all = [begun(language)];
  for (const [action, by] of steps) {
    const changed = change(all.at(-1) as Task, action, by);
    expect(changed, action.type).toHaveProperty('task');
    all.push((changed as { task: Task }).task);
  }
  return all;
}

async function cardOf(language: Language, of: Task): Promise<Record<string, string>> {
  let params: Record<string, string> = {};
  const keep = async (card: { params: typeof params }) => {
    params = card.params;
  };
  const cards = { createAndDeliver: keep, update: keep };
  const taskCard = { templateId: 'template', routeKey: 'route' };
  const deps = {
    app: 'a',
    cards,
    taskCard,
    timeZone: 'Asia/Shanghai',
    language,
    destinations: { get: async () => undefined },
  };
  await followCard({ ...deps, linkOf: () => URL_OF_PAGE }, { ...of, via: ['card'], cardId: 'known' });
  return params;
}

const COMMANDS = {
  zh: ['帮助', '任务', '状态', '状态 12', '接受 12', '完成 12', '拒绝 12', '完成', '完成 99'],
  en: ['help', 'tasks', 'status', 'status 12', 'accept 12', 'done 12', 'decline 12', 'done', 'done 99'],
};

/** What the robot answers a person of a task, in one conversation with them alone. */
async function answerTo(command: string, of: Task, sender = 'zhangsan'): Promise<string> {
  const answers: string[] = [];
  const find = async (id: string) => (id === '12' || id === of.id ? of : undefined);
  const run = answerCommand({
    tasks: { find, get: find, put: async () => true, list: async () => ({ tasks: [of] }) },
    deeds: { take: async () => ({ granted: true }), mayTell: async () => true },
    queue: { put: async () => {} },
    now: () => NOW,
    corpIdOf: () => undefined,
    pageUrl: () => URL_OF_PAGE,
    appNamed: () => ({ reply: async (_, text) => void answers.push(text) }),
  })({
    id: 'e',
    type: 'robot.message',
    app: 'a',
    occurredAt: DUE,
    data: { text: { content: command }, senderStaffId: sender, conversationType: '1', conversationId: 'c' },
    raw: '',
  });
  await run?.run();
  return answers.join('\n');
}

/** All that people read of a task from its beginning to each of its ends, and of its steps. */
async function textsOfTask(language: Language): Promise<string[]> {
  const readers = { language, timeZone: 'Asia/Shanghai' };
  const texts: string[] = [];
  for (const of of life(language)) {
    const last = of.history.at(-1) as HistoryEntry;
    for (const content of [announcement, reminder].map((tell) => tell(of, URL_OF_PAGE, readers)))
      texts.push(...shown(content));
    texts.push(
      ...shown(news(of, last, URL_OF_PAGE, readers)),
      ...shown(digest([of], () => URL_OF_PAGE, true, readers)),
    );
    for (const viewer of [undefined, 'zhangsan', 'lisi', 'wangwu']) {
      for (const why of ['task_closed', 'task_changed', 'too_long'] as const) {
        const view = {
          task: of,
          viewer,
          visitor: { address: {}, form: {} },
          language,
          now: NOW,
          unsaid: { why, comment: '' },
        };
        texts.push(read(taskPage(view as Parameters<typeof taskPage>[0]).body));
      }
    }
    const { title, description, due, statusText, people, actor } = await cardOf(language, of);
    texts.push(...[title, description, due, statusText, people, actor].map((text) => text ?? ''));
    for (const command of COMMANDS[language]) {
      for (const sender of ['zhangsan', 'wangwu', '']) texts.push(await answerTo(command, of, sender));
    }
  }
  const notices = Object.keys(TASKS.zh.notice) as (keyof typeof TASKS.zh.notice)[];
  return [...texts, ...notices.flatMap((name) => [...noticeOf(name)[language]])];
}

/** All that people read of a file: its card, its picture, what the robot says of one that it gets, and its link. */
async function textsOfFile(language: Language): Promise<string[]> {
  const { file, said } = WRITTEN[language];
  const fileName = `${file}.pdf`;
  const card = { fileName, size: 30_000_000, url: URL_OF_FILE, expiresAt: DUE, caption: said };
  const { inbound } = FILES[language];
  // the page of a link is in both languages, so what it names has none
  const named = { fileName: '2026.pdf', key: 'share/ops/2026.pdf', sender: '007' };
  const link = { id: 'f_abc', shareId: 's_abc', bucket: 'uploads', ...named, views: 3 };
  const open = async (more: object, agent = '') => {
    const stored = { ...link, expiresAt: '2026-12-01T00:00:00Z', timeZone: 'Asia/Shanghai', maxViews: 3, ...more };
    const links = { get: async () => stored, view: async () => false };
    const asker = { method: 'GET', headers: { 'user-agent': agent } };
    const urls = { presign: async () => '' };
    const { body } = await openFile({ links, urls, now: () => NOW }, 'f_abc', asker);
    return read(body);
  };
  const pages = [
    await open({}),
    await open({ expiresAt: DUE }),
    await open({ revokedAt: DUE }),
    await open({}, 'DingTalk-LinkService'),
  ];
  return [
    ...shown(downloadCard(card, { language, timeZone: 'Asia/Shanghai' })),
    ...shown(pictureMessage('@media', card)),
    ...[fileName, undefined].flatMap((name) => [inbound.expired(name), inbound.tooLarge(name, 100)]),
    ...pages,
  ];
}

test.each(['zh', 'en'] as const)(
  'every line of a life of a task and of a file in %s is one language, in words',
  async (language) => {
    const texts = [...(await textsOfTask(language)), ...(await textsOfFile(language))];
    const lines = linesOf(texts);
    if (process.env.PRINT_TEXTS) console.log(lines.join('\n'));
    expect(lines.length).toBeGreaterThan(150);
    expect(wrongIn(texts)).toEqual([]);
    // the looks above see what they are for
    for (const bad of ['2026-11-22T07:30:00Z', 'key:ci', 'unknown_person', 'todo.create', 't_1', 'lisi']) {
      expect(
        RAW.some((raw) => raw.test(bad)),
        bad,
      ).toBe(true);
    }
  },
);

const STATUSES: TaskStatus[] = ['assigned', 'accepted', 'done', 'declined', 'cancelled', 'failed'];

test.each(['zh', 'en'] as const)('card, page and robot have one word for a state in %s', async (language) => {
  for (const status of STATUSES) {
    const of = { ...begun(language), status, cardId: 'known' };
    const word = TASKS[language].status[status];
    const [, mark] =
      /<span class="mark \w+">([^<]*)<\/span>/.exec(
        taskPage({ task: of, visitor: { address: {}, form: {} }, language, now: NOW }).body ?? '',
      ) ?? [];
    const answer = await answerTo(language === 'zh' ? '状态 12' : 'status 12', of, 'wangwu');
    expect([mark, (await cardOf(language, of)).statusText, answer.split(/: |：/).at(-1)]).toEqual([word, word, word]);
  }
});
