import * as v from 'valibot';
import { inEach, languageOf } from '../../base/language.ts';
import { type Notice, noticePage, type Opened } from '../../base/page-frame.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import type { Approval } from '../approval.ts';
import { type ChangeDeps, changeApproval, expireIfOver } from '../change-approval.ts';
import { isConcerned } from '../names.ts';
import { WORDS } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { type ApprovalPageView, approvalPage, MAX_COMMENT } from './approval-page.ts';

/** Whose link it is: a person's, anyone's who was shown the approval, or not valid. */
type Holder = { userId?: string } | 'foreign' | 'broken' | 'expired';
type Claim = { p?: string | undefined; e?: string | undefined; s?: string | undefined };

export type PageDeps = ChangeDeps & {
  approvalHolder(id: string, claim: Claim): Holder;
  deeds: DeedPace;
  now: () => number;
};

/** The fields of a page's address or form, not verified yet, and the languages of the browser. */
export type PageRequest = { fields: Record<string, string | undefined>; acceptLanguage?: string | undefined };

const Proof = v.object({ p: v.optional(v.string()), e: v.string(), s: v.string() });

/** Opens `/a/{id}`: the approval for the reader of the link. */
export async function openApproval(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const found = await findView(deps, id, request);
  return 'approval' in found ? approvalPage(found) : closedPage(found);
}

/**
 * A tap on the page: answers for the person whom the link belongs to and redirects to the page. A tap that is refused gets
 * the page as it is now, with the comment in it so that it is not lost.
 */
export async function answerOnPage(deps: PageDeps, id: string, request: PageRequest): Promise<Opened> {
  const before = await findView(deps, id, request);
  if (!('approval' in before)) return closedPage(before);
  const { viewer, proof, language } = before;
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
  const address = new URLSearchParams({ ...proof, lang: language });
  return { status: 303, headers: { location: `${id}?${address}`, 'cache-control': 'no-store' } };
}

function refusal(view: ApprovalPageView, why: keyof Words['page']['unsaved'], comment: string, status: number) {
  return approvalPage({ ...view, unsaid: { why, comment } }, status);
}

type Closed = { status: number; message: Notice; sender?: string };

function closedPage({ status, message, sender }: Closed): Opened {
  return noticePage(status, message, { sender });
}

/** What the reader of a link may see. */
async function findView(
  deps: PageDeps,
  id: string,
  { fields, acceptLanguage }: PageRequest,
): Promise<ApprovalPageView | Closed> {
  const proof = v.safeParse(Proof, fields);
  if (!proof.success) return { status: 403, message: noticeOf('broken') };
  const holder = deps.approvalHolder(id, proof.output);
  if (typeof holder === 'string') return { status: holder === 'expired' ? 410 : 403, message: noticeOf(holder) };
  const found: Approval | undefined = await deps.approvals.get(id);
  if (!found) return { status: 404, message: noticeOf('missing') };
  const { userId: viewer } = holder;
  if (viewer !== undefined && !isConcerned(found, viewer)) {
    return { status: 403, message: noticeOf('removed'), sender: found.sender };
  }
  const approval = await expireIfOver(deps, found);
  const { p, e, s } = proof.output;
  const language = languageOf(fields.lang, acceptLanguage);
  const shown = { proof: { ...(p !== undefined && { p }), e, s }, choice: fields.choice };
  return { approval, viewer, language, now: deps.now(), ...shown };
}

function noticeOf(name: keyof Words['notice']): Notice {
  return inEach(WORDS, ({ notice }) => notice[name]);
}
