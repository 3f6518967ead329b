import { expect, test } from 'vitest';
import type { Approval } from '../../lib/approvals/approval.ts';
import { askedAgain, ending, questionCard, questionToPeople } from '../../lib/approvals/approval-messages.ts';
import { type Action, change, isClosed } from '../../lib/approvals/life-cycle.ts';
import { approvalPage } from '../../lib/approvals/page/approval-page.ts';
import { answerIn, answerInChat } from '../../lib/approvals/robot.ts';
import { WORDS as APPROVALS } from '../../lib/approvals/words/words.ts';
import type { Language } from '../../lib/base/language.ts';
import { WORDS as FILES } from '../../lib/files/words/words.ts';
import { WORDS as INCIDENTS } from '../../lib/incidents/words/words.ts';
import { WORDS as MESSAGES } from '../../lib/messages/words/words.ts';
import { cameBackPage, refusedPage, signInPage } from '../../lib/sign-in/page/sign-in-page.ts';
import { WORDS as SIGN_IN } from '../../lib/sign-in/words/words.ts';
import { WORDS as SOURCES } from '../../lib/sources/words/words.ts';
import { WORDS as TASKS } from '../../lib/tasks/words/words.ts';
import { read, shown, wrongIn } from '../support/read-texts.ts';
import { person } from '../support/tasks.ts';

const NOW = Date.parse('2026-11-22T08:00:00Z');
const PAGE = 'https://dock.example/a/a_1?p=zhangsan&e=1&s=x';
const WRITTEN = {
  zh: {
    question: '发布一点四版？',
    details: '提交十二次，测试全部通过',
    said: '看过了',
    sender: '某公司',
    names: ['张三', '李四', '王五'],
  },
  en: {
    question: 'Deploy?',
    details: 'All tests passed',
    said: 'Looked at it',
    sender: 'Acme',
    names: ['Ann', 'Ben', 'Cy'],
  },
} as const;

function begun(language: Language): Approval {
  const { question, details, sender, names } = WRITTEN[language];
  const [ann, ben, cy] = ['zhangsan', 'lisi', 'wangwu'].map((id, at) => ({ ...person(id), name: names[at] }));
  const { approve, reject } = APPROVALS[language].choice;
  return {
    id: 'a_1',
    code: 'A-7F3Q',
    question,
    details,
    createdAt: new Date(NOW).toISOString(),
    expiresAt: '2026-11-22T10:00:00.000Z',
    choices: [
      { id: 'approve', label: approve },
      { id: 'reject', label: reject, comment: true },
    ],
    approvers: { people: [ann, ben], quorum: 2 },
    asker: cy,
    to: [],
    onExpire: 'reject',
    status: 'pending',
    answers: [],
    version: 1,
    history: [
      { version: 1, at: new Date(NOW).toISOString(), by: { type: 'key', id: 'ci', via: 'api' }, action: 'asked' },
    ],
    caller: 'key:ci',
    requestHash: '',
    timeZone: 'Asia/Shanghai',
    language,
    sender,
    reached: {},
  } as Approval;
}

/** An approval at each point of its lives: asked, answered, and each of its ends. */
function lives(language: Language): Approval[] {
  const { said: comment } = WRITTEN[language];
  const first = begun(language);
  const step = (from: Approval, action: Action, by: object, at = NOW): Approval => {
    const changed = change(from, action, { by: by as never, at, comment });
    expect(changed).toHaveProperty('record');
    return (changed as { record: Approval }).record;
  };
  const by = (id: string, via: string) => ({ type: 'person', id, via });
  const late = Date.parse(first.expiresAt);
  const clock = { type: 'schedule', id: 'schedule', via: 'schedule' };
  const one = step(first, { type: 'answer', choice: 'approve' }, by('zhangsan', 'page'));
  return [
    first,
    one,
    step(one, { type: 'answer', choice: 'approve' }, by('lisi', 'robot')),
    step(first, { type: 'answer', choice: 'reject' }, by('lisi', 'card')),
    step(first, { type: 'withdraw' }, { type: 'key', id: 'ci', via: 'api' }),
    step(first, { type: 'expire' }, clock, late),
    step({ ...first, onExpire: 'expire' }, { type: 'expire' }, clock, late),
  ];
}

const SAID = {
  zh: ['同意 A-7F3Q', '拒绝 A-7F3Q', '拒绝 A-7F3Q 看过了', '状态 A-7F3Q', '同意 A-9F9Q'],
  en: ['approve A-7F3Q', 'reject A-7F3Q', 'reject A-7F3Q seen', 'status A-7F3Q', 'approve A-9F9Q'],
};

/** What the robot answers those who are asked, who asked, and a stranger. */
async function answersOf(approval: Approval, language: Language): Promise<string[]> {
  const byCode = async (code: string) => (code === approval.code ? approval : undefined);
  const approvals = { byCode, get: async () => approval, put: async () => true };
  const deps = { approvals, queue: { put: async () => {} }, now: () => NOW } as never;
  const senders = ['zhangsan', 'lisi', 'wangwu', 'zhaoliu'];
  const all = SAID[language].flatMap((text) => senders.map((sender) => ({ sender, said: answerIn(text) })));
  return Promise.all(all.map(async ({ sender, said }) => (said && (await answerInChat(deps, sender, said))) ?? ''));
}

async function textsOfApproval(language: Language): Promise<string[]> {
  const texts: string[] = [];
  const pageOf = () => PAGE;
  for (const approval of lives(language)) {
    const messages = [questionCard, questionToPeople, askedAgain, ...(isClosed(approval) ? [ending] : [])];
    for (const content of messages) texts.push(...shown(content(approval, pageOf)));
    for (const viewer of [undefined, 'zhangsan', 'wangwu']) {
      for (const why of Object.keys(APPROVALS.zh.page.unsaved) as 'too_long'[]) {
        const visitor = { address: {}, form: {} };
        texts.push(
          read(approvalPage({ approval, viewer, visitor, language, now: NOW, unsaid: { why, comment: '' } }).body),
        );
      }
    }
    texts.push(...(await answersOf(approval, language)));
  }
  return texts;
}

function pagesOfSignIn(language: Language): string[] {
  const { sender } = WRITTEN[language];
  const app = { name: 'default', corpId: 'c', appKey: 'k', sender, language, signIn: true } as Parameters<
    typeof signInPage
  >[0];
  const asked = (agent: string) => ({
    headers: { 'user-agent': agent, 'accept-language': language },
    query: { to: '/t/t_1' },
    publicUrl: 'https://dock.example',
  });
  const agents = ['Mozilla/5.0', 'Mozilla/5.0 (iPhone)', 'Mozilla/5.0 DingTalk/7.6', 'DingTalk-LinkService/1.0'];
  const back = asked('Mozilla/5.0');
  return [
    ...agents.map((agent) => signInPage(app, asked(agent))),
    signInPage({ ...app, signIn: false }, back),
    signInPage(app, { ...back, query: {} }),
    cameBackPage({ app, to: '/t/t_1', cookie: 'x' }, back),
    ...(['gave_up', 'not_a_member'] as const).map((refused) => cameBackPage({ app, to: '/t/t_1', refused }, back)),
    ...(Object.keys(SIGN_IN.zh.refused) as (keyof typeof SIGN_IN.zh.refused)[]).map((why) => refusedPage(400, why)),
  ].map(({ body }) => [sender, 'dingdock'].reduce((text, name) => text.replaceAll(name, ''), read(body)));
}

/** Every text of a words list; what is filled in is a figure. */
function wordsIn(list: unknown): string[] {
  if (typeof list === 'string') return [list];
  if (typeof list === 'function') return wordsIn(list('75', '75', '75'));
  return typeof list === 'object' && list !== null ? Object.values(list).flatMap(wordsIn) : [];
}

test.each(['zh', 'en'] as const)('every line of an approval and of signing in is in words of %s', async (language) => {
  const texts = [...(await textsOfApproval(language)), ...pagesOfSignIn(language)];
  expect(texts.length).toBeGreaterThan(200);
  expect(wrongIn(texts)).toEqual([]);
});

test.each(['zh', 'en'] as const)('every words list is in %s alone', (language) => {
  const lists = [APPROVALS, FILES, INCIDENTS, MESSAGES, SIGN_IN, SOURCES, TASKS].map((words) => words[language]);
  const texts = lists.flatMap(wordsIn).filter((text) => !/^(?:English|中文)$/.test(text));
  expect(texts.length).toBeGreaterThan(200);
  expect(wrongIn(texts.map((text) => text.replaceAll('dingdock', '')))).toEqual([]);
});
