import { expect, test } from 'vitest';
import { commandOf } from '../../../lib/tasks/robot/commands.ts';

test.each([
  [' done 12', { name: 'done', argument: '12', language: 'en' }],
  ['DONE #12 ', { name: 'done', argument: '12', language: 'en' }],
  ['/done t_abc', { name: 'done', argument: 't_abc', language: 'en' }],
  [
    'decline 12 on holiday\ntill May ',
    { name: 'decline', argument: '12', comment: 'on holiday\ntill May', language: 'en' },
  ],
  ['拒绝12 没时间', { name: 'decline', argument: '12', comment: '没时间', language: 'zh' }],
  ['接受 7', { name: 'accept', argument: '7', language: 'zh' }],
  ['完成12', { name: 'done', argument: '12', language: 'zh' }],
  ['完成 #12', { name: 'done', argument: '12', language: 'zh' }],
  ['done', { name: 'done', argument: '', language: 'en' }],
  ['任务', { name: 'tasks', argument: '', language: 'zh' }],
  ['待办', { name: 'tasks', argument: '', language: 'zh' }],
  ['状态 7', { name: 'status', argument: '7', language: 'zh' }],
  ['Help', { name: 'help', argument: '', language: 'en' }],
  ['？', { name: 'help', argument: '', language: 'zh' }],
])('%j is a command', (text, command) => {
  expect(commandOf(text)).toEqual({ comment: '', ...command });
});

test.each([
  '',
  'I am done with this',
  'done it now',
  'status 12 please',
  'help me',
  '任务很多',
  'donec',
  '12',
  'constructor',
])('%j is a conversation, which is none of our business', (text) => {
  expect(commandOf(text)).toBeUndefined();
});
