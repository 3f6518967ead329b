import { createHash } from 'node:crypto';
import { canSee, outOfRange } from '../../gateway/app-access.ts';
import { oldOk, oldRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { flagIn, numberIn } from '../../json.ts';
import { beijingDay } from '../../world/clock.ts';
import { deliver } from '../../world/delivery.ts';
import type { Said } from '../../world/message.ts';
import type { WorkTask } from '../../world/records.ts';
import { isOff, type RefusalId } from '../../world/refusals.ts';
import { nextId, remember, type State } from '../../world/state.ts';
import { type App, personById } from '../../world/tenant.ts';
import { readWorkMessage } from './work-message.ts';

/** Sending work notifications (messaging.md §5.1, §5.3). */
export function workNotificationRoutes(state: State): Route[] {
  return [guarded('POST', '/topapi/message/corpconversation/asyncsend_v2', (call, app) => send(state, call, app))];
}

/** agent_id must be the calling app's; a foreign one is 40056 (messaging.md §5.8). */
export function checkAgent(call: Call, app: App): void {
  const agentId = numberIn(call.body, 'agent_id');
  if (agentId === undefined) throw oldRefusal('agent.missing', 40035, '不合法的参数: 缺少参数 agent_id');
  if (agentId !== app.agentId) throw oldRefusal('agent.foreign', 40056, '不合法的agentid');
}

function send(state: State, call: Call, app: App): Reply {
  checkAgent(call, app);
  if (app.noNotifications) throw oldRefusal('work.forbidden', 41044, '禁止发送消息');
  const said = readWorkMessage(state, call.body.msg);
  const { users, departments, toAll } = receivers(call);
  if (!users.every((userId) => canSee(app, userId))) throw outOfRange('topapi', 'user');
  if (app.visibleUsers && departments.length > 0) throw outOfRange('topapi', 'department');
  const today = state.workTasks.filter(
    (task) => task.appKey === app.appKey && beijingDay(task.at) === beijingDay(state.clock.now()),
  );
  if (toAll && today.filter((task) => task.toAll).length >= 3)
    throw oldRefusal('work.to-all-daily', 41045, '全员消息每天最多发送3次');

  const root = departments.includes(1);
  const wanted = new Set([...users, ...(toAll || root ? visible(state, app) : [])]);
  const off = (id: RefusalId) => isOff(state, id);
  const task: WorkTask = {
    taskId: Number(nextId(state, '1000')),
    at: state.clock.now(),
    appKey: app.appKey,
    contentHash: createHash('sha256').update(JSON.stringify(call.body.msg)).digest('hex'),
    msgtype: said.msgtype,
    toAll,
    statusBar: said.content.status_bar !== undefined && departments.length === 0 && !toAll && users.length <= 5,
    sent: [],
    invalidUsers: off('work.unknown-person') ? [] : users.filter((userId) => !personById(state.tenant, userId)),
    invalidDepartments: off('work.unknown-department') ? [] : departments.filter((department) => department !== 1),
    dropped: [],
    recalled: false,
  };
  for (const userid of wanted)
    if (!task.invalidUsers.includes(userid)) reach(state, task, today, { userid, said, app });
  remember(state.workTasks, task, Math.min(5000, state.settings.mostKept));
  return oldOk({ task_id: task.taskId });
}

/** Over quota is a success that reaches nobody (messaging.md §5.3). */
function reach(
  state: State,
  task: WorkTask,
  today: readonly WorkTask[],
  { userid, said, app }: { userid: string; said: Said; app: App },
): void {
  const lately = today.filter(({ at }) => at > task.at - 60_000).reduce((sum, { sent }) => sum + sent.length, 0);
  const had = today.filter((earlier) => earlier.sent.includes(userid));
  const tooFast = lately + task.sent.length >= state.settings.notifiedPerMinute;
  const protectedBy = personById(state.tenant, userid)?.notificationCode;
  const forbidden = isOff(state, 'work.protected-person') ? undefined : protectedBy;
  const code = forbidden ?? overQuota(state, task, had, tooFast);
  if (code) {
    task.dropped.push({ userid, code });
    return;
  }
  task.sent.push(userid);
  const key = String(task.taskId);
  deliver(state, said, { conversation: userid, via: 'work-notification', sender: app.name, key });
}

/** The same again, too many a day, too many a minute (messaging.md §5.3). */
function overQuota(state: State, task: WorkTask, had: readonly WorkTask[], tooFast: boolean): string | undefined {
  const same = had.some((earlier) => earlier.contentHash === task.contentHash);
  if (same && !isOff(state, 'work.duplicate')) return '143106';
  if (had.length >= state.settings.notifiedPerDay && !isOff(state, 'work.daily')) return '143105';
  return tooFast && !isOff(state, 'work.per-minute') ? '143103' : undefined;
}

/**
 * Comma-joined strings of at most 100 people and 20 departments; one of them is required unless it goes to all
 * (messaging.md §5.1).
 */
function receivers(call: Call): { users: string[]; departments: number[]; toAll: boolean } {
  const users = split(call.body.userid_list, 'userid_list');
  const departments = split(call.body.dept_id_list, 'dept_id_list').map(Number);
  const toAll = flagIn(call.body, 'to_all_user');
  if (users.length > 100 || departments.length > 20)
    throw oldRefusal('work.too-many', 41029, '接收者数量超过限制: 100 people, 20 departments');
  if (!toAll && users.length === 0 && departments.length === 0)
    throw oldRefusal('work.nobody', 40035, '不合法的参数: userid_list, dept_id_list or to_all_user is needed');
  return { users, departments, toAll };
}

function visible(state: State, app: App): string[] {
  return state.tenant.people.map(({ userId }) => userId).filter((userId) => canSee(app, userId));
}

function split(value: unknown, name: string): string[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value !== 'string')
    throw oldRefusal('work.list-not-text', 40035, `不合法的参数: ${name} must be a comma-joined string`);
  return value.split(',').map((entry) => entry.trim());
}
