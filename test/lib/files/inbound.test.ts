import { expect, test } from 'vitest';
import { contentTypeOf, inboundOf, inboxKey, inboxName } from '../../../lib/files/inbound.ts';

const said = (data: object) =>
  inboundOf({
    id: 'msg1',
    app: 'default',
    type: 'robot.message',
    occurredAt: '2026-03-01T10:00:00.000Z',
    data: { conversationId: 'cid/a+b=', conversationType: '1', senderStaffId: 'lisi', senderNick: '李四', ...data },
  });

/** files.md §7: what each kind of message carries. */
test.each([
  [
    'file',
    { downloadCode: 'c', fileName: 'a.pdf', spaceId: 1 },
    [{ kind: 'file', downloadCode: 'c', fileName: 'a.pdf' }],
  ],
  ['picture', { downloadCode: 'c', pictureDownloadCode: 'p' }, [{ kind: 'picture', downloadCode: 'c' }]],
  ['audio', { downloadCode: 'c', duration: 4000, recognition: '你好' }, [{ kind: 'audio', downloadCode: 'c' }]],
  ['video', { downloadCode: 'c', videoType: 'mp4', duration: '5' }, [{ kind: 'video', extension: 'mp4' }]],
  [
    'richText',
    { richText: [{ text: '看' }, { type: 'picture', downloadCode: 'c1' }, { type: 'picture', downloadCode: 'c2' }] },
    [
      { kind: 'picture', downloadCode: 'c1' },
      { kind: 'picture', downloadCode: 'c2' },
    ],
  ],
] as const)('a %s message carries its files', (msgtype, content, files) => {
  expect(said({ msgtype, content })).toMatchObject({
    messageId: 'msg1',
    conversation: { id: 'cid/a+b=', group: false },
    sender: { userId: 'lisi', name: '李四' },
    files,
  });
});

test('a file that somebody quotes to the robot is fetched too', () => {
  const repliedMsg = { msgType: 'file', content: { downloadCode: 'c', fileName: 'quoted.pdf' } };
  const data = { msgtype: 'text', conversationType: '2', text: { content: 'this', isReplyMsg: true, repliedMsg } };
  expect(said(data)).toMatchObject({ conversation: { group: true }, files: [{ fileName: 'quoted.pdf' }] });
});

test.each([
  [{ msgtype: 'text', text: { content: 'hello' } }],
  [{ msgtype: 'file', content: { dentryId: '1', spaceId: '2', fileName: 'sent by an API.pdf' } }],
  [{ msgtype: 'unknownMsgType', content: {} }],
  [{ conversationId: undefined }],
])('%j carries nothing to fetch', (data) => {
  expect(said(data)).toBeUndefined();
});

test('the key tells conversation, day and name, and no name leaves its folder', () => {
  const inbound = said({ msgtype: 'file', content: { downloadCode: 'c' } });
  if (!inbound) throw new Error('nothing to fetch');
  expect(inboxKey(inbound, '报告.pdf')).toBe('inbox/cid_a-b=/2026-03-01/报告.pdf');
  expect(inboxKey(inbound, '报告.pdf', 'abcd')).toBe('inbox/cid_a-b=/2026-03-01/报告 (abcd).pdf');
  const name = inboxName(
    { kind: 'file', downloadCode: 'c', fileName: '../../share/ops/\u202efdp.exe' },
    new Uint8Array(),
  );
  expect(name).toBe('fdp.exe');
});

test.each([
  [{ kind: 'picture' }, '\xff\xd8\xff\xe0', 'picture.jpg', 'image/jpeg'],
  [{ kind: 'picture' }, '\x89PNG\r\n', 'picture.png', 'image/png'],
  [{ kind: 'audio' }, '#!AMR\n', 'audio.amr', 'audio/amr'],
  [{ kind: 'video', extension: 'MP4' }, '', 'video.mp4', 'video/mp4'],
  [{ kind: 'video', extension: '../x' }, '', 'video.x', 'application/octet-stream'],
  [{ kind: 'file' }, 'who knows', 'file.bin', 'application/octet-stream'],
] as const)('%j that begins with %j is named %s', (attachment, head, name, type) => {
  expect(inboxName({ downloadCode: 'c', ...attachment }, Buffer.from(head, 'latin1'))).toBe(name);
  expect(contentTypeOf(name)).toBe(type);
});
