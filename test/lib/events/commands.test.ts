import { expect, test } from 'vitest';
import { commandOf } from '../../../lib/events/commands.ts';

test.each([
  [' done 12', { name: 'done', argument: '12', language: 'en' }],
  ['DONE #12 ', { name: 'done', argument: '12', language: 'en' }],
  ['/done t_abc', { name: 'done', argument: 't_abc', language: 'en' }],
  ['完成12', { name: 'done', argument: '12', language: 'zh' }],
  ['完成 #12', { name: 'done', argument: '12', language: 'zh' }],
  ['done', { name: 'done', argument: '', language: 'en' }],
  ['任务', { name: 'tasks', argument: '', language: 'zh' }],
  ['待办', { name: 'tasks', argument: '', language: 'zh' }],
  ['状态 7', { name: 'status', argument: '7', language: 'zh' }],
  ['Help', { name: 'help', argument: '', language: 'en' }],
  ['？', { name: 'help', argument: '', language: 'zh' }],
])('%j is a command', (text, command) => {
  expect(commandOf(text)).toEqual(command);
});

test.each(['', 'I am done with this', 'done it now', 'help me', '任务很多', 'donec', '12', 'constructor'])(
  '%j is a conversation, which is none of our business',
  (text) => {
    expect(commandOf(text)).toBeUndefined();
  },
);
