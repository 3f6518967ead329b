import { dialectOf, type Reply } from './envelope.ts';
import { type Call, type Method, open, type Route } from './route.ts';

/** A path that DingTalk does not have, or not with this method (messaging.md §8.1). */
export function unknownRoute(method: Method, path: string): Route {
  return open(method, path, (call) => unknownPath(call), 'none');
}

/** The answer to an unknown path. */
export function unknownPath(call: Call): Reply {
  if (dialectOf(call.path) === 'new')
    return { status: 200, body: { errcode: 404, errmsg: '请求的URI地址不存在' }, code: '404' };
  const body = {
    errcode: 22,
    sub_msg: `不合法ApiName,不存在的方法名[${call.path}]`,
    errmsg: `Invalid method[${call.path}]`,
    request_id: '',
  };
  return { status: 200, body, code: '22' };
}
