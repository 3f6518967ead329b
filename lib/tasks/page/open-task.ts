import type { Part } from '../../base/html.ts';
import { isIdOf } from '../../base/ids.ts';
import { inEach, languageOf } from '../../base/language.ts';
import { type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import { type Closed, closedTo, signInFor } from '../../base/visitor/notices.ts';
import type { Claim, PageHolder } from '../../base/visitor/page-link.ts';
import { askWho, type Visit, type VisitorDeps, whoLooks } from '../../base/visitor/visitor.ts';
import { isConcerned } from '../names.ts';
import type { Task } from '../task.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { type TaskPageView, taskPage } from './task-page.ts';

export type OpenTaskDeps = VisitorDeps & {
  tasks: { get(id: string): Promise<Task | undefined> };
  /** The person that a link belongs to. */
  holderOf(taskId: string, claim: Claim): PageHolder;
  now: () => number;
};

/** The fields of a page's address or form, not verified yet, and the headers of the request in lower case. */
export type PageRequest = Pick<Visit, 'fields' | 'headers'>;

/** Opens `/t/{id}`: the task for whoever looks, or the way to sign in. */
export async function openTask(deps: OpenTaskDeps, id: string, request: PageRequest): Promise<Opened> {
  const found = await findView(deps, id, { ...request, method: 'GET' });
  if ('task' in found) return taskPage(found);
  const ask = found.stranger === 'nobody' ? askWho(pathOf(id), request) : undefined;
  return ask ?? closedPage(found, signInFor(found, pathOf(id), request.fields));
}

/** The path of a task's page. */
export function pathOf(id: string): string {
  return `/t/${encodeURIComponent(id)}`;
}

/** Why the task is not shown; `sender` where the task is known. */
export type ClosedTask = Closed & { sender?: string };

/** The page in place of a task that is not shown; `more` is put below. */
export function closedPage({ status, message, sender }: ClosedTask, more?: Part): Opened {
  return noticePage(status, message, { sender, more });
}

/** What whoever looks may see: with a link those who are concerned, signed in all of the organisation who have the address. */
export async function findView(
  deps: OpenTaskDeps,
  id: string,
  request: PageRequest & Pick<Visit, 'method'>,
): Promise<TaskPageView | ClosedTask> {
  const { fields, headers } = request;
  const proved = ['p', 'e', 's'].some((name) => name in fields);
  // the table holds rows of other kinds too
  const task = isIdOf('t', id) ? await deps.tasks.get(id) : undefined;
  const holder = proved ? deps.holderOf(id, fields) : undefined;
  const visitor = await whoLooks(deps, { ...request, id, holder, corpId: task?.corpId });
  if (typeof visitor === 'string') return closedTo(visitor, noticeOf);
  if (!task) return { status: 404, message: noticeOf('missing') };
  const { userId: viewer, by } = visitor;
  if (by === 'link' && viewer !== undefined && !isConcerned(task, viewer)) {
    return { status: 403, message: noticeOf('removed'), sender: task.sender };
  }
  const language = languageOf(fields.lang, headers['accept-language']);
  return { task, visitor, viewer, language, now: deps.now() };
}

/** A notice of the words lists, in both languages. */
export function noticeOf(name: keyof Words['notice']): Notice {
  return inEach(WORDS, ({ notice }) => notice[name]);
}
