import WebSocket from 'ws';
import type { Desk } from '../desk.ts';
import { atBeginningOf, text } from '../desk.ts';
import { sealed } from '../receiver.ts';
import { app, MODERATED, type Owner, type Proof, proofs, settings } from './proof.ts';

const SEND = '/v1.0/robot/groupMessages/send';
const grant = { client_id: 'dingsimapp', client_secret: 'dingsimsecret', grant_type: 'client_credentials' };
const corpToken =
  (change: object, corp = 'dingsimcorp') =>
  (here: Desk) =>
    here.call('POST', `/v1.0/oauth2/${corp}/token`, { ...grant, ...change });
const corp = (here: Desk, call: string, body: object) =>
  here.old('POST', `/topapi/message/corpconversation/${call}`, { agent_id: 1000001, ...body });
const notify = (here: Desk, change: object = {}) =>
  corp(here, 'asyncsend_v2', { userid_list: 'lisi', msg: text('x'), ...change });
const message = (msg: unknown) => (here: Desk) => notify(here, { msg });
const oa = (change: object) =>
  message({
    msgtype: 'oa',
    oa: { message_url: 'https://a', head: { bgcolor: 'FFBBBBBB', text: 'h' }, body: {}, ...change },
  });
const card = (change: object) =>
  message({
    msgtype: 'action_card',
    action_card: { title: 't', markdown: 'x', single_title: 'go', single_url: 'https://a', ...change },
  });
const moderated = (content: string) => async (here: Desk) => {
  await settings(here, MODERATED);
  return notify(here, { msg: text(content) });
};
/** Over quota is a success that reaches nobody; only getsendresult tells (messaging.md §5.3). */
const dropped = async (here: Desk, code: string, send: () => ReturnType<typeof notify>) => {
  const { task_id } = (await send()).body;
  const { send_result } = (await corp(here, 'getsendresult', { task_id })).body;
  return send_result.forbidden_list?.[0]?.code === code;
};
const form =
  (fill: (form: FormData) => void, query = 'type=file') =>
  async (here: Desk) => {
    const data = new FormData();
    fill(data);
    return here.old('POST', `/media/upload?${query}`, data);
  };
const group = (change: object) => (here: Desk) =>
  here.old('POST', '/chat/create', { name: 'n', owner: 'lisi', useridlist: ['lisi'], ...change });
const regroup = (change: object) => (here: Desk) => here.old('POST', '/chat/update', { chatid: 'chatOps', ...change });
const conversation = (change: object) => (here: Desk) =>
  here.old('POST', '/message/send_to_conversation', { sender: 'lisi', cid: 'cidOps=', msg: text('x'), ...change });
const registration = (owner: Owner, change: object = {}) => ({
  call_back_tag: ['user_add_org'],
  token: 'simcallbacktoken',
  aes_key: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0',
  url: owner.url,
  ...change,
});
const register = (here: Desk, owner: Owner, change: object = {}) =>
  here.old('POST', '/call_back/register_call_back', registration(owner, change));
const gateway = (here: Desk, change: object = {}) =>
  here.call(
    'POST',
    '/v1.0/gateway/connections/open',
    {
      clientId: 'dingsimapp',
      clientSecret: 'dingsimsecret',
      subscriptions: [{ type: 'EVENT', topic: '*' }],
      ...change,
    },
    { accept: 'application/json' },
  );
const task = async (here: Desk) => (await notify(here)).body.task_id;

export const otherProofs = {
  ...proofs({
    'path.unknown': (here) => here.call('POST', '/v1.0/nothing', {}),
    'path.unversioned': (here) => here.call('POST', '/oauth2/accessToken', {}),
    'path.unknown-old': (here) => here.call('POST', '/topapi/nothing', {}),
    'body.missing': (here) => here.call('POST', '/v1.0/oauth2/accessToken', 'a=b'),
    'body.not-json': (here) =>
      here.call('POST', '/v1.0/oauth2/accessToken', '[', { 'content-type': 'application/json' }),
    'body.not-json-old': async (here) =>
      here.call('POST', `/topapi/v2/user/get?access_token=${await here.token()}`, '['),
    'token.missing': (here) => here.call('POST', SEND, {}),
    'token.invalid': (here) => here.call('POST', SEND, {}, { 'x-acs-dingtalk-access-token': 'x' }),
    'token.missing-topapi': (here) => here.call('POST', '/topapi/v2/user/get', {}),
    'token.missing-old': (here) => here.call('POST', '/chat/send', {}),
    'token.invalid-old': (here) => here.call('POST', '/chat/send?access_token=x', {}),
    'token.credentials': (here) => here.call('POST', '/v1.0/oauth2/accessToken', { appKey: 'x', appSecret: 'y' }),
    'token.grant-type': corpToken({ grant_type: 'password' }),
    'token.corp-malformed': corpToken({}, 'nonsense'),
    'token.client': corpToken({ client_secret: 'x' }),
    'token.corp': corpToken({}, 'dingothercorp'),
    'gettoken.no-key': (here) => here.call('GET', '/gettoken'),
    'gettoken.no-secret': (here) => here.call('GET', '/gettoken?appkey=dingsimapp'),
    'gettoken.wrong': (here) => here.call('GET', '/gettoken?appkey=dingsimapp&appsecret=x'),
    'gettoken.no-corp-secret': (here) => here.call('GET', '/gettoken?corpid=dingsimcorp'),
    'gettoken.wrong-corp': (here) => here.call('GET', '/gettoken?corpid=dingsimcorp&corpsecret=x'),
    'app.disabled': async (here) => {
      await app(here, { disabled: true });
      return here.group('sampleText', { content: 'x' });
    },
    'app.address': async (here) => {
      await app(here, { ips: ['10.1.2.3'] });
      return here.group('sampleText', { content: 'x' });
    },
    'app.scope': async (here) => {
      await app(here, { missingScopes: ['qyapi_robot_sendmsg'] });
      return here.group('sampleText', { content: 'x' });
    },
    'app.user-out-of-range': async (here) => {
      await app(here, { visibleUsers: ['zhangsan'] });
      return notify(here);
    },
    'app.department-out-of-range': async (here) => {
      await app(here, { visibleUsers: ['zhangsan'] });
      return notify(here, { userid_list: '', dept_id_list: '1' });
    },
    'limit.per-second': async (here) => {
      await settings(here, { qps: 0 });
      return here.group('sampleText', { content: 'x' });
    },
    'limit.per-minute': async (here) => {
      await atBeginningOf(here, 60_000);
      await settings(here, { qpm: 1 });
      await here.group('sampleText', { content: 'x' });
      return here.group('sampleText', { content: 'x' });
    },
    'limit.month': async (here) => {
      await settings(here, { monthlyQuota: 0 });
      return here.group('sampleText', { content: 'x' });
    },
    'limit.address': async (here) => {
      await settings(here, { addressWindow: { limit: 0 } });
      return here.call('GET', '/gettoken?appkey=dingsimapp&appsecret=dingsimsecret');
    },
    'contact.unknown-id': (here) => here.old('POST', '/topapi/v2/user/get', { userid: 'nobody' }),
    'contact.mobile': (here) => here.old('POST', '/topapi/v2/user/getbymobile', { mobile: 'x' }),
    'contact.unknown-mobile': (here) => here.old('POST', '/topapi/v2/user/getbymobile', { mobile: '13900000000' }),
    'contact.unknown-union': (here) => here.old('POST', '/topapi/user/getbyunionid', { unionid: 'nobody' }),
    'contact.member-missing': (here) => here.old('POST', '/topapi/v2/user/get', {}),
    'department.missing': (here) => here.old('POST', '/topapi/user/listid', {}),
    'department.unknown': (here) => here.old('POST', '/topapi/user/listid', { dept_id: 7 }),
    'agent.missing': (here) => notify(here, { agent_id: undefined }),
    'agent.foreign': (here) => notify(here, { agent_id: 7 }),
    'work.forbidden': async (here) => {
      await app(here, { noNotifications: true });
      return notify(here);
    },
    'work.to-all-daily': async (here) => {
      for (const content of ['1', '2', '3']) await notify(here, { to_all_user: true, msg: text(content) });
      return notify(here, { to_all_user: true });
    },
    'work.too-many': (here) => notify(here, { userid_list: Array.from({ length: 101 }, (_, n) => `u${n}`).join(',') }),
    'work.nobody': (here) => notify(here, { userid_list: '' }),
    'work.list-not-text': (here) => notify(here, { userid_list: ['lisi'] }),
    'work.no-message': message(undefined),
    'work.message-too-long': message(text('x'.repeat(2048))),
    'work.type': message({ msgtype: 'card', card: {} }),
    'work.media-missing': message({ msgtype: 'image', image: {} }),
    'work.media': message({ msgtype: 'image', image: { media_id: '@lADnope' } }),
    'work.unsafe-link': moderated('https://bad'),
    'work.unsafe-content': moderated('坏词'),
    'work.voice-duration': message({ msgtype: 'voice', voice: { media_id: 'x', duration: '60' } }),
    'work.file-too-large': async (here) => {
      const { media_id } = (await here.upload('file', 'a.pdf', new Uint8Array(10_000_001))).body;
      return notify(here, { msg: { msgtype: 'file', file: { media_id } } });
    },
    'work.head-colour': oa({ head: { bgcolor: 'red', text: 'h' } }),
    'work.bar-colour': oa({ status_bar: { status_value: 'v', status_bg: 'red' } }),
    'work.form': oa({ body: { form: 'x' } }),
    'work.member': message({ msgtype: 'text', text: {} }),
    'work.member-too-long': card({ single_title: 'x'.repeat(21) }),
    'bar.no-value': async (here) => corp(here, 'status_bar/update', { task_id: await task(here) }),
    'bar.colour': async (here) =>
      corp(here, 'status_bar/update', { task_id: await task(here), status_value: 'v', status_bg: 'red' }),
    'bar.none': async (here) => corp(here, 'status_bar/update', { task_id: await task(here), status_value: 'v' }),
    'task.missing': (here) => corp(here, 'getsendresult', {}),
    'task.unknown': (here) => corp(here, 'getsendresult', { task_id: 1 }),
    'media.length': async (here) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('x'));
          controller.close();
        },
      });
      const init: RequestInit = {
        method: 'POST',
        body,
        duplex: 'half',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      };
      return fetch(`${here.url}/media/upload?type=file&access_token=${await here.token()}`, init);
    },
    'media.content-type': async (here) =>
      fetch(`${here.url}/media/upload?type=file&access_token=${await here.token()}`, {
        method: 'POST',
        body: new Uint8Array(1),
      }),
    'media.not-multipart': (here) => here.old('POST', '/media/upload?type=file', { media: 'x' }),
    'media.type': form((data) => data.append('media', new Blob(['x']), 'a.pdf'), 'type=picture'),
    'media.no-file': form((data) => data.append('media', 'a text without a file name')),
    'media.empty': form((data) => data.append('media', new Blob([]), 'a.pdf')),
    'media.too-large': (here) => here.upload('voice', 'a.amr', new Uint8Array(2 * 1024 * 1024 + 1)),
    'media.ending': (here) => here.upload('image', 'a.webp', new Uint8Array(1)),
    'group.name': group({ name: '' }),
    'group.people': group({ useridlist: [] }),
    'group.owner': group({ owner: 'wangwu' }),
    'group.strangers': group({ useridlist: ['lisi', 'nobody'] }),
    'group.unknown-chat': regroup({ chatid: 'nothing' }),
    'group.unknown': (here) => here.api('POST', '/v1.0/im/group/update', { openConversationId: 'cidNope=' }),
    'group.new-name': regroup({ name: 'x'.repeat(21) }),
    'group.added': regroup({ add_useridlist: ['nobody'] }),
    'group.removed': regroup({ del_useridlist: Array.from({ length: 41 }, (_, n) => `u${n}`) }),
    'group.new-owner': regroup({ owner: 'nobody' }),
    'readers.message': (here) => here.old('GET', '/chat/getReadList?messageId=x'),
    'readers.page': async (here) => {
      const { messageId } = (await here.old('POST', '/chat/send', { chatid: 'chatOps', msg: text('x') })).body;
      return here.old('GET', `/chat/getReadList?messageId=${encodeURIComponent(messageId)}&size=101`);
    },
    'chat.unknown-id': (here) => here.api('POST', '/v1.0/im/chat/nothing/convertToOpenConversationId'),
    'chat.no-id': (here) => here.old('POST', '/chat/send', { msg: text('x') }),
    'chat.unknown': (here) => here.old('POST', '/chat/send', { chatid: 'nothing', msg: text('x') }),
    'chat.get-unknown': (here) => here.old('GET', '/chat/get?chatid=nothing'),
    'conversation.no-sender': conversation({ sender: undefined }),
    'conversation.no-cid': conversation({ cid: undefined }),
    'conversation.unknown-sender': conversation({ sender: 'nobody' }),
    'conversation.cid': conversation({ cid: 'cidNope=' }),
    'conversation.not-a-member': async (here) => {
      await here.sim('POST', '/groups', { openConversationId: 'cidOps=', members: ['wangwu'] });
      return conversation({})(here);
    },
    'callback.exists': async (here, owner) => {
      owner.react = () => sealed('success', 'dingsimcorp');
      await register(here, owner);
      return register(here, owner);
    },
    'callback.unreachable': (here, owner) => register(here, owner, { url: 'http://127.0.0.1:1' }),
    'callback.wrong-answer': (here, owner) => {
      owner.react = () => sealed('no');
      return register(here, owner);
    },
    'callback.none': (here) => here.old('GET', '/call_back/get_call_back'),
    'callback.missing': (here, owner) => register(here, owner, { token: undefined }),
    'callback.malformed': (here, owner) => register(here, owner, { token: 'short' }),
    'callback.tag': (here, owner) => register(here, owner, { call_back_tag: ['nothing'] }),
    'callback.address': (here, owner) => register(here, owner, { url: 'nowhere' }),
    'callback.private': async (here, owner) => {
      await settings(here, { privateCallbackAddresses: false });
      return register(here, owner);
    },
    'stream.credentials': (here) => gateway(here, { clientSecret: 'x' }),
    'stream.app-disabled': async (here) => {
      await app(here, { disabled: true });
      return gateway(here);
    },
    'stream.subscriptions': (here) => gateway(here, { subscriptions: [] }),
  }),
  'limit.pushes': (async (here, owner) => {
    here.simulator.setCallbackUrl(owner.url);
    await settings(here, { webhookQuota: 0 });
    return (await here.sim('POST', '/events', { EventType: 'check_in' })).pushed === false;
  }) satisfies Proof,
  'work.unknown-person': (async (here) => {
    const { task_id } = (await notify(here, { userid_list: 'nobody' })).body;
    const { send_result } = (await corp(here, 'getsendresult', { task_id })).body;
    return send_result.invalid_user_id_list?.[0] === 'nobody';
  }) satisfies Proof,
  'work.unknown-department': (async (here) => {
    const { task_id } = (await notify(here, { dept_id_list: '7' })).body;
    const { send_result } = (await corp(here, 'getsendresult', { task_id })).body;
    return send_result.invalid_dept_id_list?.[0] === 7;
  }) satisfies Proof,
  'work.duplicate': (async (here) => {
    await notify(here);
    return dropped(here, '143106', () => notify(here));
  }) satisfies Proof,
  'work.daily': (async (here) => {
    await settings(here, { notifiedPerDay: 0 });
    return dropped(here, '143105', () => notify(here));
  }) satisfies Proof,
  'work.per-minute': (async (here) => {
    await settings(here, { notifiedPerMinute: 0 });
    return dropped(here, '143103', () => notify(here));
  }) satisfies Proof,
  'work.protected-person': (async (here) => {
    await here.sim('POST', '/people', { userId: 'lisi', notificationCode: '1430004' });
    return dropped(here, '1430004', () => notify(here));
  }) satisfies Proof,
  'stream.ticket': (async (here) => {
    const { endpoint, ticket } = (await gateway(here)).body;
    const dial = () =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
        socket.on('open', () => {
          socket.terminate();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      });
    return (await dial()) && !(await dial());
  }) satisfies Proof,
};
