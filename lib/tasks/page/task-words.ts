import type { Assignee, HistoryEntry, Task, TaskStatus } from '../task.ts';

type State = Assignee['state'];
type Tap = 'accept' | 'done' | 'decline' | 'resume';

/** All that a task page says of its own. */
export type Words = {
  otherLanguage: string;
  status: Record<TaskStatus | 'overdue', string>;
  state: Record<State, string>;
  tap: Record<Tap, string>;
  did: Record<HistoryEntry['action'], string>;
  via: Record<HistoryEntry['via'], string>;
  field: Record<string, string>;
  priority: Record<NonNullable<Task['priority']>, string>;
  completion: Record<Task['completion'], string>;
  yours: Record<State, string>;
  closed: Record<'done' | 'cancelled' | 'failed', string>;
  notice: Record<'task_closed' | 'task_changed' | 'too_long', string>;
  onlyShows(number: number): string;
  watching: string;
  unsent: string;
  comment: string;
  due: string;
  people: string;
  creator: string;
  doneOf(done: number, all: number): string;
  details: string;
  link: string;
  files: string;
  history: string;
  older(count: number): string;
  you: string;
  zone: string;
};

const zh: Words = {
  otherLanguage: 'English',
  status: {
    assigned: '待处理',
    accepted: '进行中',
    done: '已完成',
    declined: '已拒绝',
    cancelled: '已取消',
    failed: '未能派发',
    overdue: '已逾期',
  },
  state: { assigned: '待处理', accepted: '已接受', done: '已完成', declined: '已拒绝' },
  tap: { accept: '接受', done: '完成', decline: '拒绝', resume: '撤回完成' },
  did: {
    assigned: '派发了任务',
    accepted: '接受了任务',
    done: '完成了',
    declined: '拒绝了任务',
    resumed: '撤回了完成',
    edited: '修改了',
    people: '调整了负责人',
    completed: '将任务标为完成',
    cancelled: '取消了任务',
    reopened: '重新打开了任务',
    overdue: '任务逾期',
    failed: '未能派发任务',
  },
  via: { api: '接口', page: '页面', card: '卡片', robot: '机器人', todo: '待办', schedule: '定时', dispatch: '派发' },
  field: {
    title: '标题',
    description: '说明',
    due: '截止时间',
    remindBefore: '提醒',
    priority: '优先级',
    url: '链接',
    completion: '完成方式',
  },
  priority: { low: '低', normal: '普通', high: '高', urgent: '紧急' },
  completion: { any: '任意一人完成即可', all: '需要每个人完成' },
  yours: {
    assigned: '等待你处理。',
    accepted: '你已接受，完成后请告知。',
    done: '你已完成，正在等其他人。',
    declined: '你已拒绝；改变主意时仍可接受。',
  },
  closed: {
    done: '任务已完成，无需再做什么。',
    cancelled: '任务已取消，无需再做什么。',
    failed: '任务未能派发到钉钉。',
  },
  notice: {
    task_closed: '在你点击之前，任务已经结束。刚才的操作没有生效，当前状态如下。',
    task_changed: '这一步之前已经记录过。刚才的操作没有改变任务，当前状态如下。',
    too_long: '备注太长，没有提交。请缩短到 1000 字以内。',
  },
  onlyShows: (number) => `这个链接只能查看。处理任务请给机器人单独发送“状态 ${number}”，获取只属于你的链接。`,
  watching: '你可以查看这个任务；由下列负责人处理。',
  unsent: '你的备注没有提交，可以从这里复制：',
  comment: '备注（可不填）',
  due: '截止',
  people: '负责人',
  creator: '发起人',
  doneOf: (done, all) => `${done} / ${all} 人已完成`,
  details: '说明',
  link: '链接',
  files: '链接与资料',
  history: '动态',
  older: (count) => `更早的 ${count} 条`,
  you: '你',
  zone: '以上时间：',
};

const en: Words = {
  otherLanguage: '中文',
  status: {
    assigned: 'To do',
    accepted: 'In progress',
    done: 'Done',
    declined: 'Declined',
    cancelled: 'Cancelled',
    failed: 'Not dispatched',
    overdue: 'Overdue',
  },
  state: { assigned: 'To do', accepted: 'Accepted', done: 'Done', declined: 'Declined' },
  tap: { accept: 'Accept', done: 'Done', decline: 'Decline', resume: 'Not done yet' },
  did: {
    assigned: 'dispatched the task',
    accepted: 'accepted',
    done: 'is done',
    declined: 'declined',
    resumed: 'is not done after all',
    edited: 'changed',
    people: 'changed the people',
    completed: 'completed the task',
    cancelled: 'cancelled the task',
    reopened: 'reopened the task',
    overdue: 'The task is overdue',
    failed: 'could not dispatch the task',
  },
  via: {
    api: 'API',
    page: 'page',
    card: 'card',
    robot: 'robot',
    todo: 'to-do',
    schedule: 'schedule',
    dispatch: 'dispatch',
  },
  field: {
    title: 'Title',
    description: 'Details',
    due: 'Due',
    remindBefore: 'Reminder',
    priority: 'Priority',
    url: 'Link',
    completion: 'Who has to finish',
  },
  priority: { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' },
  completion: { any: 'One person is enough', all: 'Everybody has to finish' },
  yours: {
    assigned: 'This waits for you.',
    accepted: 'You accepted. Say so here when it is done.',
    done: 'You are done; others are not yet.',
    declined: 'You declined. You can still accept.',
  },
  closed: {
    done: 'The task is done. There is nothing left to do.',
    cancelled: 'The task was cancelled. There is nothing left to do.',
    failed: 'The task could not be dispatched to DingTalk.',
  },
  notice: {
    task_closed: 'The task was closed before your tap, which changed nothing. This is how it stands now.',
    task_changed: 'This step was recorded before, so your tap changed nothing. This is how the task stands now.',
    too_long: 'The comment is too long and was not sent. Please keep to 1000 characters.',
  },
  onlyShows: (number) =>
    `This link only shows the task. To act, write "status ${number}" to the robot one-to-one for a link of your own.`,
  watching: 'You may look on; the people below do the task.',
  unsent: 'Your comment was not sent. Copy it from here:',
  comment: 'Comment (optional)',
  due: 'Due',
  people: 'Assignees',
  creator: 'From',
  doneOf: (done, all) => `${done} of ${all} done`,
  details: 'Details',
  link: 'Link',
  files: 'Links and data',
  history: 'History',
  older: (count) => `${count} earlier`,
  you: 'you',
  zone: 'Times:',
};

export const WORDS = { zh, en };
