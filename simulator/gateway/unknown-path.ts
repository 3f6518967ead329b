import type { State } from '../world/state.ts';
import { dialectOf, newRefusal, oldRefusal, Refusal } from './envelope.ts';
import { type Call, type Method, open, type Route } from './route.ts';

/** A path that DingTalk does not have, or not with this method (messaging.md §8.1). */
export function unknownRoute(state: State, method: Method, path: string): Route {
  return open(method, path, (call) => unknownPath(state, call), 'none');
}

/** The answer to an unknown path: by the new host's gateway, by the new host without a version, by the old host. */
export function unknownPath(state: State, call: Call): never {
  if (dialectOf(call.path) === 'new')
    throw newRefusal(
      'path.unknown',
      state.settings.unknownActionStatus,
      'InvalidAction.NotFound',
      'Specified api is not found, please check your url and method.',
    );
  if (isOfNewHost(call)) throw oldRefusal('path.unversioned', 404, '请求的URI地址不存在');
  const body = {
    errcode: 22,
    sub_msg: `不合法ApiName,不存在的方法名[${call.path}]`,
    errmsg: `Invalid method[${call.path}]`,
    request_id: '',
  };
  throw new Refusal('path.unknown-old', { status: 200, body, code: '22' });
}

/** Both hosts are one port here: the Host header tells them apart where it was kept, the family of the path elsewhere. */
function isOfNewHost(call: Call): boolean {
  const host = call.header('host') ?? '';
  if (/^(api|oapi)\.dingtalk\./.test(host)) return host.startsWith('api.');
  const [, family = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(call.path) ?? [];
  return NEW_FAMILIES.has(family) && !(family === 'robot' && /^\/send/.test(rest));
}

const NEW_FAMILIES = new Set(
  'oauth2 robot card im todo storage convFile doc contact workflow calendar gateway event drive'.split(' '),
);
