import type { Assignee, HistoryEntry, Task, TaskStatus } from '../task.ts';

type Step = 'accept' | 'done' | 'decline';
type Notice = readonly [title: string, text: string];

export const zh = {
  status: {
    assigned: '待处理',
    accepted: '进行中',
    done: '已完成',
    declined: '已拒绝',
    cancelled: '已取消',
    failed: '派发失败',
    overdue: '已逾期',
  } satisfies Record<TaskStatus | 'overdue', string>,
  /** How far one assignee is. */
  state: { assigned: '待处理', accepted: '已接受', done: '已完成', declined: '已拒绝' } satisfies Record<
    Assignee['state'],
    string
  >,
  /** What a person can do about their part. */
  step: { accept: '接受', done: '完成', decline: '拒绝', resume: '撤回完成' } satisfies Record<Step | 'resume', string>,
  /** A line of history, behind the name of the person or system that did it. */
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
  } satisfies Record<HistoryEntry['action'], string>,
  via: {
    api: '接口',
    page: '页面',
    card: '卡片',
    robot: '机器人',
    todo: '待办',
    schedule: '定时',
    dispatch: '派发',
  } satisfies Record<HistoryEntry['via'], string>,
  field: {
    title: '标题',
    description: '说明',
    due: '截止时间',
    remindBefore: '提醒',
    priority: '优先级',
    url: '链接',
    completion: '完成方式',
  },
  priority: { low: '低', normal: '普通', high: '高', urgent: '紧急' } satisfies Record<
    NonNullable<Task['priority']>,
    string
  >,
  completion: { any: '任意一人完成即可', all: '需要每个人完成' } satisfies Record<Task['completion'], string>,
  due: '截止',
  /** People whose names are not known any more, and what acts by itself. */
  who: { someone: '已移出的人员', dingtalk: '钉钉' },
  /** A list behind words: `修改了：标题、说明`. */
  list: { before: '：', between: '、' },

  /** Messages to groups and people. */
  message: {
    open: '打开',
    titled: (title: string) => `任务：${title}`,
    task: (number: number, title: string) => `任务 #${number}：${title}`,
    due: (time: string) => `截止：${time}`,
    assignees: (names: string, more: number) => `负责人：${names}${more > 0 ? `，另有 ${more} 人` : ''}`,
    dueSoon: (time: string) => `即将到期：${time}`,
    reply: (number: number) => `完成后请给机器人发送“**完成 ${number}**”`,
    openTasks: (count: number, more: boolean) => `${count} 个${more ? '以上' : ''}待办任务`,
    noOneLeft: '无人接手，请重新指派',
    reopened: '重新打开',
    people: '负责人有变化',
    changed: '有更新',
  },

  /** Answers of the robot. */
  robot: {
    help: '我听得懂这些：\n任务 – 你的待办任务\n接受 12 – 接下任务 12\n完成 12 – 任务 12 已完成\n拒绝 12 原因 – 你无法处理\n状态 12 – 任务 12 的状态；单独发给我时附上你的任务页面\n帮助 – 显示本说明\nEnglish: tasks, accept 12, done 12, decline 12 why, status 12, help',
    stranger: '我不认识你：只有本企业的成员可以处理任务。',
    noTasks: '你没有待办任务。',
    tasks: '你的待办任务：',
    which: (step: string) => `哪一个？例如：${step} 12`,
    unknown: (number: string) => `你没有任务 ${number}。发送“任务”查看你的任务。`,
    due: (time: string) => `（截止 ${time}）`,
    open: (count: number, more: boolean) => `我在。你有 ${count} 个${more ? '以上' : ''}待办任务。`,
    status: (task: string, status: string) => `${task}：${status}`,
    progress: (done: number, all: number) => `（${done}/${all}）`,
    /** Behind the name of the task: after the first time, and after each further one. */
    did: { accept: '已接受。', done: '已完成。', decline: '已拒绝。' } satisfies Record<Step, string>,
    already: { accept: '之前已接受。', done: '之前已完成。', decline: '之前已拒绝。' } satisfies Record<Step, string>,
    notYours: '没有指派给你。',
    tooFast: (seconds: number) => `操作太频繁。请在 ${seconds} 秒后再试，在此之前的消息我不再回复。`,
    over: (status: string) => `已结束：${status}。`,
  },

  /** The task's page. */
  page: {
    otherLanguage: 'English',
    yours: {
      assigned: '等待你处理。',
      accepted: '你已接受，完成后请告知。',
      done: '你已完成，正在等其他人。',
      declined: '你已拒绝；改变主意时仍可接受。',
    } satisfies Record<Assignee['state'], string>,
    closed: {
      done: '任务已完成，无需再做什么。',
      cancelled: '任务已取消，无需再做什么。',
      failed: '任务未能派发到钉钉。',
    },
    unsaved: {
      task_closed: '在你点击之前，任务已经结束。刚才的操作没有生效，当前状态如下。',
      task_changed: '这一步之前已经记录过。刚才的操作没有改变任务，当前状态如下。',
      too_long: '备注太长，没有提交。请缩短到 1000 字以内。',
    },
    tooFast: (seconds: number) => `操作太频繁，刚才的操作没有生效。请在 ${seconds} 秒后再试。`,
    onlyShows: (number: number) =>
      `这个链接只能查看。要处理任务，请给机器人发送“完成 ${number}”；或单独发送“状态 ${number}”，获取只属于你的页面。钉钉待办会随之更新。`,
    watching: '你可以查看这个任务；由下列负责人处理。',
    unsent: '你的备注没有提交，可以从这里复制：',
    comment: '备注（可不填）',
    people: '负责人',
    creator: '发起人',
    doneOf: (done: number, all: number) => `${done} / ${all} 人已完成`,
    details: '说明',
    link: '链接',
    files: '链接与资料',
    history: '动态',
    older: (count: number) => `更早的 ${count} 条`,
    you: '（你）',
    zone: '以上时间：',
  },

  /** Pages in place of a task's. */
  notice: {
    broken: [
      '链接不完整',
      '这个链接缺了一部分，可能在复制时被截断。请从钉钉打开任务：单独给机器人发送“状态”和任务编号，就会收到你的链接。',
    ],
    foreign: [
      '这不是你的链接',
      '这个链接被改动过，或不属于这个任务。请从钉钉打开任务：单独给机器人发送“状态”和任务编号，就会收到你的链接。',
    ],
    expired: [
      '链接已过期',
      '任务还在，只是这个链接太旧了。请从钉钉重新打开：单独给机器人发送“状态”和任务编号，就会收到新的链接。',
    ],
    missing: ['没有这个任务', '它可能已被删除。'],
    removed: ['任务已与你无关', '你已不在这个任务的人员名单中，无需再做什么。如有疑问，请联系发起人。'],
    noStep: ['没有可以执行的操作', '请从钉钉打开只属于你的任务链接，然后选择接受、完成或拒绝。'],
    sorry: ['暂时无法处理', '系统没有及时响应，刚才的操作可能没有生效。请稍后返回并刷新页面，再试一次。'],
  } satisfies Record<string, Notice>,
};

export type Words = typeof zh;
