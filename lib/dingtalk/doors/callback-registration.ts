import * as v from 'valibot';
import { DingTalkRefusal } from '../../base/dingtalk-errors.ts';
import type { Call, Caller } from '../transport/call.ts';

/** Where the old API pushes events to, for one app (callbacks.md §1.1). */
export type Registration = { url: string; token: string; aesKey: string; tags: readonly string[] };

export type CallbackRegistration = {
  /** DingTalk tries the address with `check_url` before it answers. */
  register(registration: Registration): Promise<void>;
  /** Replaces all four. */
  update(registration: Registration): Promise<void>;
  get(): Promise<Registration>;
  delete(): Promise<void>;
};

/** The old API's events; to-do events come by the developer console only (callbacks.md §1.3). */
export const OLD_TAGS: readonly string[] = `
user_add_org user_modify_org user_leave_org user_active_org org_admin_add org_admin_remove org_dept_create
org_dept_modify org_dept_remove org_remove org_change label_user_change label_conf_add label_conf_del label_conf_modify
edu_user_insert edu_user_update edu_user_delete edu_user_relation_insert edu_user_relation_update
edu_user_relation_delete edu_dept_insert edu_dept_update edu_dept_delete bpms_task_change bpms_instance_change
chat_add_member chat_remove_member chat_quit chat_update_owner chat_update_title chat_disband check_in
attendance_check_record attendance_schedule_change attendance_overtime_duration meetingroom_book meetingroom_room_info`
  .trim()
  .split(/\s+/);

const PRIVATE =
  /^(localhost|.*\.local|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.|\[(::1|f[cd]|fe80))/i;

/** What DingTalk would refuse, all at once and in words that say what to do (callbacks.md §1.1). */
export function registrationFaults({ url, token, aesKey, tags }: Registration, privateAllowed = false): string[] {
  const faults: string[] = [];
  if (token.length < 6 || token.length > 63) {
    faults.push(`token: ${token.length} characters; the old API takes 6 to 63, the console 3 to 32: choose 6 to 32`);
  }
  if (!/^[A-Za-z0-9]*$/.test(token)) faults.push('token: use letters and digits only, or the console refuses it');
  if (!/^[A-Za-z0-9]{43}$/.test(aesKey)) {
    faults.push(`aesKey: exactly 43 letters and digits are needed, these are ${aesKey.length} characters`);
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) faults.push('url: not an http(s) address');
  else if (!privateAllowed && PRIVATE.test(new URL(url).hostname)) {
    faults.push('url: DingTalk calls from the internet, and this address is private');
  }
  const unknown = tags.filter((tag) => !OLD_TAGS.includes(tag));
  if (tags.length === 0) faults.push('tags: name at least one event');
  if (unknown.length > 0) {
    faults.push(`tags: ${unknown.join(', ')} cannot be had by the old API; subscribe to them in the developer console`);
  }
  return faults;
}

/** The codes of callbacks.md §1.2 in words. */
const REMEDIES: Record<string, string> = {
  '71006': 'the app has an address already: update it instead of registering another',
  '71007': 'the app has no address: register one first',
  '71008': 'an event is not on the list of the old API: leave it out, or subscribe to it in the developer console',
  '71009': 'the address answered, but not with the encrypted "success": run `dingdock callback verify` against it',
  '71010': 'a field is missing or malformed: token has 6 to 63 characters, aesKey 43 letters and digits',
  '71011': 'the url is no legal address',
  '71012': 'DingTalk could not reach the address: it must be public, answer with 200 and not redirect',
  '71013': 'the domain or address may not be used: it must be public (and on the allow-list of an ISV suite)',
  '71014': "the suite's service window could not be set up: try again later",
};

const Done = v.unknown();
const Registered = v.pipe(
  v.object({ url: v.string(), token: v.string(), aes_key: v.string(), call_back_tag: v.array(v.string()) }),
  v.transform(({ url, token, aes_key, call_back_tag }) => ({ url, token, aesKey: aes_key, tags: call_back_tag })),
);

export function createCallbackRegistration(call: Caller): CallbackRegistration {
  async function ask<S extends v.GenericSchema>(
    name: string,
    reply: S,
    registration?: Registration,
  ): Promise<v.InferOutput<S>> {
    const request: Call<S> = {
      operation: `callbacks.${name}`,
      host: 'oapi',
      method: registration ? 'POST' : 'GET',
      path: `/call_back/${name}_call_back`,
      ...(registration && { body: bodyOf(registration) }),
      reply,
    };
    try {
      return await call(request);
    } catch (error) {
      const remedy = error instanceof DingTalkRefusal ? REMEDIES[error.code] : undefined;
      if (!(error instanceof DingTalkRefusal) || remedy === undefined) throw error;
      throw new DingTalkRefusal(error.operation, { ...error, class: 'argument', remedy, cause: error });
    }
  }

  return {
    register: async (registration) => void (await ask('register', Done, registration)),
    update: async (registration) => void (await ask('update', Done, registration)),
    get: () => ask('get', Registered),
    delete: async () => void (await ask('delete', Done)),
  };
}

function bodyOf({ url, token, aesKey, tags }: Registration) {
  return { call_back_tag: tags, token, aes_key: aesKey, url };
}
