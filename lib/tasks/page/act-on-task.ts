import * as v from 'valibot';
import { html, type Part } from '../../base/html.ts';
import { againIn, noticePage, type Opened } from '../../base/page-frame.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import { signInFor } from '../../base/visitor/notices.ts';
import { type ChangeDeps, changeAndTell } from '../change-task.ts';
import type { Deed } from '../life-cycle.ts';
import { WORDS } from '../words/words.ts';
import { closedPage, findView, noticeOf, type OpenTaskDeps, type PageRequest, pathOf } from './open-task.ts';
import { MAX_COMMENT, type TaskPageView, taskPage } from './task-page.ts';

export type ActDeps = OpenTaskDeps & ChangeDeps & { deeds: DeedPace };

const Tap = v.picklist(['accept', 'done', 'decline', 'resume']);

/** The fields of a plain form. Browsers write line ends as CR LF. */
export function formFields(bytes: Buffer): Record<string, string> {
  const fields = new URLSearchParams(bytes.toString('utf8'));
  return Object.fromEntries([...fields].map(([name, value]) => [name, value.replace(/\r\n?/g, '\n')]));
}

/**
 * A tap on a task's page: changes the task for the person who looks (identity.md §5, rule 4) and redirects to the page. A tap that is
 * refused gets the current page, with the comment in it so that it is not lost.
 */
export async function actOnTask(deps: ActDeps, id: string, request: PageRequest): Promise<Opened> {
  const comment = (request.fields.comment ?? '').trim();
  const before = await findView(deps, id, { ...request, method: 'POST' });
  if (!('task' in before))
    return closedPage(before, [signInFor(before, pathOf(id), request.fields), keptPart(comment)]);
  const { viewer, visitor, language } = before;
  const tap = v.safeParse(Tap, request.fields.action);
  if (!tap.success || viewer === undefined) {
    return closedPage({ status: 400, message: noticeOf('noStep') }, keptPart(comment));
  }
  if (comment.length > MAX_COMMENT) return taskPage({ ...before, unsaid: { why: 'too_long', comment } }, 422);

  const fast = await tooFast(deps, viewer);
  if (fast) {
    const refused = taskPage({ ...before, unsaid: { why: 'too_fast', comment, againInS: fast.againInS } }, 429);
    return againIn(refused, fast.againInS);
  }

  const deed: Deed = { by: viewer, via: 'page', at: deps.now(), ...(comment !== '' && { comment }) };
  const changed = await changeAndTell(deps, id, { type: tap.output, userId: viewer }, deed);
  const after = await findView(deps, id, { ...request, method: 'POST' });
  if (!('task' in after)) return closedPage(after, keptPart(comment));
  const refused = 'refused' in changed;
  if (refused || ('same' in changed && changed.same && !isSaid(after, comment))) {
    return taskPage({ ...after, unsaid: { why: refused ? 'task_closed' : 'task_changed', comment } }, 409);
  }
  const address = new URLSearchParams({ ...visitor.address, lang: language });
  return { status: 303, headers: { location: `${id}?${address}`, 'cache-control': 'no-store' } };
}

/** Whether the comment of a repeated tap is stored already. */
function isSaid({ task, viewer }: TaskPageView, comment: string): boolean {
  return comment === '' || task.history.some((entry) => entry.by === viewer && entry.comment === comment);
}

/** The page after an internal error, which may have come after the change was made. */
export function sorryPage({ status }: { status: number }, bytes: Buffer): Opened {
  return noticePage(status, noticeOf('sorry'), { more: keptPart(formFields(bytes).comment ?? '') });
}

/** The comment of a tap that was not stored, to be copied. */
function keptPart(comment: string): Part {
  if (comment === '') return undefined;
  return html`<section><label for="unsent">${WORDS.zh.page.unsent}<br><span lang="en">${WORDS.en.page.unsent}</span></label>
<textarea id="unsent" readonly dir="auto">
${comment}</textarea></section>`;
}
