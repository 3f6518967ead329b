import { expect, test } from 'vitest';
import { desk, text } from './desk.ts';

const at = Date.parse('2026-11-22T10:00:00+08:00');
const here = desk({ seed: 'a test', clock: at });

/** Something of everything that is given a name by chance. */
async function day() {
  const answers = [
    await here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'dingsimapp', appSecret: 'dingsimsecret' }),
    await here.group('sampleText', { content: 'x' }),
    await here.upload('file', 'a.pdf', new Uint8Array(9)),
    await here.old('POST', '/topapi/v2/user/get', { userid: 'nobody' }),
    await here.api('POST', '/v1.0/im/group/create', { name: '新群', owner: 'lisi', useridlist: ['lisi'] }),
    await here.call('GET', '/v1.0/nothing'),
    await here.robot(text('x'), { secret: 'wrong' }),
  ];
  const messages = await here.sim('GET', '/messages');
  return { answers: answers.map(({ body }) => body), messages };
}

test('with a seed and a clock every answer is the same after a reset, and no two ids are', async () => {
  const first = await day();
  expect(first.messages[0].at).toBe('2026-11-22T02:00:00.000Z');
  const [token, sent, uploaded] = first.answers;
  expect(uploaded.created_at).toBe(at);
  expect(new Set([token.accessToken, sent.processQueryKey, uploaded.media_id, uploaded.request_id]).size).toBe(4);
  await here.sim('POST', '/reset');
  expect(await day()).toEqual(first);
});

test('a clock that stands still moves only when told to, and lifetimes with it', async () => {
  const token = await here.token();
  const use = async () =>
    (await here.call('POST', `/topapi/v2/user/get?access_token=${token}`, { userid: 'lisi' })).body.errcode;
  await here.sim('POST', '/clock', { advanceMs: 7_199_999 });
  expect(await use()).toBe(0);
  expect((await here.sim('GET', '/state')).now).toBe(new Date(at + 7_199_999).toISOString());
  await here.sim('POST', '/clock', { advanceMs: 1 });
  expect(await use()).toBe(88);
});
