import type { Part } from '../../base/html.ts';
import { isIdOf } from '../../base/ids.ts';
import { inEach, languageOf } from '../../base/language.ts';
import { type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import { type Closed, closedTo, signInFor } from '../../base/visitor/notices.ts';
import type { Claim, PageHolder } from '../../base/visitor/page-link.ts';
import { askWho, type Visit, type VisitorDeps, whoLooks } from '../../base/visitor/visitor.ts';
import type { Approval } from '../approval.ts';
import { type ChangeDeps, changeApproval, expireIfOver } from '../change-approval.ts';
import { isConcerned } from '../names.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { type ApprovalPageView, approvalPage, MAX_COMMENT } from './approval-page.ts';

export type PageDeps = ChangeDeps &
  VisitorDeps & {
    approvalHolder(id: string, claim: Claim): PageHolder;
    deeds: DeedPace;
    now: () => number;
  };

/** The fields of a page's address or form, not verified yet, and the headers of the request in lower case. */
export type PageRequest = Pick<Visit, 'fields' | 'headers'>;

/** Opens `/a/{id}`: the approval for whoever looks, or the way to sign in. */
export async function openApproval(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const found = await findView(deps, id, { ...request, method: 'GET' });
  if ('approval' in found) return approvalPage(found);
  const ask = found.stranger === 'nobody' ? askWho(pathOf(id), request) : undefined;
  return ask ?? closedPage(found, signInFor(found, pathOf(id), request.fields));
}

function pathOf(id: string): string {
  return `/a/${encodeURIComponent(id)}`;
}

/**
 * A tap on the page: answers for the person who looks and redirects to the page. A tap that is refused gets
 * the page as it is now, with the comment in it so that it is not lost.
 */
export async function answerOnPage(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const before = await findView(deps, id, { ...request, method: 'POST' });
  if (!('approval' in before)) return closedPage(before, signInFor(before, pathOf(id), request.fields));
  const { viewer, visitor, language } = before;
  const comment = (request.fields.comment ?? '').trim();
  const choice = request.fields.choice ?? '';
  if (viewer === undefined) return refusal(before, 'not_an_approver', comment, 403);
  if (comment.length > MAX_COMMENT) return refusal(before, 'too_long', comment, 422);

  const fast = await tooFast(deps, viewer);
  if (fast) {
    const page = approvalPage({ ...before, unsaid: { why: 'too_fast', comment, againInS: fast.againInS } }, 429);
    return { ...page, headers: { ...page.headers, 'retry-after': String(fast.againInS) } };
  }
  const by = { type: 'person' as const, id: viewer, via: 'page' as const };
  const changed = await changeApproval(deps, id, { type: 'answer', choice }, { by, at: deps.now(), comment });
  if ('refused' in changed) {
    const approval = await expireIfOver(deps, changed.record);
    return refusal({ ...before, approval }, changed.refused, comment, 409);
  }
  const address = new URLSearchParams({ ...visitor.address, lang: language });
  return { status: 303, headers: { location: `${id}?${address}`, 'cache-control': 'no-store' } };
}

function refusal(view: ApprovalPageView, why: keyof Words['page']['unsaved'], comment: string, status: number) {
  return approvalPage({ ...view, unsaid: { why, comment } }, status);
}

type ClosedApproval = Closed & { sender?: string };

function closedPage({ status, message, sender }: ClosedApproval, more?: Part): Opened {
  return noticePage(status, message, { sender, more });
}

/** What whoever looks may see: with a link those who are concerned, signed in all of the organisation who have the address. */
async function findView(
  deps: PageDeps,
  id: string,
  request: PageRequest & Pick<Visit, 'method'>,
): Promise<ApprovalPageView | ClosedApproval> {
  const { fields, headers } = request;
  const proved = ['p', 'e', 's'].some((name) => name in fields);
  const found: Approval | undefined = isIdOf('a', id) ? await deps.approvals.get(id) : undefined;
  const holder = proved ? deps.approvalHolder(id, fields) : undefined;
  const visitor = await whoLooks(deps, { ...request, id, holder, corpId: found?.corpId });
  if (typeof visitor === 'string') return closedTo(visitor, noticeOf);
  if (!found) return { status: 404, message: noticeOf('missing') };
  const { userId: viewer, by } = visitor;
  if (by === 'link' && viewer !== undefined && !isConcerned(found, viewer)) {
    return { status: 403, message: noticeOf('removed'), sender: found.sender };
  }
  const approval = await expireIfOver(deps, found);
  const language = languageOf(fields.lang, headers['accept-language']);
  return { approval, visitor, viewer, language, now: deps.now(), choice: fields.choice };
}

function noticeOf(name: keyof Words['notice']): Notice {
  return inEach(WORDS, ({ notice }) => notice[name]);
}
