import { isOff } from '../world/refusals.ts';
import { rememberKey, type State } from '../world/state.ts';
import type { App } from '../world/tenant.ts';
import { bill, isFree, usageOf } from './billing.ts';
import { type Dialect, gatewayRefusal, newRefusal, oldRefusal, type Refusal } from './envelope.ts';

/** Counts one call of an app on an API; throws when it is over the second's or the month's share (messaging.md §8.2). */
export function countApiCall(state: State, app: App, api: string, dialect: Dialect): void {
  const now = state.clock.now();
  const second = Math.floor(now / 1000);
  const key = `${app.appKey} ${api}`;
  const used = state.perSecond.get(key);
  const count = used?.second === second ? used.count + 1 : 1;
  state.perSecond.set(key, { second, count });
  if (count > state.settings.qps) throw throttled(dialect);

  const minute = Math.floor(now / 60_000);
  const inMinute = state.perMinute.get(key);
  const minuteCount = inMinute?.minute === minute ? inMinute.count + 1 : 1;
  state.perMinute.set(key, { minute, count: minuteCount });
  if (state.settings.qpm > 0 && minuteCount > state.settings.qpm) throw throttled(dialect, 'Qpm');

  // a call that was throttled is not charged (interactive.md §10)
  if (isFree(api)) return;
  if (usageOf(state).apiCalls >= state.settings.monthlyQuota) throw quotaUsedUp(dialect);
  bill(state, app.appKey, 'api', api);
}

/**
 * Counts one push in Webhook & Stream; false when the month's quota is used up. Contacts events are exempt
 * (callbacks.md §1.5).
 */
export function countPush(state: State, app: App, act: string): boolean {
  if (EXEMPT.test(act)) return true;
  if (usageOf(state).webhookAndStream >= state.settings.webhookQuota) return isOff(state, 'limit.pushes');
  bill(state, app.appKey, 'webhook', act);
  return true;
}

export function throttled(dialect: Dialect, per: 'Qps' | 'Qpm' = 'Qps'): Refusal {
  const id = per === 'Qps' ? 'limit.per-second' : 'limit.per-minute';
  if (dialect === 'new')
    return newRefusal(
      id,
      403,
      `Forbidden.AccessDenied.${per}LimitForAppkeyAndApi`,
      '您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了,请等待1秒后重试',
    );
  return gatewayRefusal(id, dialect, 90018, '您的服务器调用钉钉开放平台当前接口的请求超过了QPS限制,请1秒后重试');
}

/** The HTTP status of the month's refusal is not listed; 403 is that of its family (messaging.md §8.2). */
function quotaUsedUp(dialect: Dialect): Refusal {
  if (dialect === 'new')
    return newRefusal(
      'limit.month',
      403,
      'Forbidden.AccessDenied.ApiCountLimitForOrg',
      '企业本月的API调用次数已达到上限',
    );
  return gatewayRefusal('limit.month', dialect, 90020, '企业本月的API调用次数已达到上限');
}

/** Counts a call of an address; false while it is banned for too many calls (messaging.md §8.2). */
export function countAddress(state: State, address: string): boolean {
  const { limit, windowMs, penaltyMs } = state.settings.addressWindow;
  const now = state.clock.now();
  const window = Math.floor(now / Math.max(1, windowMs));
  const log = state.addresses.get(address) ?? { window, count: 0, blockedUntil: 0 };
  if (log.window !== window) Object.assign(log, { window, count: 0 });
  log.count += 1;
  if (log.count > limit && now >= log.blockedUntil) log.blockedUntil = now + penaltyMs;
  rememberKey(state.addresses, address, log, 1000);
  return now >= log.blockedUntil;
}

/** One message of a custom robot: 20 a minute, then blocked for ten minutes (messaging.md §2.5). */
export function countRobotMessage(state: State, accessToken: string): void {
  const { limit, windowMs, penaltyMs } = state.settings.robotWindow;
  const now = state.clock.now();
  const log = state.robotLogs.get(accessToken) ?? { sent: [], blockedUntil: 0 };
  state.robotLogs.set(accessToken, log);
  if (now < log.blockedUntil) throw robotThrottled(state);
  log.sent = log.sent.filter((at) => at > now - windowMs);
  if (log.sent.length >= limit) {
    log.blockedUntil = now + penaltyMs;
    throw robotThrottled(state);
  }
  log.sent.push(now);
}

/** One message of an app robot, to a group or to people; over a figure that was set it is refused (messaging.md §3.6, R). */
export function countAppRobotMessage(state: State, app: App, to: { group: string } | { people: string[] }): void {
  const since = state.clock.now() - 60_000;
  const log = (state.appRobotLogs.get(app.appKey) ?? []).filter(({ at }) => at > since);
  const [groups, people] = 'group' in to ? [[to.group], []] : [[], to.people];
  log.push({ at: state.clock.now(), groups, people });
  const { appRobotMinute: most } = state.settings;
  const over = (count: number, figure: number) => figure > 0 && count > figure;
  if (over(log.length, most.messages))
    throw newRefusal('app-robot.too-fast', 400, 'send.too.fast', '发送过快,请稍后重试');
  if (over(new Set(log.flatMap((entry) => entry.groups)).size, most.groups))
    throw newRefusal('app-robot.too-many-groups', 400, 'too.many.group', '发送的群过多');
  if (over(new Set(log.flatMap((entry) => entry.people)).size, most.people))
    throw newRefusal('app-robot.too-many-people', 400, 'too.many.people', '发送的人过多');
  state.appRobotLogs.set(app.appKey, log);
}

/** How far each robot and app is from its limit. */
export function limitsView(state: State) {
  const { robotWindow, qps, monthlyQuota, webhookQuota } = state.settings;
  const second = Math.floor(state.clock.now() / 1000);
  const perApp = state.tenant.apps.map(({ appKey, name }) => {
    const busiest = [...state.perSecond]
      .filter(([key, used]) => key.startsWith(`${appKey} `) && used.second === second)
      .sort(([, a], [, b]) => b.count - a.count)[0];
    return { appKey, name, qps, api: busiest?.[0].slice(appKey.length + 1) ?? null, used: busiest?.[1].count ?? 0 };
  });
  return {
    usage: { ...usageOf(state), monthlyQuota, webhookQuota },
    robots: state.tenant.robots.map(({ accessToken, name }) => {
      const { sent = [], blockedUntil = 0 } = state.robotLogs.get(accessToken) ?? {};
      return { accessToken, name, ...robotWindow, sent, blockedUntil };
    }),
    apps: perApp,
  };
}

export function robotThrottled(state: State): Refusal {
  const code = state.settings.robotThrottleCode;
  const text = code === 130101 ? 'send too fast, exceed 20 times per minute' : 'sending too many messages per minute';
  return oldRefusal('robot.too-fast', code, text);
}

const EXEMPT = /^event (user_(add|modify|leave|active)_org|org_dept_\w+|org_change|label_\w+|org_admin_\w+)$/;
