import { expect, test } from 'vitest';
import { answerIn } from '../../../lib/approvals/robot.ts';

test.each([
  ['同意 A-7F3Q', '同意', 'A-7F3Q', ''],
  ['拒绝 A-7F3Q 原因不清楚', '拒绝', 'A-7F3Q', '原因不清楚'],
  ['同意Ａ－７Ｆ３Ｑ。', '同意', 'A-7F3Q', ''],
  ['/approve a-7f3q', 'approve', 'A-7F3Q', ''],
  ['Reject: #A-7F3Q, not today', 'reject', 'A-7F3Q', 'not today'],
  ['状态A-7F3Q', '状态', 'A-7F3Q', ''],
  ['\u200b同意\u200b A-7F3Q\n第二行', '同意', 'A-7F3Q', '第二行'],
  ['预发 A-7F3Q', '预发', 'A-7F3Q', ''],
  ['同意【A-7F3Q】', '同意', 'A-7F3Q', ''],
  ['「同意 A-7F3Q」', '同意', 'A-7F3Q', ''],
  ['同意（A-7F3Q）谢谢', '同意', 'A-7F3Q', '谢谢'],
  ['拒绝 A-7F3Q（今天不行）', '拒绝', 'A-7F3Q', '(今天不行)'],
  ['同意 A——7F3Q', '同意', 'A-7F3Q', ''],
  ['同意 A–7F3Q。', '同意', 'A-7F3Q', ''],
  ['\u2068同意\u2069 A-7F3Q', '同意', 'A-7F3Q', ''],
  ['同意：《A-7F3Q》', '同意', 'A-7F3Q', ''],
])('%j answers', (text, word, code, comment) => {
  expect(answerIn(text)).toMatchObject({ word, code, comment });
});

test.each([
  '',
  '同意',
  '同意 12',
  '拒绝 12 原因',
  'A-7F3Q',
  'please look at A-7F3Q',
  '同意 A-7F3Q1',
  '同意 A-7F3',
  '同意 B-7F3Q',
  '同意 A-1O0I',
])('%j is no answer', (text) => {
  expect(answerIn(text)).toBeUndefined();
});
