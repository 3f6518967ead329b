import type { App } from '../world/tenant.ts';
import { isAmong } from './addresses.ts';
import { type Dialect, gatewayRefusal, newRefusal, Refusal } from './envelope.ts';
import type { Call } from './route.ts';

/** What the gateway checks beside the token: app enabled, address allowed, scope granted. */
export function checkApp(app: App, call: Call, dialect: Dialect): void {
  if (app.disabled) {
    // 50003 is of the old host (messaging.md §8.4); the new one has only this for it
    if (dialect === 'new') throw newRefusal('app.disabled', 400, 'apiPermissionDenied', '应用已停用');
    throw gatewayRefusal('app.disabled', dialect, 50003, '应用已停用');
  }
  if (app.ips && !isAmong(app.ips, call.address)) throw wrongAddress(dialect, call.address);
  const missing = scopesOf(call.path).filter((scope) => app.missingScopes?.includes(scope));
  if (missing.length > 0) throw withoutScope(dialect, missing);
}

/** Is this person within the app's visible range? */
export function canSee(app: App, userId: string): boolean {
  return app.visibleUsers?.includes(userId) ?? true;
}

/** A person outside the visible range: a matter of permission, wrapped as those are (messaging.md §5.8, §8.1). */
export function outOfRange(dialect: Dialect, who: 'user' | 'department'): Refusal {
  return who === 'user'
    ? gatewayRefusal('app.user-out-of-range', dialect, 50002, '请求的userid不在授权范围内')
    : gatewayRefusal('app.department-out-of-range', dialect, 50004, '请求的部门id不在授权范围内');
}

/** messaging.md §8.3 */
function wrongAddress(dialect: Dialect, address: string): Refusal {
  if (dialect === 'new')
    return newRefusal('app.address', 403, 'Forbidden.AccessDenied.IpNotInWhiteList', `IP ${address} 不在白名单中`);
  return gatewayRefusal('app.address', dialect, 60020, `访问ip不在白名单之中,request ip=${address}`);
}

/** messaging.md §8.1, §8.4 */
function withoutScope(dialect: Dialect, requiredScopes: string[]): Refusal {
  if (dialect !== 'new')
    return gatewayRefusal(
      'app.scope',
      dialect,
      60011,
      `没有调用该接口的权限,requiredScopes={requiredScopes=[${requiredScopes.join(',')}]}`,
    );
  const code = 'Forbidden.AccessDenied.AccessTokenPermissionDenied';
  const { reply } = newRefusal('app.scope', 403, code, '应用尚未开通所需的权限');
  return new Refusal('app.scope', { ...reply, body: { ...reply.body, accessdenieddetail: { requiredScopes } } });
}

function scopesOf(path: string): string[] {
  return scopes.filter(([pattern]) => pattern.test(path)).map(([, scope]) => scope);
}

/** messaging.md §3, §5–§7; callbacks.md §7, §9, §10; files.md §0 */
const scopes: [RegExp, string][] = [
  [/^\/v1\.0\/robot\/ding\//, 'Premium.Ding.Write'],
  [/^\/v1\.0\/robot\/(?!ding\/)/, 'qyapi_robot_sendmsg'],
  [/^\/(media\/upload|topapi\/message\/corpconversation)/, 'qyapi_base'],
  [/^\/v1\.0\/im\/group\//, 'qyapi_chat_manage'],
  [/^\/(chat\/get$|v1\.0\/im\/chat\/)/, 'qyapi_chat_read'],
  [/^\/v1\.0\/card\/(instances|callbacks)/, 'Card.Instance.Write'],
  [/^\/v1\.0\/card\/streaming/, 'Card.Streaming.Write'],
  [/^\/v1\.0\/todo\/.*\/tasks(?!\/query)/, 'Todo.Todo.Write'],
  [/^\/v1\.0\/todo\/.*\/org\/tasks\/query/, 'Todo.Todo.Read'],
  [/^\/topapi\/v2\/user\/getbymobile/, 'qyapi_get_member_by_mobile'],
  [/^\/topapi\/(v2\/user\/get$|user\/)/, 'qyapi_get_member'],
  [/^\/topapi\/v2\/department\//, 'qyapi_get_department_list'],
  [/^\/v1\.0\/convFile\/conversations\/spaces/, 'ConvFile.Space.Read'],
  [/^\/v1\.0\/convFile\/.*send$/, 'ConvFile.File.Send'],
  [/^\/v[12]\.0\/storage\/.*(uploadInfos|multiPartUploadInfos)/, 'Storage.UploadInfo.Read'],
  [/^\/v[12]\.0\/storage\/.*(commit|folders)$/, 'Storage.File.Write'],
  [/^\/v1\.0\/storage\/.*\/(dentries|listAll|openInfos\/query)$/, 'Storage.File.Read'],
  [/^\/v1\.0\/storage\/.*\/downloadInfos/, 'Storage.DownloadInfo.Read'],
  [/^\/v1\.0\/storage\/spaces$/, 'Storage.Space.Write'],
  [/^\/v2\.0\/doc\/dentries\//, 'Document.WorkspaceDocument.Read'],
  [/^\/v2\.0\/storage\/.*\/permissions$/, 'Storage.Permission.Write'],
];
