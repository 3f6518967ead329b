/** How a field is read, since DingTalk writes the same one as text, number or list (callbacks.md §3). */
export type Kind = 'text' | 'texts' | 'number' | 'numbers' | 'time' | 'url' | 'json' | 'list' | 'object';

export type Row = {
  /** The event's own fields under the names of the new format; a name is matched whatever its case. */
  fields: Readonly<Record<string, Kind>>;
  /** With type and time, the natural key of an event without an id; `a|b` stands for the first of them that is set. */
  key: readonly string[];
  /** The key holds a time, so the time of the envelope, which old forms lack, is not part of it. */
  ownTime?: true;
};

const PEOPLE: Row = { fields: { userId: 'texts' }, key: ['userId'] };
const DEPARTMENTS: Row = { fields: { deptId: 'numbers' }, key: ['deptId'] };
const BARE: Row = { fields: {}, key: [] };

const CHAT = {
  chatId: 'text',
  openConversationId: 'text',
  operator: 'text',
  operatorUnionId: 'text',
} as const satisfies Row['fields'];
const CHAT_KEY = ['openConversationId|chatId'];
const MEMBERS: Row = { fields: { ...CHAT, userId: 'texts', unionId: 'texts' }, key: [...CHAT_KEY, 'userId'] };

const COOL_APP = {
  coolAppCode: 'text',
  robotCode: 'text',
  openConversationId: 'text',
  openConversationCorpId: 'text',
  operator: 'text',
  operateTime: 'time',
} as const satisfies Row['fields'];
const COOL_APP_KEY = ['openConversationId', 'coolAppCode'];
const COOL_APP_GROUP: Row = { fields: COOL_APP, key: COOL_APP_KEY };
const COOL_APP_SINGLE: Row = {
  fields: { ...COOL_APP, singleChatOtherUserId: 'text' },
  key: [...COOL_APP_KEY, 'singleChatOtherUserId'],
};
const ROBOT_MARK: Row = {
  fields: {
    openConversationId: 'text',
    userId: 'text',
    unionId: 'text',
    operatTime: 'time',
    processQueryKey: 'text',
    robotCode: 'text',
  },
  key: ['processQueryKey', 'userId'],
};

const APPROVAL = {
  processInstanceId: 'text',
  processCode: 'text',
  bizCategoryId: 'text',
  businessId: 'text',
  title: 'text',
  staffId: 'text',
  type: 'text',
  result: 'text',
  createTime: 'time',
  finishTime: 'time',
} as const satisfies Row['fields'];
const APPROVAL_TASK: Row = {
  fields: { ...APPROVAL, taskId: 'number', remark: 'text' },
  key: ['processInstanceId', 'type', 'taskId', 'finishTime|createTime'],
  ownTime: true,
};
const APPROVAL_INSTANCE: Row = {
  fields: { ...APPROVAL, businessType: 'text', url: 'url' },
  key: ['processInstanceId', 'type', 'finishTime|createTime'],
  ownTime: true,
};

const TODO: Row = { fields: { taskId: 'text', unionIdList: 'texts', bizTag: 'text' }, key: ['taskId'] };
const RECORDS: Row = { fields: { dataList: 'list' }, key: ['dataList'] };
const NAMED_CHANGE: Row = { fields: { name: 'text', action: 'text', id: 'text' }, key: ['id', 'action'] };

/** The events that DingTalk pushes (callbacks.md §4). Other types are published too, with their fields unchanged. */
export const CATALOGUE: Readonly<Record<string, Row>> = {
  user_add_org: PEOPLE,
  user_modify_org: { fields: { userId: 'texts', diffInfo: 'json', optStaffId: 'text' }, key: ['userId'] },
  user_leave_org: PEOPLE,
  user_active_org: PEOPLE,
  org_admin_add: PEOPLE,
  org_admin_remove: PEOPLE,
  org_dept_create: DEPARTMENTS,
  org_dept_modify: DEPARTMENTS,
  org_dept_remove: DEPARTMENTS,
  org_change: BARE,
  org_remove: BARE,
  label_user_change: {
    fields: { action: 'text', userIdList: 'texts', labelIdList: 'numbers' },
    key: ['action', 'userIdList', 'labelIdList'],
  },
  label_conf_add: { fields: { scope: 'text', labelIdList: 'numbers' }, key: ['labelIdList'] },
  label_conf_modify: {
    fields: { preLabelList: 'json', postLabelList: 'json', scope: 'text', labelIdList: 'numbers' },
    key: ['labelIdList'],
  },
  label_conf_del: { fields: { labelIdList: 'numbers' }, key: ['labelIdList'] },

  chat_add_member: MEMBERS,
  chat_remove_member: MEMBERS,
  chat_quit: { fields: CHAT, key: [...CHAT_KEY, 'operator'] },
  chat_update_owner: { fields: { ...CHAT, owner: 'text' }, key: [...CHAT_KEY, 'owner'] },
  chat_update_title: { fields: { ...CHAT, title: 'text' }, key: [...CHAT_KEY, 'title'] },
  chat_disband: { fields: CHAT, key: CHAT_KEY },
  chat_template_change: {
    fields: { ...CHAT, templateId: 'text', status: 'text', changedTimeStamp: 'time' },
    key: [...CHAT_KEY, 'templateId', 'status'],
  },
  im_cool_app_install: COOL_APP_GROUP,
  im_cool_app_uninstall: COOL_APP_GROUP,
  single_conversation_cool_app_install: COOL_APP_SINGLE,
  single_conversation_cool_app_uninstall: COOL_APP_SINGLE,
  robot_msg_read: ROBOT_MARK,
  robot_msg_recall: ROBOT_MARK,

  bpms_task_change: APPROVAL_TASK,
  bpms_instance_change: APPROVAL_INSTANCE,
  workflow_form_change: {
    fields: {
      formCode: 'text',
      type: 'text',
      name: 'text',
      appUuid: 'text',
      appType: 'text',
      bizCategoryId: 'text',
      creatorUserId: 'text',
      modifierUserId: 'text',
      createTime: 'time',
      modifyTime: 'time',
      resource: 'text',
    },
    key: ['formCode', 'type', 'modifyTime'],
  },
  workflow_task_change_broadcast: APPROVAL_TASK,
  workflow_task_change_directed: APPROVAL_TASK,
  workflow_instance_change_broadcast: APPROVAL_INSTANCE,
  workflow_instance_change_directed: APPROVAL_INSTANCE,

  check_in: { fields: { staffId: 'text' }, key: ['staffId'] },
  attendance_check_record: RECORDS,
  attendance_overtime_duration: RECORDS,
  attendance_schedule_change: RECORDS,
  attend_group_change: NAMED_CHANGE,
  attend_shift_change: NAMED_CHANGE,
  attend_bossCheck_change: {
    fields: { userId: 'text', planId: 'text', workDate: 'time', action: 'text' },
    key: ['planId', 'userId', 'action'],
  },
  attendance_approve_status_change: {
    fields: {
      approveType: 'text',
      processInstanceId: 'text',
      mainProcessInstanceId: 'text',
      processCode: 'text',
      status: 'text',
    },
    key: ['processInstanceId', 'status'],
  },
  calendar_event_change: {
    fields: {
      calendarId: 'text',
      calendarEventId: 'text',
      changeType: 'text',
      unionIdList: 'texts',
      operator: 'object',
      calendarEventUpdateTime: 'time',
      legacyCalendarEventId: 'text',
    },
    key: ['calendarEventId', 'changeType', 'calendarEventUpdateTime'],
  },

  todo_task_create: TODO,
  todo_task_update: TODO,
  todo_task_delete: TODO,

  SYNC_HTTP_PUSH_HIGH: { fields: { bizData: 'list' }, key: ['bizData'] },
  SYNC_HTTP_PUSH_MEDIUM: { fields: { bizData: 'list' }, key: ['bizData'] },
};
