type Fields = Record<string, unknown>;
/** The type, its own fields in the new form, what they normalise to (if not the same), and its old form if it has one. */
export type Sample = { type: string; own: Fields; data?: Fields; old?: Fields };

const AT = 1767225600123;
const users = { userId: ['zhangsan', '王五 🎉'] };
const chat = {
  chatId: 'chat1',
  openConversationId: 'cid+/1=',
  operator: 'lisi',
  operatorUnionId: 'union-lisi',
};
const oldChat = { ChatId: 'chat1', OpenConversationId: 'cid+/1=', Operator: 'lisi' };
const coolApp = {
  coolAppCode: 'COOLAPP-1',
  robotCode: 'ding1',
  openConversationId: 'cid1=',
  openConversationCorpId: 'ding1',
  operator: 'lisi',
};
const coolAppSample = { ...coolApp, operateTime: String(AT) };
const coolAppData = { ...coolApp, operateTime: AT };
const approval = {
  processInstanceId: 'proc-1',
  processCode: 'PROC-1',
  businessId: '202601010001',
  title: '张三的请假 🌴',
  staffId: 'zhangsan',
  createTime: AT,
  finishTime: AT + 1,
};
const oldApproval = { ...approval, corpId: 'ding1' };
const url = 'https://aflow.dingtalk.com/x?corpid=ding1&procInstId=proc-1';
const escapedUrl = 'https://aflow.dingtalk.com/x?corpid\\u003dding1\\u0026procInstId\\u003dproc-1';
const record = { userId: 'zhangsan', checkTime: AT, locationMethod: 'WIFI', address: '杭州市西湖区' };
const todo = { taskId: 'task1', bizTag: 'certify_todo' };

function people(type: string): Sample {
  return { type, own: users, old: { UserId: users.userId } };
}

function mark(type: string): Sample {
  const data = { openConversationId: 'cid1=', userId: 'lisi', unionId: 'u1', processQueryKey: 'q1', robotCode: 'r1' };
  const own = { OpenConversationId: 'cid1=', UserId: 'lisi', UnionId: 'u1', ProcessQueryKey: 'q1', RobotCode: 'r1' };
  return { type, own: { ...own, OperatTime: String(AT) }, data: { ...data, operatTime: AT } };
}

/** A sample of every row of the catalogue, after the pages that callbacks.md §4 digests. */
export const SAMPLES: Sample[] = [
  ...['user_add_org', 'user_leave_org', 'user_active_org', 'org_admin_add', 'org_admin_remove'].map(people),
  {
    type: 'user_modify_org',
    own: { ...users, diffInfo: { prev: { name: '张三' }, curr: { name: '张叁 😀' }, userid: 'zhangsan' } },
    old: { UserId: users.userId },
  },
  ...['org_dept_create', 'org_dept_modify', 'org_dept_remove'].map((type) => ({
    type,
    own: { deptId: ['42', 7] },
    data: { deptId: [42, 7] },
    old: { DeptId: [42, 7] },
  })),
  { type: 'org_change', own: {} },
  { type: 'org_remove', own: {} },
  { type: 'label_user_change', own: { action: 'add', userIdList: ['u1'], labelIdList: [1, 2] } },
  { type: 'label_conf_add', own: { scope: '1', labelIdList: ['9'] }, data: { scope: '1', labelIdList: [9] } },
  {
    type: 'label_conf_modify',
    own: { preLabelList: '[{"name":"旧"}]', postLabelList: '[{"name":"新"}]', scope: '1', labelIdList: [9] },
    data: { preLabelList: [{ name: '旧' }], postLabelList: [{ name: '新' }], scope: '1', labelIdList: [9] },
  },
  { type: 'label_conf_del', own: { labelIdList: [9] } },

  ...['chat_add_member', 'chat_remove_member'].map((type) => ({
    type,
    own: { ...chat, userId: ['u1'], unionId: ['union1'], eventType: type },
    data: { ...chat, userId: ['u1'], unionId: ['union1'] },
    old: { ...oldChat, UserId: ['u1'] },
  })),
  { type: 'chat_quit', own: chat, old: oldChat },
  {
    type: 'chat_update_owner',
    own: { owner: 'lisi', openConversationId: 'cid1=', operatorUnionId: 'u1' },
    old: { Owner: 'lisi', ChatId: 'chat1', OpenConversationId: 'cid1=' },
  },
  { type: 'chat_update_title', own: { ...chat, title: '运维 Ops 🚀' }, old: { ...oldChat, Title: '运维 Ops 🚀' } },
  { type: 'chat_disband', own: chat, old: oldChat },
  {
    type: 'chat_template_change',
    own: { templateId: 't1', status: 'on', changedTimeStamp: AT, openConversationId: 'cid1=', operator: 'lisi' },
  },
  ...['im_cool_app_install', 'im_cool_app_uninstall'].map((type) => ({ type, own: coolAppSample, data: coolAppData })),
  ...['single_conversation_cool_app_install', 'single_conversation_cool_app_uninstall'].map((type) => ({
    type,
    own: { ...coolAppSample, singleChatOtherUserId: 'lisi' },
    data: { ...coolAppData, singleChatOtherUserId: 'lisi' },
  })),
  mark('robot_msg_read'),
  mark('robot_msg_recall'),

  {
    type: 'bpms_task_change',
    own: { ...approval, taskId: 123, type: 'finish', result: 'agree', remark: '同意 👍' },
    old: { ...oldApproval, taskId: '123', type: 'finish', result: 'agree', remark: '同意 👍' },
  },
  {
    type: 'bpms_instance_change',
    own: { ...approval, type: 'finish', result: 'agree', businessType: 'b', url: escapedUrl },
    data: { ...approval, type: 'finish', result: 'agree', businessType: 'b', url },
    old: { ...oldApproval, type: 'finish', result: 'agree', businessType: 'b', url: escapedUrl },
  },
  ...['workflow_task_change_broadcast', 'workflow_task_change_directed'].map((type) => ({
    type,
    own: { processInstanceId: 'p', taskId: 5, type: 'start', finshTime: String(AT) },
    data: { processInstanceId: 'p', taskId: 5, type: 'start', finishTime: AT },
  })),
  ...['workflow_instance_change_broadcast', 'workflow_instance_change_directed'].map((type) => ({
    type,
    own: { processInstanceId: 'p', type: 'finish', finshTime: AT, url },
    data: { processInstanceId: 'p', type: 'finish', finishTime: AT, url },
  })),
  {
    type: 'workflow_form_change',
    own: { formCode: 'F', type: 'modify', name: '报销', createTime: String(AT), modifyTime: String(AT) },
    data: { formCode: 'F', type: 'modify', name: '报销', createTime: AT, modifyTime: AT },
  },

  { type: 'check_in', own: { staffId: 'zhangsan' }, old: { StaffId: 'zhangsan' } },
  ...['attendance_check_record', 'attendance_overtime_duration', 'attendance_schedule_change'].map((type) => ({
    type,
    own: { dataList: [record] },
    old: { DataList: [record] },
  })),
  ...['attend_group_change', 'attend_shift_change'].map((type) => ({
    type,
    own: { name: '早班', action: 'attend_group_delete', id: 17 },
    data: { name: '早班', action: 'attend_group_delete', id: '17' },
  })),
  {
    type: 'attend_bossCheck_change',
    own: { userId: 'u1', planId: 88, workDate: String(AT), action: 'update' },
    data: { userId: 'u1', planId: '88', workDate: AT, action: 'update' },
  },
  {
    type: 'attendance_approve_status_change',
    own: { approveType: 'LEAVE', processInstanceId: 'p', mainProcessInstanceId: 'm', processCode: 'c', status: 'OK' },
  },
  {
    type: 'calendar_event_change',
    own: {
      calendarId: 'primary',
      calendarEventId: 'e',
      changeType: 'create',
      unionIdList: ['u'],
      operator: { type: 1 },
    },
  },
  ...['todo_task_create', 'todo_task_update', 'todo_task_delete'].map((type) => ({
    type,
    own: { ...todo, UnionIdList: ['u1', 'u2'] },
    data: { ...todo, unionIdList: ['u1', 'u2'] },
  })),
  ...['SYNC_HTTP_PUSH_HIGH', 'SYNC_HTTP_PUSH_MEDIUM'].map((type) => ({
    type,
    own: { bizData: [{ id: 1, biz_type: 7, biz_data: '{"syncAction":"x"}' }] },
  })),
];

/** What the old form of a sample normalises to: the fields that it has, under the new form's names. */
export function oldData({ old = {}, own, data = own }: Sample): Fields {
  const all = { chatId: 'chat1', ...data };
  const has = Object.keys(old).map((name) => name.toLowerCase());
  return Object.fromEntries(Object.entries(all).filter(([name]) => has.includes(name.toLowerCase())));
}
