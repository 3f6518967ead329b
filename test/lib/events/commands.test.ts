import { expect, test } from 'vitest';
import { receivedMessageOf } from '../../../lib/events/received-message.ts';
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
  ['状态１３', { name: 'status', argument: '13', language: 'zh' }],
  ['状态 13。', { name: 'status', argument: '13', language: 'zh' }],
  ['状态 13。。', { name: 'status', argument: '13', language: 'zh' }],
  ['状态 13，谢谢', { name: 'status', argument: '13', language: 'zh' }],
  ['done 21, thanks', { name: 'done', argument: '21', comment: 'thanks', language: 'en' }],
  ['ＤＯＮＥ　＃２１', { name: 'done', argument: '21', language: 'en' }],
  ['／完成：１２！谢谢', { name: 'done', argument: '12', comment: '谢谢', language: 'zh' }],
  ['拒绝12，今天①休假', { name: 'decline', argument: '12', comment: '今天①休假', language: 'zh' }],
  ['\u200b完成 12\u2005', { name: 'done', argument: '12', language: 'zh' }],
  ['状态 任务12', { name: 'status', argument: '12', language: 'zh' }],
  ['完成任务 #12。', { name: 'done', argument: '12', language: 'zh' }],
  ['done task 12, thanks', { name: 'done', argument: '12', comment: 'thanks', language: 'en' }],
  ['状态 №12', { name: 'status', argument: '12', language: 'zh' }],
  ['status No.12', { name: 'status', argument: '12', language: 'en' }],
  ['任务。', { name: 'tasks', argument: '', language: 'zh' }],
  ['帮助！', { name: 'help', argument: '', language: 'zh' }],
  ['完成 1、2', { name: 'done', argument: '1、2', language: 'zh' }],
  ['完成 12月报告。', { name: 'done', argument: '12月报告', language: 'zh' }],
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
  'done, thanks',
  '任务？谢谢',
  '完成，谢谢大家 :)',
])('%j is a conversation, which is none of our business', (text) => {
  expect(commandOf(text)).toBeUndefined();
});

test.each([
  ['in two formats', [{ text: '状态 ' }, { text: '13', attrs: { bold: true } }]],
  ['in two lines', [{ text: '状态' }, { text: '\n' }, { text: '13。' }]],
  ['beside a picture', [{ type: 'picture', downloadCode: 'c' }, { text: '状态 13' }]],
  ['behind an empty piece', [{ text: '' }, { text: '  状态１３' }, {}]],
])('a command %s is the command that its text is', (_, richText) => {
  const data = { msgtype: 'richText', content: { richText }, conversationType: '1', conversationId: 'c' };
  const heard = receivedMessageOf({ id: 'e', type: 'robot.message', app: 'a', occurredAt: '', data, raw: '' });
  expect(commandOf(heard?.text ?? '')).toMatchObject({ name: 'status', argument: '13' });
});
