import { expect, test } from 'vitest';
import { type Answer, desk } from './desk.ts';
import { type Row, rows } from './error-rows.ts';

const here = desk({ settings: { qps: 10_000 } });
const label = (row: Row) => [row.table, row.code, row.case].filter(Boolean).join(' ');
const provoked = rows.filter((row) => row.provoke);
const unprovoked = rows.filter((row) => !row.provoke);

/** The codes of each table as they stand in the documents; a row more or less here is a row forgotten. */
const tables = {
  'messaging.md §2.4': `310000 660026 130101 410100 460101 101002 300005 300001 400101 400102 400106 400013 400105 400402 400403 40035 43004
    430101 430102 430103 430104 -1`,
  'messaging.md §3.6': `invalidParameter.robotCode.empty invalidParameter.robotCode.missing invalidParameter.robotCode.invalid
    invalidParameter.userIds.empty invalidParameter.userIds.overMax invalidParameter.userId.empty
    invalidParameter.msgKey.empty invalidParameter.msgKey.invalid invalidParameter.msgParam.invalid
    invalidParameter.msgParam.tooLong invalidParameter.msg.unsupport invalidParameter.msgBody.invalid
    invalidParameter.param.invalid miss.openConversationId invalid.openConversationId
    miss.param.text miss.param.markdown miss.param.image miss.param.link miss.param.actionCard miss.param.audio
    miss.param.file miss.param.video invalid.param.text invalid.param.markdown invalid.param.image invalid.param.link
    invalid.param.actionCard invalid.param.audio invalid.param.file invalid.param.video
    sendMessage.model.notMatch illegal.receivers receivers.exceed illegal.excludes
    invalidParameter.robotCode.auth invalidParameter.robotCode.coolApp unauthorized auth.error conversation.org.notMatch
    chatbotId.notAllow.sendOTO send.forbidden bot.forbidden.sendMessage only.groupAdmin.canAtAll ip.not.match
    keywords.not.match sign.not.match invalidParameter.robotCode.notExsit resource.not.found resource.unavailable
    group.disbanded bot.stopped template.not.existed template.stopped staffId.notExisted robot.oto.notExist
    session.notExisted session.expired send.too.fast send.byToken.tooFast too.many.group too.many.people
    contain.unsafe.url contain.notAllowed.text contain.notAllowed.picture contain.notAllowed.content
    system.error send.ding.exception unknown.send.result`,
  'messaging.md §5': `40035 40056 400002 41052 500 40003 40031 40004 40005 40006 40007 40008 40038 40000 40048 41028 41029 41044 41045
    41046 41047 41049 60022 45002 45003 45004 45005 45006 45007 45008 50002 50004 34016 143103 143104 143105 143106 143203
    143204 143205 143206 1430000 1430001 1430002 1430003 1430004 885001 885006`,
  'files.md §1.4': `40004 40005 40006 40007 40008 40009 41005 41006 41102 43004 43008 44001 45001 46001 34008 34010 34011
    parameter.media.wrong 300001 88`,
};

test.each(Object.entries(tables))('%s: each code has its rows, and no other stands there', (table, codes) => {
  const held = new Set(rows.filter((row) => row.table === table).map((row) => row.code));
  expect([...held].sort()).toEqual(codes.split(/\s+/).sort());
  for (const row of rows) expect(Boolean(row.provoke), label(row)).toBe(row.why === undefined);
});

test.each(provoked.map((row) => [label(row), row] as const))('%s is provoked', async (_label, row) => {
  for (const [path, body] of row.given ?? []) {
    const answer = await here.call('POST', `/_sim${path}`, body);
    expect(answer.status, answer.text).toBe(200);
  }
  const answer = await row.provoke!(here);
  if (row.shape === 'dropped') return expectDropped(row, answer);
  expectRefusal(row, answer);
});

test.each(unprovoked.map((row) => [label(row), row.why, row] as const))(
  '%s cannot be provoked (%s), but a fault brings it',
  async (_label, _why, row) => {
    const path = { 'messaging.md §2.4': '/robot/send', 'messaging.md §3.6': '/v1.0/robot/groupMessages/send' }[
      row.table as 'messaging.md §2.4' | 'messaging.md §3.6'
    ];
    const fault = row.status
      ? { code: row.code, message: 'x', status: row.status }
      : { errcode: Number(row.code), errmsg: 'x' };
    const place =
      path ?? (row.status ? '/v1.0/robot/messageFiles/download' : '/topapi/message/corpconversation/asyncsend_v2');
    await here.sim('POST', '/faults', { path: place, fault });
    expectRefusal(row, await here.call('POST', place, {}));
    expect(await here.sim('GET', '/messages')).toEqual([]);
  },
);

/** The envelopes of messaging.md §8.1: new host, old host, and what the old host's gateway wraps. */
function expectRefusal(row: Row, { status, body, headers }: Answer): void {
  if (row.status) {
    expect([status, body]).toEqual([
      row.status,
      expect.objectContaining({ code: row.code, message: expect.any(String), requestid: expect.any(String) }),
    ]);
    expect(headers.get('x-acs-request-id')).toBeTruthy();
    return;
  }
  const sub = row.code === '88' ? row.case : row.code;
  const shape =
    row.shape === 'wrapped'
      ? {
          errcode: 88,
          sub_code: sub,
          sub_msg: expect.any(String),
          errmsg: expect.stringContaining(`subcode=${sub}`),
          request_id: expect.any(String),
        }
      : { errcode: Number(row.code), errmsg: expect.stringContaining(row.words ?? '') };
  expect([status, body]).toEqual([200, expect.objectContaining(shape)]);
}

/** Over quota is a success that reaches nobody; only getsendresult tells (messaging.md §5.3, §5.5). */
async function expectDropped(row: Row, { body }: Answer): Promise<void> {
  expect(body.errcode).toBe(0);
  const asked = { agent_id: 1000001, task_id: body.task_id };
  const result = await here.old('POST', '/topapi/message/corpconversation/getsendresult', asked);
  expect(result.body.send_result).toMatchObject({
    forbidden_user_id_list: ['lisi'],
    forbidden_list: [{ code: row.code, count: 1, userid: 'lisi' }],
  });
}
