import type { ApprovalView } from '../../contract/answers/approvals.ts';
import type { AskApproval } from '../../contract/requests/approvals.ts';
import type { PersonRef } from '../../contract/requests/tasks.ts';
import type { Access } from '../base/access.ts';
import { defined } from '../base/defined.ts';
import { type Fault, InvalidInput, pastFaults, ServiceError } from '../base/errors.ts';
import { requestHashOf, requireSameRequest } from '../base/idempotency.ts';
import type { Ids } from '../base/ids.ts';
import { spending } from '../base/quota/budget.ts';
import { without } from '../base/without.ts';
import { callsAt, toldFaults } from '../messages/accept.ts';
import type { MostCalls } from '../messages/cost.ts';
import { type PeopleDeps, resolvePeople } from '../messages/people.ts';
import { codeFor } from '../records/codes.ts';
import { type WaitDeps, waitForEnd } from '../records/wait.ts';
import type { Approval, Choice } from './approval.ts';
import { approvalView, type ViewDeps } from './approval-view.ts';
import { type ChangeDeps, expireIfOver } from './change-approval.ts';
import { type ApprovalApp, cardFor, type FollowDeps, followApproval, questionOf } from './follow.ts';
import { isClosed, mayAnswer } from './life-cycle.ts';
import { WORDS } from './words/words.ts';

type App = ApprovalApp & { contacts: Parameters<typeof resolvePeople>[1]['contacts'] };
export type AskDeps = Omit<FollowDeps, 'approvalApp'> &
  PeopleDeps &
  ViewDeps &
  WaitDeps & { ids: Ids; most: MostCalls; approvalApp(name?: string): App };

type Input = { access: Access; idempotencyKey?: string | undefined; waitMs: number; body: AskApproval };

const DEFAULT_MS = 24 * 3_600_000;
const LONGEST_MS = 90 * 24 * 3_600_000;

/**
 * Stores a question, asks it in DingTalk, and waits up to `waitMs` for the decision. 202 when DingTalk's side could not be
 * begun and is tried again. A repeat with the same Idempotency-Key answers the same approval, with the end that it has.
 * @throws InvalidInput that names all unknown people, or all destinations that cannot carry the question
 */
export async function askApproval(deps: AskDeps, input: Input): Promise<{ status: 201 | 202; approval: ApprovalView }> {
  const until = deps.now() + input.waitMs;
  const kept = await keep(deps, input);
  const outcome = await followApproval(deps, kept.id);
  const behind = 'behind' in outcome ? outcome.behind?.retryInMs : undefined;
  if (behind !== undefined) await deps.queue.put(kept.id, `${kept.version}-again`).catch(() => undefined);
  const asked = 'record' in outcome ? outcome.record : kept;
  const latest = await awaited(deps, asked, until);
  const status = 'record' in outcome && behind === undefined ? 201 : 202;
  return { status, approval: approvalView(deps, latest, input.access) };
}

/** The approval once it is closed, else as it is at that time; what is over by then is noted as expired. */
export function awaited(deps: ChangeDeps & WaitDeps, approval: Approval, until: number): Promise<Approval> {
  const get = async () => {
    const latest = await deps.approvals.get(approval.id);
    return latest && expireIfOver(deps, latest);
  };
  return waitForEnd<Approval>(deps, approval, { get, isOver: isClosed }, until);
}

async function keep(deps: AskDeps, { access, idempotencyKey, body }: Input): Promise<Approval> {
  // a script that is started again counts the end from now, and asks the same
  const requestHash = requestHashOf(without(body, 'expiresAt'));
  const id = deps.ids.of('a', access.owner, idempotencyKey);
  const known = idempotencyKey === undefined ? undefined : await deps.approvals.get(id);
  const make = async () => {
    const asked = await freshOf(deps, { id, access, requestHash }, body);
    const fresh = { ...asked, ...defined({ card: await cardFor(deps, asked) }) };
    const { content, mention } = questionOf(deps, fresh);
    const faults = await toldFaults(deps, { path: 'to', names: fresh.to, content, mention });
    if (faults.length > 0) throw new InvalidInput('approvals.ask', 'invalid_request', faults);
    if (await deps.approvals.create(fresh)) return fresh;
    const other = await deps.approvals.get(id);
    if (other) return other;
    throw new ServiceError('approvals.create', { code: 'approval_gone', retryable: true });
  };
  const kept = known ?? (await spending(access.spend, await callsOfApproval(deps, body), { run: make }));
  requireSameRequest('approval', kept, requestHash);
  return kept;
}

/** Beside the question, and the end: those who have not answered are asked once more, 20 in a call. */
export const APPROVAL_ACTS = { times: 2, beside: 3 };

/** The most calls that an approval takes: the question, the end, and asking once more. */
async function callsOfApproval(deps: Pick<AskDeps, 'destinations'>, { to, approvers }: AskApproval): Promise<number> {
  const batches = Math.ceil(approvers.people.length / 20);
  return (to ? await callsAt(deps, to) : batches) * APPROVAL_ACTS.times + batches;
}

type Born = { id: string; access: Access; requestHash: string };

async function freshOf(deps: AskDeps, { id, access, requestHash }: Born, body: AskApproval): Promise<Approval> {
  const at = deps.now();
  const app = deps.approvalApp(body.app);
  const expiresAt = expiryOf(body, at);
  const { people, asker } = await peopleOf(deps, app, body);
  const { quorum, excludeAsker } = body.approvers;
  const approvers = { people, quorum, ...(excludeAsker && { excludeAsker }) };
  const able = mayAnswer({ approvers, asker }).length;
  if (able < quorum) {
    const message = `${quorum} have to choose the same, and ${able} may answer`;
    throw new InvalidInput('approvals.ask', 'quorum_too_large', [
      { path: 'approvers.quorum', code: 'quorum_too_large', message },
    ]);
  }
  const createdAt = new Date(at).toISOString();
  const by = { type: 'key' as const, id: access.caller, via: 'api' as const };
  return {
    ...without(body, 'asker', 'approvers', 'choices', 'to', 'expiresAt', 'stepFunctions'),
    id,
    code: await codeFor('A', deps.approvals.claimCode, id),
    createdAt,
    choices: choicesOf(body, app),
    approvers,
    ...(asker && { asker }),
    to: [...new Set(body.to ?? [])],
    expiresAt,
    status: 'pending',
    answers: [],
    version: 1,
    history: [{ version: 1, at: createdAt, by, action: 'asked' }],
    caller: access.owner,
    requestHash,
    ...(body.stepFunctions && { ...body.stepFunctions, stepFunctions: { status: 'waiting' as const } }),
    timeZone: app.timeZone,
    language: app.language,
    sender: app.sender,
    corpId: app.corpId,
    reached: {},
  };
}

/** @throws InvalidInput for a time that is over, or too far away: the record would be gone before */
function expiryOf({ expiresAt }: AskApproval, now: number): string {
  const past = pastFaults('expiresAt', expiresAt, now);
  if (past.length > 0) throw new InvalidInput('approvals.ask', 'in_the_past', past);
  const end = expiresAt === undefined ? now + DEFAULT_MS : Date.parse(expiresAt);
  if (end - now <= LONGEST_MS) return new Date(end).toISOString();
  const fault = { path: 'expiresAt', code: 'too_large', message: '"expiresAt" is more than 90 days away' };
  throw new InvalidInput('approvals.ask', 'invalid_request', [fault]);
}

function choicesOf({ choices = [{ id: 'approve' }, { id: 'reject' }] }: AskApproval, app: ApprovalApp): Choice[] {
  const words: Record<string, string> = WORDS[app.language].choice;
  return choices.map(({ id, label = words[id] ?? id, comment }) => ({ id, label, ...(comment && { comment }) }));
}

async function peopleOf(deps: AskDeps, app: App, body: AskApproval) {
  const find = (path: string, refs: readonly PersonRef[]) =>
    resolvePeople(deps, { app: app.name, contacts: app.contacts }, path, refs);
  const approvers = await find('approvers.people', body.approvers.people);
  const asker = await find('asker', body.asker === undefined ? [] : [body.asker]);
  const faults = [...approvers.faults, ...asker.faults].map(
    ({ path, code, message }): Fault => ({ path, code, message }),
  );
  if (faults[0]) throw new InvalidInput('approvals.ask', faults[0].code, faults);
  return { people: approvers.people, asker: asker.people[0] };
}
