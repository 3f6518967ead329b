import * as v from 'valibot';
import type { Part } from '../../base/html.ts';
import { inEach, languageOf } from '../../base/language.ts';
import { type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import { isConcerned } from '../names.ts';
import type { Task } from '../task.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import type { Claim, PageHolder } from './page-link.ts';
import { type TaskPageView, taskPage } from './task-page.ts';

export type OpenTaskDeps = {
  tasks: { get(id: string): Promise<Task | undefined> };
  /** The person that a link belongs to. */
  holderOf(taskId: string, claim: Claim): PageHolder;
  now: () => number;
};

/** The fields of a page's address or form, not verified yet, and the languages of the browser. */
export type PageRequest = {
  fields: Record<string, string | undefined>;
  acceptLanguage?: string | undefined;
};

const Proof = v.object({ p: v.optional(v.string()), e: v.string(), s: v.string() });

/** Opens `/t/{id}`: the task for the reader of the link. */
export async function openTask(deps: OpenTaskDeps, id: string, request: PageRequest): Promise<Opened> {
  const found = await findView(deps, id, request);
  return 'task' in found ? taskPage(found) : closedPage(found);
}

/** Why the task is not shown; `sender` where the task is known. */
export type Closed = { status: number; message: Notice; sender?: string };

/** The page in place of a task that is not shown; `more` is put below. */
export function closedPage({ status, message, sender }: Closed, more?: Part): Opened {
  return noticePage(status, message, { sender, more });
}

/** What the reader of a link may see. */
export async function findView(
  deps: OpenTaskDeps,
  id: string,
  { fields, acceptLanguage }: PageRequest,
): Promise<TaskPageView | Closed> {
  const proof = v.safeParse(Proof, fields);
  if (!proof.success) return { status: 403, message: noticeOf('broken') };
  const holder = deps.holderOf(id, proof.output);
  if (typeof holder === 'string' && holder !== 'expired') return { status: 403, message: noticeOf(holder) };
  if (holder === 'expired') return { status: 410, message: noticeOf('expired') };
  const task = await deps.tasks.get(id);
  if (!task) return { status: 404, message: noticeOf('missing') };
  const { userId: viewer } = holder;
  if (viewer !== undefined && !isConcerned(task, viewer)) {
    return { status: 403, message: noticeOf('removed'), sender: task.sender };
  }
  const { p, e, s } = proof.output;
  const language = languageOf(fields.lang, acceptLanguage);
  return { task, viewer, language, now: deps.now(), proof: { ...(p !== undefined && { p }), e, s } };
}

/** A notice of the words lists, in both languages. */
export function noticeOf(name: keyof Words['notice']): Notice {
  return inEach(WORDS, ({ notice }) => notice[name]);
}
