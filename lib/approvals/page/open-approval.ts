import { isIdOf } from '../../base/ids.ts';
import { inEach, languageOf } from '../../base/language.ts';
import { againIn, type Notice, type Opened } from '../../base/page-frame.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import {
  backTo,
  type ClosedRecord,
  closedRecord,
  type PageRequest,
  visitRecord,
} from '../../base/visitor/open-record.ts';
import type { Claim, PageHolder } from '../../base/visitor/page-link.ts';
import type { Visit, VisitorDeps } from '../../base/visitor/visitor.ts';
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

const LETTER = 'a';

/** Opens `/a/{id}`: the approval for whoever looks, or the way to sign in. */
export async function openApproval(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const visit = { ...request, method: 'GET' as const };
  const found = await findView(deps, id, visit);
  return 'approval' in found ? approvalPage(found) : closedRecord(found, { letter: LETTER, id }, visit);
}

/**
 * A tap on the page: answers for the person who looks and redirects to the page. A tap that is refused gets
 * the page as it is now, with the comment in it so that it is not lost.
 */
export async function answerOnPage(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const visit = { ...request, method: 'POST' as const };
  const before = await findView(deps, id, visit);
  if (!('approval' in before)) return closedRecord(before, { letter: LETTER, id }, visit);
  const { viewer, visitor, language } = before;
  const comment = (request.fields.comment ?? '').trim();
  const choice = request.fields.choice ?? '';
  if (viewer === undefined) return refusal(before, 'not_an_approver', comment, 403);
  if (comment.length > MAX_COMMENT) return refusal(before, 'too_long', comment, 422);

  const fast = await tooFast(deps, viewer);
  if (fast) {
    const page = approvalPage({ ...before, unsaid: { why: 'too_fast', comment, againInS: fast.againInS } }, 429);
    return againIn(page, fast.againInS);
  }
  const by = { type: 'person' as const, id: viewer, via: 'page' as const };
  const changed = await changeApproval(deps, id, { type: 'answer', choice }, { by, at: deps.now(), comment });
  if ('refused' in changed) {
    const approval = await expireIfOver(deps, changed.record);
    return refusal({ ...before, approval }, changed.refused, comment, 409);
  }
  return backTo(id, visitor, language);
}

function refusal(view: ApprovalPageView, why: keyof Words['page']['unsaved'], comment: string, status: number) {
  return approvalPage({ ...view, unsaid: { why, comment } }, status);
}

/** What whoever looks may see: with a link those who are concerned, signed in all of the organisation who have the address. */
async function findView(
  deps: PageDeps,
  id: string,
  request: PageRequest & Pick<Visit, 'method'>,
): Promise<ApprovalPageView | ClosedRecord> {
  const { fields, headers } = request;
  const find = async () => (isIdOf('a', id) ? deps.approvals.get(id) : undefined);
  const of = { letter: LETTER, id, find, holderOf: deps.approvalHolder, noticeOf } as const;
  const seen = await visitRecord(deps, of, request);
  if (!('found' in seen)) return seen;
  const { found, visitor } = seen;
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
