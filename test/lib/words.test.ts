import { expect, test } from 'vitest';
import { WORDS as APPROVALS } from '../../lib/approvals/words/words.ts';
import { inChinese, WORDS as TROUBLE } from '../../lib/base/words/words.ts';
import { WORDS as CONSOLE } from '../../lib/console/words/words.ts';
import { WORDS as FILES } from '../../lib/files/words/words.ts';
import { WORDS as INCIDENTS } from '../../lib/incidents/words/words.ts';
import { WORDS as MESSAGES } from '../../lib/messages/words/words.ts';
import { WORDS as SIGN_IN } from '../../lib/sign-in/words/words.ts';
import { WORDS as SOURCES } from '../../lib/sources/words/words.ts';
import { WORDS as TASKS } from '../../lib/tasks/words/words.ts';

const LISTS = {
  tasks: TASKS,
  files: FILES,
  messages: MESSAGES,
  incidents: INCIDENTS,
  'sign-in': SIGN_IN,
  console: CONSOLE,
  approvals: APPROVALS,
  sources: SOURCES,
  trouble: TROUBLE,
};

/** Every text of a list by its key. Functions are called with Chinese words, so that signs beside them count too. */
function textsOf(value: unknown, key = ''): [key: string, text: string][] {
  if (typeof value === 'string') return [[key, value]];
  if (typeof value === 'function') return textsOf(value('甲', '乙', '丙'), key);
  return Object.entries(value ?? {}).flatMap(([name, each]) => textsOf(each, `${key}.${name}`));
}

/** A sign of ASCII beside a Chinese character; Markdown, addresses and code have none there. */
const HALF_WIDTH = /[,:;?!()](?=\p{Script=Han})|(?<=\p{Script=Han})[,:;?!()]/u;

test.each(Object.entries(LISTS))('the words of %s have the same keys in both languages', (_subject, { zh, en }) => {
  const keys = textsOf(zh).map(([key]) => key);
  expect(textsOf(en).map(([key]) => key)).toEqual(keys);
  expect(textsOf(zh).filter(([, text]) => text === '')).toEqual([]);
  expect(textsOf(en).filter(([, text]) => text === '')).toEqual([]);
});

test.each(Object.entries(LISTS))('Chinese words of %s have full-width signs', (_subject, { zh }) => {
  expect(textsOf(zh).filter(([, text]) => HALF_WIDTH.test(text))).toEqual([]);
  expect(['你好,世界', '任务:甲', '(甲)', '完成 12, done'].map((text) => HALF_WIDTH.test(text))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test.each(['zh', 'en'] as const)('in %s each word stands for one state of a task', (language) => {
  const words = Object.values(TASKS[language].status);
  expect(new Set(words).size).toBe(words.length);
});

test.each(['zh', 'en'] as const)(
  'no text in %s tells people to tick the to-do, which DingTalk does not let them',
  (language) => {
    expect(textsOf(TASKS[language]).filter(([, text]) => /勾选|\btick/i.test(text))).toEqual([]);
  },
);

test('every remedy and reason that is stored in English is found again in Chinese, with what it names', () => {
  const stored = (language: 'zh' | 'en') =>
    [TROUBLE[language].REMEDIES, TROUBLE[language].REASONS].flatMap((list) => textsOf(list));
  expect(stored('en').map(([, text]) => inChinese(text))).toEqual(stored('zh').map(([, text]) => text));
  expect(inChinese(TROUBLE.en.REASONS.callsTaken(TROUBLE.en.REASONS.noAnswer, 3))).toBe(
    '钉钉没有答复（此前钉钉已接收 3 次调用）',
  );
  expect(inChinese('the words of DingTalk')).toBeUndefined();
});
