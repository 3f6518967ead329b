import { oldOk, oldRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, guarded, type Route } from '../../gateway/route.ts';
import { numberIn, textIn } from '../../json.ts';
import { messagesWithKey, recall } from '../../world/delivery.ts';
import type { WorkTask } from '../../world/records.ts';
import { type State, tell } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { checkAgent } from './work-notification.ts';
import { TASK_WINDOW_MS } from './work-tasks.ts';

/** The result of a work notification, and its recall (messaging.md §5.4-5.6). */
export function workResultRoutes(state: State): Route[] {
  const base = '/topapi/message/corpconversation';
  return [
    guarded('POST', `${base}/getsendprogress`, (call, app) => {
      find(state, call, app, 'task_id');
      return oldOk({ progress: { progress_in_percent: 100, status: 2 } });
    }),
    guarded('POST', `${base}/getsendresult`, (call, app) => {
      return oldOk({ send_result: resultOf(state, find(state, call, app, 'task_id')) });
    }),
    // msg_task_id here, task_id in the others (messaging.md §5.6)
    guarded('POST', `${base}/recall`, (call, app) => {
      const task = find(state, call, app, 'msg_task_id');
      task.recalled = true;
      for (const message of messagesWithKey(state, String(task.taskId))) recall(state, message);
      return oldOk();
    }),
    guarded('POST', `${base}/status_bar/update`, (call, app) => changeStatusBar(state, call, app)),
  ];
}

/** messaging.md §5.7: only an oa message that was sent with a status bar, to few people */
function changeStatusBar(state: State, call: Call, app: App): Reply {
  const task = find(state, call, app, 'task_id');
  const status_value = textIn(call.body, 'status_value');
  if (!status_value) throw oldRefusal('bar.no-value', 40035, '不合法的参数: 缺少参数 status_value');
  const status_bg = textIn(call.body, 'status_bg');
  if (status_bg && !/^0x[0-9a-fA-F]{8}$/.test(status_bg))
    throw oldRefusal('bar.colour', 40035, '不合法的参数: status_bg');
  if (!task.statusBar)
    throw oldRefusal('bar.none', 41052, '接收者数量超过限制或消息未发送完成: no status bar to change');
  for (const message of messagesWithKey(state, String(task.taskId))) {
    message.content = { ...message.content, status_bar: { status_value, ...(status_bg ? { status_bg } : {}) } };
    tell(state, 'message', message);
  }
  return oldOk();
}

/** Empty members are left out (messaging.md §5.5). */
function resultOf(state: State, task: WorkTask) {
  const messages = messagesWithKey(state, String(task.taskId));
  const readers = messages.filter((message) => message.readBy.length > 0).map((message) => message.conversation);
  const lists = {
    invalid_user_id_list: task.invalidUsers,
    forbidden_user_id_list: task.dropped.map((drop) => drop.userid),
    read_user_id_list: readers,
    unread_user_id_list: task.sent.filter((userId) => !readers.includes(userId)),
    invalid_dept_id_list: task.invalidDepartments,
    forbidden_list: task.dropped.map((drop) => ({ ...drop, count: 1 })),
  };
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0));
}

function find(state: State, call: Call, app: App, name: 'task_id' | 'msg_task_id'): WorkTask {
  checkAgent(call, app);
  const taskId = numberIn(call.body, name);
  if (taskId === undefined) throw oldRefusal('task.missing', 40035, `不合法的参数: 缺少参数 ${name}`);
  const task = state.workTasks.find((candidate) => candidate.taskId === taskId && candidate.appKey === app.appKey);
  if (!task || state.clock.now() - task.at > TASK_WINDOW_MS)
    throw oldRefusal(
      'task.unknown',
      name === 'task_id' ? 40035 : 400002,
      `无效的参数: ${name} is unknown or older than 24 hours`,
    );
  return task;
}
