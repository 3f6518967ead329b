import * as v from 'valibot';
import { LANGUAGES, type Language, type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import type { Task } from '../task.ts';
import type { Claim, PageHolder } from './page-link.ts';
import { type TaskPageView, taskPage } from './task-page.ts';

export type OpenTaskDeps = {
  tasks: { get(id: string): Promise<Task | undefined> };
  /** Whose page a link is. */
  holderOf(taskId: string, claim: Claim): PageHolder;
  /** Where the people of an app are, as its name or nothing says. */
  timeZoneOf(app?: string): string;
  now: () => number;
};

/** What a page's address or form says beside the task, as it was sent, and what the reader's browser speaks. */
export type PageRequest = {
  fields: Record<string, string | undefined>;
  acceptLanguage?: string | undefined;
};

const Proof = v.object({ p: v.optional(v.string()), e: v.string(), s: v.string() });

/** Opens `/t/{id}`: the task as the holder of the link may see it. */
export async function openTask(deps: OpenTaskDeps, id: string, request: PageRequest): Promise<Opened> {
  const found = await findView(deps, id, request);
  return 'task' in found ? taskPage(found) : noticePage(found.status, found.message);
}

/** Why there is nothing to see. */
export type Closed = { status: number; message: Notice };

/** What the holder of a link sees. */
export async function findView(
  deps: OpenTaskDeps,
  id: string,
  { fields, acceptLanguage }: PageRequest,
): Promise<TaskPageView | Closed> {
  const proof = v.safeParse(Proof, fields);
  const holder = proof.success ? deps.holderOf(id, proof.output) : 'foreign';
  if (!proof.success || holder === 'foreign') return { status: 403, message: FOREIGN };
  if (holder === 'expired') return { status: 410, message: EXPIRED };
  const task = await deps.tasks.get(id);
  if (!task) return { status: 404, message: MISSING };
  const { userId: viewer } = holder;
  if (viewer !== undefined && !concerns(task, viewer)) return { status: 403, message: TAKEN_OFF };
  const { p, e, s } = proof.output;
  const language = languageOf(fields.lang, acceptLanguage);
  const timeZone = deps.timeZoneOf(task.app);
  return { task, viewer, language, timeZone, now: deps.now(), proof: { ...(p !== undefined && { p }), e, s } };
}

function concerns({ assignees, participants, creator }: Task, viewer: string): boolean {
  return [...assignees, ...participants, ...(creator ? [creator] : [])].some(({ userId }) => userId === viewer);
}

/** The language that was chosen on the page, else the first of the browser's that the page has, else Chinese. */
export function languageOf(chosen: string | undefined, acceptLanguage = ''): Language {
  const known = (tag: string) => LANGUAGES.find((language) => tag.toLowerCase().split('-')[0] === language);
  const accepted = acceptLanguage
    .split(',')
    .map((entry) => entry.trim().split(/\s*;\s*q=/))
    .map(([tag = '', weight = '1']) => ({ language: known(tag), weight: Number(weight) || 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  return known(chosen ?? '') ?? accepted.find(({ language }) => language)?.language ?? 'zh';
}

const FOREIGN: Notice = {
  zh: [
    '无权查看',
    '这个链接不完整，或不是发给你的。请从钉钉打开任务：单独给机器人发送“状态”和任务编号，就会收到你的链接。',
  ],
  en: [
    'Not your link',
    'It is incomplete or was not made for you. Open the task from DingTalk: write "status" and its number to the robot one-to-one for your link.',
  ],
};
const EXPIRED: Notice = {
  zh: [
    '链接已过期',
    '任务还在，只是这个链接太旧了。请从钉钉重新打开：单独给机器人发送“状态”和任务编号，就会收到新的链接。',
  ],
  en: [
    'This link is too old',
    'The task is still there. Open it again from DingTalk: write "status" and its number to the robot one-to-one for a new link.',
  ],
};
const MISSING: Notice = {
  zh: ['没有这个任务', '它可能已被删除。'],
  en: ['No such task', 'It may have been deleted.'],
};
const TAKEN_OFF: Notice = {
  zh: ['任务已与你无关', '你已不在这个任务的人员名单中，无需再做什么。如有疑问，请联系发起人。'],
  en: ['This task is no longer yours', 'You were taken off it, and there is nothing left for you to do.'],
};
