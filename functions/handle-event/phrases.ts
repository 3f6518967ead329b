import type { Language } from '../../lib/events/commands.ts';
import type { Task } from '../../lib/tasks/task.ts';

/** What the robot says. */
export type Phrases = {
  help: string;
  stranger: string;
  which: string;
  noTasks: string;
  tasks: string;
  unknown(id: string): string;
  line(task: Task): string;
  status(open: number): string;
  taskStatus(task: Task): string;
  done(task: Task): string;
  alreadyDone(task: Task): string;
  notYet(task: Task): string;
};

const name = ({ number, id, title }: Task) => `#${number ?? id} ${title}`;

const STATES: Record<Language, Record<Task['status'], string>> = {
  en: { dispatching: 'being dispatched', assigned: 'open', failed: 'not dispatched', done: 'done' },
  zh: { dispatching: '派发中', assigned: '进行中', failed: '派发失败', done: '已完成' },
};

export const PHRASES: Record<Language, Phrases> = {
  en: {
    help: 'I know these words:\ntasks – your open tasks\ndone 12 – task 12 is done\nstatus 12 – how task 12 stands\nhelp – this\n中文: 任务, 完成 12, 状态 12, 帮助',
    stranger: 'I do not know who you are: only people of this company can work with tasks.',
    which: 'Which one? Write for example: done 12',
    noTasks: 'You have no open tasks.',
    tasks: 'Your open tasks:',
    unknown: (id) => `You have no task ${id}. Write "tasks" to see yours.`,
    line: (task) => `${name(task)}${task.due === undefined ? '' : ` (due ${task.due})`}`,
    status: (open) => `I am here. You have ${open} open ${open === 1 ? 'task' : 'tasks'}.`,
    taskStatus: (task) => `${name(task)}: ${STATES.en[task.status]}`,
    done: (task) => `✅ ${name(task)} is done.`,
    alreadyDone: (task) => `${name(task)} was done already.`,
    notYet: (task) => `${name(task)} has no to-do yet. Try again in a moment.`,
  },
  zh: {
    help: '我听得懂这些:\n任务 – 你的待办任务\n完成 12 – 任务 12 已完成\n状态 12 – 任务 12 的状态\n帮助 – 显示本说明\nEnglish: tasks, done 12, status 12, help',
    stranger: '我不认识你:只有本企业的成员可以处理任务。',
    which: '哪一个?例如:完成 12',
    noTasks: '你没有待办任务。',
    tasks: '你的待办任务:',
    unknown: (id) => `你没有任务 ${id}。发送“任务”查看你的任务。`,
    line: (task) => `${name(task)}${task.due === undefined ? '' : `(截止 ${task.due})`}`,
    status: (open) => `我在。你有 ${open} 个待办任务。`,
    taskStatus: (task) => `${name(task)}:${STATES.zh[task.status]}`,
    done: (task) => `✅ ${name(task)} 已完成。`,
    alreadyDone: (task) => `${name(task)} 之前已完成。`,
    notYet: (task) => `${name(task)} 还没有待办,请稍后再试。`,
  },
};
