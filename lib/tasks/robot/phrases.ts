import type { Language } from '../../base/page-frame.ts';
import type { Task } from '../task.ts';
import { nameOf as name } from '../words.ts';

type Act = 'accept' | 'done' | 'decline';

/** What the robot says. */
export type Phrases = {
  help: string;
  stranger: string;
  noTasks: string;
  tasks: string;
  which(act: Act): string;
  unknown(id: string): string;
  line(task: Task): string;
  status(open: number, more: boolean): string;
  taskStatus(task: Task): string;
  /** What came of it, the first time and at every further one. */
  acted(task: Task, act: Act): string;
  already(task: Task, act: Act): string;
  notYours(task: Task): string;
  over(task: Task): string;
};

const STATES: Record<Language, Record<Task['status'], string>> = {
  en: {
    assigned: 'open',
    accepted: 'in progress',
    done: 'done',
    declined: 'declined',
    cancelled: 'cancelled',
    failed: 'not dispatched',
  },
  zh: {
    assigned: '进行中',
    accepted: '处理中',
    done: '已完成',
    declined: '已拒绝',
    cancelled: '已取消',
    failed: '派发失败',
  },
};

/** How many have done their part of a task that takes all of them. */
function progress({ assignees, status }: Task): string {
  const done = assignees.filter(({ state }) => state === 'done').length;
  return status === 'done' || done === 0 || assignees.length === 1 ? '' : ` (${done}/${assignees.length})`;
}

export const PHRASES: Record<Language, Phrases> = {
  en: {
    help: 'I know these words:\ntasks – your open tasks\naccept 12 – you take task 12 on\ndone 12 – task 12 is done\ndecline 12 why – you cannot do it\nstatus 12 – how task 12 stands; one-to-one with your page of it\nhelp – this\n中文: 任务, 接受 12, 完成 12, 拒绝 12 原因, 状态 12, 帮助',
    stranger: 'I do not know who you are: only people of this company can work with tasks.',
    noTasks: 'You have no open tasks.',
    tasks: 'Your open tasks:',
    which: (act) => `Which one? Write for example: ${act} 12`,
    unknown: (id) => `You have no task ${id}. Write "tasks" to see yours.`,
    line: (task) => `${name(task)}${task.due === undefined ? '' : ` (due ${task.due})`}`,
    status: (open, more) =>
      `I am here. You have ${open}${more ? ' or more' : ''} open ${open === 1 && !more ? 'task' : 'tasks'}.`,
    taskStatus: (task) => `${name(task)}: ${STATES.en[task.status]}${progress(task)}`,
    acted: (task, act) => `${EN[act].mark} ${name(task)} ${EN[act].is}.${progress(task)}`,
    already: (task, act) => `${name(task)} ${EN[act].was} already.`,
    notYours: (task) => `${name(task)} is not assigned to you.`,
    over: (task) =>
      task.status === 'done' ? `${name(task)} was done already.` : `${name(task)} is over: ${STATES.en[task.status]}.`,
  },
  zh: {
    help: '我听得懂这些:\n任务 – 你的待办任务\n接受 12 – 接下任务 12\n完成 12 – 任务 12 已完成\n拒绝 12 原因 – 你无法处理\n状态 12 – 任务 12 的状态;单独发给我时附上你的任务页面\n帮助 – 显示本说明\nEnglish: tasks, accept 12, done 12, decline 12 why, status 12, help',
    stranger: '我不认识你:只有本企业的成员可以处理任务。',
    noTasks: '你没有待办任务。',
    tasks: '你的待办任务:',
    which: (act) => `哪一个?例如:${ZH[act].word} 12`,
    unknown: (id) => `你没有任务 ${id}。发送“任务”查看你的任务。`,
    line: (task) => `${name(task)}${task.due === undefined ? '' : `(截止 ${task.due})`}`,
    status: (open, more) => `我在。你有 ${open} 个${more ? '以上' : ''}待办任务。`,
    taskStatus: (task) => `${name(task)}:${STATES.zh[task.status]}${progress(task)}`,
    acted: (task, act) => `${ZH[act].mark} ${name(task)} 已${ZH[act].word}。${progress(task)}`,
    already: (task, act) => `${name(task)} 之前已${ZH[act].word}。`,
    notYours: (task) => `${name(task)} 没有指派给你。`,
    over: (task) =>
      task.status === 'done' ? `${name(task)} 之前已完成。` : `${name(task)} 已结束:${STATES.zh[task.status]}。`,
  },
};

const EN: Record<Act, { mark: string; is: string; was: string }> = {
  accept: { mark: '👌', is: 'is yours', was: 'was yours' },
  done: { mark: '✅', is: 'is done', was: 'was done' },
  decline: { mark: '✋', is: 'is declined', was: 'was declined' },
};
const ZH: Record<Act, { mark: string; word: string }> = {
  accept: { mark: '👌', word: '接受' },
  done: { mark: '✅', word: '完成' },
  decline: { mark: '✋', word: '拒绝' },
};
