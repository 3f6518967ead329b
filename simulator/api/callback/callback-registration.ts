import { oldOk, oldRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { textIn, textsIn } from '../../json.ts';
import { pushEvent } from '../../push/push-event.ts';
import type { CallbackRegistration } from '../../world/records.ts';
import type { State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';

/** The old way to say where events go (callbacks.md §1.1): one address per app. */
export function callbackRoutes(state: State): Route[] {
  return [
    guarded('POST', '/call_back/register_call_back', async (call, app) => {
      const wanted = readRegistration(state, call);
      if (state.registrations.has(app.appKey)) throw oldRefusal('callback.exists', 71006, '回调地址已经存在');
      return register(state, app, wanted);
    }),
    // all four fields again: it replaces everything
    guarded('POST', '/call_back/update_call_back', async (call, app) => {
      const wanted = readRegistration(state, call);
      registrationOf(state, app);
      return register(state, app, wanted);
    }),
    guarded('GET', '/call_back/get_call_back', (_call, app) => {
      const { url, token, aesKey, tags } = registrationOf(state, app);
      return oldOk({ url, token, aes_key: aesKey, call_back_tag: tags });
    }),
    guarded('GET', '/call_back/delete_call_back', (_call, app) => {
      registrationOf(state, app);
      state.registrations.delete(app.appKey);
      return oldOk();
    }),
  ];
}

/**
 * Kept only when a `check_url` push is answered rightly; its receiver is the corpId (callbacks.md §0, fact 2, §1.1).
 */
async function register(state: State, app: App, wanted: CallbackRegistration): Promise<Reply> {
  const options = { receiver: state.tenant.corpId, via: 'old', tamper: undefined, door: wanted, retries: [] } as const;
  const { attempts } = await pushEvent(state, { EventType: 'check_url' }, options);
  const [attempt] = attempts;
  if (attempt?.status !== 200)
    throw oldRefusal('callback.unreachable', 71012, `url地址访问异常: ${attempt?.reason ?? 'no answer'}`);
  if (!attempt.valid)
    throw oldRefusal('callback.wrong-answer', 71009, `回调请求返回的不是加密的success: ${attempt.reason ?? ''}`);
  state.registrations.set(app.appKey, wanted);
  return oldOk();
}

function registrationOf(state: State, app: App): CallbackRegistration {
  const registration = state.registrations.get(app.appKey);
  if (!registration) throw oldRefusal('callback.none', 71007, '回调不存在');
  return registration;
}

/** The codes of callbacks.md §1.2, the lengths of callbacks.md §1.1. */
function readRegistration(state: State, call: Call): CallbackRegistration {
  const tags = textsIn(call.body, 'call_back_tag');
  const token = textIn(call.body, 'token');
  const aesKey = textIn(call.body, 'aes_key');
  const url = textIn(call.body, 'url');
  if (!tags || tags.length === 0 || !token || !aesKey || !url)
    throw oldRefusal('callback.missing', 71010, '传入的json缺少字段: call_back_tag, token, aes_key, url');
  if (token.length < 6 || token.length >= 64 || !/^[A-Za-z0-9]{43}$/.test(aesKey))
    throw oldRefusal(
      'callback.malformed',
      71010,
      '传入的json格式不正确: token has 6 to 63 characters, aes_key 43 letters and digits',
    );
  const unknown = tags.find((tag) => !TAGS.has(tag));
  if (unknown) throw oldRefusal('callback.tag', 71008, `不在允许的回调事件列表中: ${unknown}`);
  if (!URL.canParse(url) || !/^https?:\/\//.test(url)) throw oldRefusal('callback.address', 71011, '不合法的url');
  if (!state.settings.privateCallbackAddresses && isPrivate(new URL(url).hostname))
    throw oldRefusal('callback.private', 71013, '域名或ip不允许: the address must be public');
  return { url, token, aesKey, tags };
}

function isPrivate(host: string): boolean {
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/.test(host);
}

/** callbacks.md §1.3; to-do events are not among them */
const TAGS = new Set(
  [
    'user_add_org user_modify_org user_leave_org user_active_org org_admin_add org_admin_remove',
    'org_dept_create org_dept_modify org_dept_remove org_remove org_change',
    'label_user_change label_conf_add label_conf_del label_conf_modify',
    'edu_user_insert edu_user_update edu_user_delete edu_dept_insert edu_dept_update edu_dept_delete',
    'edu_user_relation_insert edu_user_relation_update edu_user_relation_delete',
    'bpms_task_change bpms_instance_change',
    'chat_add_member chat_remove_member chat_quit chat_update_owner chat_update_title chat_disband',
    'check_in attendance_check_record attendance_schedule_change attendance_overtime_duration',
    'meetingroom_book meetingroom_room_info',
  ].flatMap((tags) => tags.split(' ')),
);
