import type { Desk } from '../desk.ts';
import { text } from '../desk.ts';
import { app, HOUR, later, MODERATED, type Proof, proofs, settings } from './proof.ts';

const own = async (here: Desk, facts: object, body: unknown = text('x')) => {
  await here.sim('POST', '/robots', { accessToken: 'own', conversation: 'cidOps=', ...facts });
  return here.call('POST', '/robot/send?access_token=own', body);
};
const group = async (here: Desk, facts: object) => {
  await here.sim('POST', '/groups', { openConversationId: 'cidOdd=', members: ['lisi'], ...facts });
  return here.group('sampleText', { content: 'x' }, { openConversationId: 'cidOdd=' });
};
const send = (change: object) => (here: Desk) => here.group('sampleText', { content: 'x' }, change);
const template = (msgKey: string, msgParam: unknown) => (here: Desk) => here.group(msgKey, msgParam);
const people = (here: Desk, change: object = {}) =>
  here.api('POST', '/v1.0/robot/oToMessages/batchSend', {
    robotCode: 'dingsimapp',
    userIds: ['lisi'],
    msgKey: 'sampleText',
    msgParam: '{"content":"x"}',
    ...change,
  });
const many = (count: number) => Array.from({ length: count }, (_, n) => `u${n}`);
const moderated = async (here: Desk, content: string) => {
  await settings(here, MODERATED);
  return here.robot(text(content));
};
const ding = async (here: Desk, change: object) => {
  await settings(here, { dingEdition: true });
  const body = { robotCode: 'dingsimapp', remindType: 1, receiverUserIdList: ['lisi'], content: 'x', ...change };
  return here.api('POST', '/v1.0/robot/ding/send', body);
};
const sent = async (here: Desk) => (await here.group('sampleText', { content: 'x' })).body.processQueryKey;
const readers = (change: object) => async (here: Desk) =>
  here.api('POST', '/v1.0/robot/groupMessages/query', { processQueryKey: await sent(here), ...change });
const recall = (processQueryKeys: string[], more: object = {}) => ({
  robotCode: 'dingsimapp',
  openConversationId: 'cidProject=',
  processQueryKeys,
  ...more,
});
const download = (here: Desk, change: object = {}) =>
  here.api('POST', '/v1.0/robot/messageFiles/download', { downloadCode: 'x', robotCode: 'dingsimapp', ...change });

/** A file that somebody sends to the robot, as a code. */
async function code(here: Desk, owner: { url: string; seen: { body: { content: { downloadCode: string } } }[] }) {
  here.simulator.setCallbackUrl(owner.url);
  await here.sim('POST', '/say', { from: 'lisi', file: { name: 'a.txt', base64: 'eA==' } });
  return owner.seen.at(-1)?.body.content.downloadCode;
}

export const robotProofs = {
  ...proofs({
    'robot.unknown': (here) => here.robot(text('x'), { token: 'nobody' }),
    'robot.removed': (here) => own(here, { removed: true }),
    'robot.disabled': (here) => own(here, { disabled: true }),
    'robot.group-dissolved': async (here) => {
      await here.sim('POST', '/groups', { openConversationId: 'cidGone=', members: ['lisi'], dissolved: true });
      return own(here, { conversation: 'cidGone=' });
    },
    'robot.content-type': (here) => own(here, {}, 'text'),
    'robot.too-long': (here) => own(here, {}, text('x'.repeat(20_000))),
    'robot.not-json': async (here) => {
      await own(here, {});
      return here.call('POST', '/robot/send?access_token=own', 'x', { 'content-type': 'application/json' });
    },
    'robot.unsafe-link': (here) => moderated(here, 'https://bad'),
    'robot.unsafe-text': (here) => moderated(here, '坏词'),
    'robot.unsafe-picture': async (here) => {
      await settings(here, MODERATED);
      const link = { title: 't', text: 'x', messageUrl: 'https://a', picUrl: 'https://bad' };
      return here.robot({ msgtype: 'link', link });
    },
    'robot.unsafe-content': (here) => moderated(here, '坏文'),
    'robot.address': (here) => own(here, { ips: ['10.1.2.0/24'] }),
    'robot.too-many-mentions': (here) => here.robot({ ...text('x'), at: { atUserIds: many(51) } }),
    'robot.timestamp': (here) => here.robot(text('x'), { timestamp: '1' }),
    'robot.sign-expired': (here) => here.robot(text('x'), { timestamp: String(Date.now() - HOUR - 60_000) }),
    'robot.sign': (here) => here.robot(text('x'), { secret: 'wrong' }),
    'robot.keywords': (here) => own(here, { keywords: ['告警'] }),
    'robot.type': (here) => here.robot({ msgtype: 'file', file: { mediaId: 'x' } }),
    'robot.member': (here) => here.robot({ msgtype: 'markdown', markdown: { title: 'x' } }),
    'robot.too-fast': async (here) => {
      await settings(here, { robotWindow: { limit: 0 } });
      return here.robot(text('x'));
    },
    'session.unknown': (here) => here.call('POST', '/robot/sendBySession?session=x', text('x')),
    'robot-code.missing': send({ robotCode: undefined }),
    'robot-code.empty': send({ robotCode: '' }),
    'robot-code.not-text': send({ robotCode: 1 }),
    'robot-code.unknown': send({ robotCode: 'nobody' }),
    'robot-code.foreign': async (here) => {
      await here.sim('POST', '/apps', { appKey: 'dingother', appSecret: 'other' });
      return send({ robotCode: 'dingother' })(here);
    },
    'app-robot.too-fast': async (here) => {
      await settings(here, { appRobotMinute: { messages: 1 } });
      await sent(here);
      return send({})(here);
    },
    'app-robot.too-many-groups': async (here) => {
      await settings(here, { appRobotMinute: { groups: 1 } });
      await sent(here);
      return send({ openConversationId: 'cidOps=' })(here);
    },
    'app-robot.too-many-people': async (here) => {
      await settings(here, { appRobotMinute: { people: 1 } });
      return people(here, { userIds: ['lisi', 'wangwu'] });
    },
    'app-robot.key-missing': send({ msgKey: undefined }),
    'app-robot.key-unknown': template('sampleMarkdownDX', {}),
    'app-robot.member-missing': template('sampleText', {}),
    'app-robot.member-not-text': template('sampleText', { content: 1 }),
    'app-robot.param-too-long': template('sampleText', { content: 'x'.repeat(15_000) }),
    'app-robot.param-not-json': template('sampleText', 'x'),
    'app-robot.media': template('sampleImageMsg', { photoURL: '@lADnope' }),
    'app-robot.no-conversation': send({ openConversationId: undefined }),
    'app-robot.unknown-conversation': send({ openConversationId: 'cidNope=' }),
    'app-robot.no-people': (here) => people(here, { userIds: [] }),
    'app-robot.too-many-receivers': (here) => people(here, { userIds: many(21) }),
    'app-robot.empty-person': (here) => people(here, { userIds: ['lisi', ''] }),
    'app-robot.no-one-to-one': async (here) => {
      await app(here, { noOneToOne: true });
      return people(here);
    },
    'app-robot.stopped': async (here) => {
      await app(here, { robotStopped: true });
      return people(here);
    },
    'app-robot.group-dissolved': (here) => group(here, { dissolved: true }),
    'app-robot.group-foreign': (here) => group(here, { foreign: true }),
    'app-robot.absent': (here) => group(here, { robotAbsent: true }),
    'app-robot.stopped-in-group': (here) => group(here, { robotStopped: true }),
    'app-robot.muted': (here) => group(here, { muted: true }),
    'app-robot.cool-app': (here) => group(here, { coolAppCode: 'cool' }),
    'app-robot.unsafe-link': async (here) => {
      await settings(here, MODERATED);
      return template('sampleText', { content: 'https://bad' })(here);
    },
    'app-robot.unsafe-content': async (here) => {
      await settings(here, MODERATED);
      return template('sampleText', { content: '坏文' })(here);
    },
    'ding.edition': (here) => here.api('POST', '/v1.0/robot/ding/send', { robotCode: 'dingsimapp' }),
    'ding.kind': (here) => ding(here, { remindType: 4 }),
    'ding.no-content': (here) => ding(here, { content: '' }),
    'ding.nobody': (here) => ding(here, { receiverUserIdList: [] }),
    'ding.too-many': (here) => ding(here, { receiverUserIdList: many(201) }),
    'ding.pack': (here) => ding(here, { remindType: 2 }),
    'ding.unknown': (here) => here.api('POST', '/v1.0/robot/ding/recall', { robotCode: 'dingsimapp', openDingId: 'x' }),
    'recall.no-conversation': (here) =>
      here.api('POST', '/v1.0/robot/groupMessages/recall', recall(['x'], { openConversationId: undefined })),
    'recall.keys': (here) => here.api('POST', '/v1.0/robot/groupMessages/recall', recall([])),
    'read.key': (here) => here.api('GET', '/v1.0/robot/oToMessages/readStatus?robotCode=dingsimapp&processQueryKey=x'),
    'read.expired': async (here) => {
      const { processQueryKey } = (await people(here)).body;
      await later(here, 25 * HOUR);
      const query = new URLSearchParams({ robotCode: 'dingsimapp', processQueryKey });
      return here.api('GET', `/v1.0/robot/oToMessages/readStatus?${query}`);
    },
    'readers.key': readers({ processQueryKey: 'x' }),
    'readers.conversation': readers({ openConversationId: 'cidOps=' }),
    'readers.page-size': readers({ maxResults: 201 }),
    'readers.cursor': readers({ nextToken: 'x' }),
    'download.empty': (here) => download(here, { robotCode: undefined }),
    'download.code': (here) => download(here),
    'download.foreign-robot': async (here, owner) => {
      const downloadCode = await code(here, owner);
      return download(here, { downloadCode, robotCode: 'dingother' });
    },
  }),
  'recall.unknown-key': (async (here) => {
    const { body } = await here.api('POST', '/v1.0/robot/groupMessages/recall', recall(['x']));
    return body.failedResult.x === 'invalid.processQueryKey';
  }) satisfies Proof,
  'recall.expired': (async (here) => {
    const { processQueryKey } = (await people(here)).body;
    await later(here, 25 * HOUR);
    const { body } = await here.api('POST', '/v1.0/robot/otoMessages/batchRecall', recall([processQueryKey]));
    return body.failedResult[processQueryKey] === 'robot.processQueryKey.expired';
  }) satisfies Proof,
  'app-robot.unknown-person': (async (here) =>
    (await people(here, { userIds: ['nobody'] })).body.invalidStaffIdList[0] === 'nobody') satisfies Proof,
  'app-robot.slowed-person': (async (here) => {
    await settings(here, { flowControlledUsers: ['lisi'] });
    return (await people(here)).body.flowControlledStaffIdList[0] === 'lisi';
  }) satisfies Proof,
  'ding.unknown-person': (async (here) => {
    const { failedList } = (await ding(here, { receiverUserIdList: ['nobody'] })).body;
    return Object.values(failedList).flat().includes('nobody');
  }) satisfies Proof,
  'download.signed-type': (async (here, owner) => {
    const { downloadUrl } = (await download(here, { downloadCode: await code(here, owner) })).body;
    return (await fetch(downloadUrl, { headers: { 'content-type': 'text/plain' } })).status === 403;
  }) satisfies Proof,
  'download.expired': (async (here, owner) => {
    const { downloadUrl } = (await download(here, { downloadCode: await code(here, owner) })).body;
    await later(here, HOUR);
    return (await fetch(downloadUrl)).status === 403;
  }) satisfies Proof,
};
