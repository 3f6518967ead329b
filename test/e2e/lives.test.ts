import { expect, test } from 'vitest';
import { filesClient } from '../support/files.ts';
import { linesOf, read, wrongIn } from '../support/read-texts.ts';

// Each life as people see it: at DingTalk, and on the pages that the messages lead to.

const LANGUAGES = ['zh', 'en'] as const;
type Language = (typeof LANGUAGES)[number];
const STACKS = {
  zh: await filesClient({ language: 'zh' }),
  en: await filesClient({ language: 'en' }),
};
/** What callers and senders write. */
const WRITTEN = {
  zh: {
    said: '看一下告警',
    why: '今天没空',
    alert: '磁盘',
    done: '完成',
    decline: '拒绝',
    yes: '同意',
    no: '拒绝',
    status: '状态',
  },
  en: {
    said: 'See the alarms',
    why: 'No time',
    alert: 'Disk',
    done: 'done',
    decline: 'decline',
    yes: 'approve',
    no: 'reject',
    status: 'status',
  },
};
/** Names, an app's too, and codes are the same in each language; where `@lisi` stands, clients show the name. */
const NAMES = /张三|李四|王五|赵六|\bdefault\b|\b[AI]-[2-9A-Z]{4}\b|@(?:lisi|wangwu|zhangsan)\b/g;

/** Members of a message, a card or a to-do that nobody reads: ids, addresses, what kind it is, and where it was sent. */
const UNREAD =
  /^(?:id|key|conversation|conversationTitle|sender|via|at|atRequest|call|mentions|readBy|appended|msgtype|status|kind|file|color|order|.*(?:Ids?|Key|Time|url|Url|URL\d?))$/;
function textsIn(value: unknown): string[] {
  if (typeof value === 'string')
    return value.startsWith('{') || value.startsWith('[{') ? textsIn(JSON.parse(value)) : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => (UNREAD.test(name) ? [] : textsIn(each)));
}

async function lives(language: Language): Promise<string[]> {
  const { api, act, put, finished, request, sim, urls } = STACKS[language];
  const words = WRITTEN[language];
  const pages: string[] = [];
  const look = async (url: string) => {
    const { text } = await request('GET', url, undefined, { 'accept-language': language });
    pages.push(read(text));
  };
  const say = (from: string, text: string) => act('/say', { from, text });
  const created = async (path: string, body: object) => {
    const { status, text, body: made } = await api('POST', path, body);
    expect(status, text).toBe(201);
    return made;
  };
  const settled = (path: string, is: (record: { status: string; history: object[] }) => boolean) =>
    expect.poll(async () => is((await api('GET', path)).body)).toBe(true);

  const task = { title: words.said, description: words.why, assignees: ['lisi', 'wangwu'], notify: ['ops', 'project'] };
  const first = await created('/tasks', {
    ...task,
    due: '2036-12-01T10:00:00Z',
    priority: 'high',
    creator: 'zhangsan',
  });
  await look(first.links.page);
  await say('lisi', `${words.done} ${first.number}`);
  await say('wangwu', `${words.decline} ${first.number} ${words.why}`);
  await settled(first.links.self, ({ history }) => history.length > 2);
  await say('lisi', `${words.status} ${first.number}`);
  await look(first.links.page);
  const second = await created('/tasks', task);
  await api('DELETE', second.links.self);

  const question = {
    question: `${words.said}?`.replace('?', language === 'zh' ? '？' : '?'),
    details: words.why,
    to: ['ops', 'project'],
  };
  const approvers = { people: ['lisi', 'wangwu'], quorum: 2 };
  const asked = await created('/approvals', { ...question, approvers, asker: 'zhangsan' });
  await say('lisi', `${words.yes} ${asked.code}`);
  await say('wangwu', `${words.status} ${asked.code}`);
  await look(asked.links.page);
  await say('wangwu', `${words.yes} ${asked.code}`);
  await settled(asked.links.self, ({ status }) => status === 'decided');
  await say('wangwu', `${words.no} ${asked.code}`);
  await look(asked.links.page);
  const alone = await created('/approvals', { question: question.question, approvers: { people: ['lisi'] } });
  await look(alone.links.pages.lisi);
  await api('DELETE', alone.links.self);

  const rules = { kind: 'alertmanager', to: ['ops', 'project'], language, incidents: { quietGapMinutes: 1 } };
  const { pathname } = new URL((await api('PUT', '/sources/alarms', rules)).body.address);
  const alerts = ['10.0.0.1', '10.0.0.2'].map((instance) => ({
    status: 'firing',
    labels: { alertname: words.alert, instance },
    annotations: { summary: words.said },
    startsAt: '2026-11-28T16:26:35Z',
    generatorURL: 'https://a.example',
  }));
  const tell = (status: string) =>
    request('POST', `${urls.api}${pathname}`, {
      version: '4',
      groupKey: 'x',
      groupLabels: { alertname: words.alert },
      alerts: alerts.map((alert) => ({ ...alert, status })),
    });
  await tell('firing');
  const incident = async () => (await api('GET', '/incidents')).body.incidents[0]?.state;
  await expect.poll(incident).toBe('firing');
  await tell('resolved');
  await expect.poll(incident).toBe('resolved');

  const key = `share/ops/2026.pdf`;
  await put(key, Buffer.from('x'), { Metadata: { caption: encodeURIComponent(words.said), 'link-views': '1' } });
  const { link } = await finished(key);
  await look(link.url);
  await look(link.url);

  const messages = async () => (await sim('GET', '/messages')).body;
  // whatever was accepted is shown: nothing more comes
  const waiting = async () =>
    (await api('GET', '/messages?status=queued')).body.messages.filter(({ sendAt }: { sendAt?: string }) => !sendAt)
      .length;
  await expect.poll(waiting).toBe(0);
  const todos: { subject: string; description?: string }[] = (await sim('GET', '/todos')).body;
  return [
    ...textsIn(await messages()),
    ...textsIn(todos.map(({ subject, description }) => ({ subject, description }))),
    ...pages,
  ];
}

test.each(LANGUAGES)(
  'every line of a task, an approval, an incident and a file at DingTalk in %s is one language, in words',
  async (language) => {
    const texts = (await lives(language)).map((text) => text.replace(NAMES, ''));
    const lines = linesOf(texts);
    if (process.env.PRINT_TEXTS) console.log(lines.join('\n'));
    expect(lines.length).toBeGreaterThan(60);
    expect(wrongIn(texts)).toEqual([]);
  },
);
