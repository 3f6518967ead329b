import * as v from 'valibot';
import { defined } from '../base/defined.ts';
import { InvalidInput } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Quiet } from '../base/people/hours.ts';
import { afterQuiet } from '../base/people/local-time.ts';
import { type AcceptDeps, acceptMessage } from '../messages/accept.ts';
import type { Content } from '../messages/content.ts';
import { appNameOf, nameOfPeople } from '../messages/destination.ts';
import { kindOf } from '../messages/kinds/kinds.ts';
import { MAX_MENTIONS } from '../messages/mention.ts';
import { type ButtonForms, cardOf, cardParams } from '../messages/render/card.ts';
import { ignoreReusedKey } from '../messages/reused-key.ts';
import { comesBack, type FollowOutcome, followRecord } from '../records/follow.ts';
import { bringInStep, type Holder, type InStep } from '../records/views.ts';
import { answerTask, beginAnswer, hasTask, type StepTasks } from './answer-task.ts';
import { Approval, type ApprovalStore, type Followed } from './approval.ts';
import {
  askedAgain,
  ending,
  endingOnCard,
  type PageOf,
  questionCard,
  questionOnCard,
  questionToPeople,
  tapsOf,
} from './approval-messages.ts';
import { type ChangeDeps, expireIfOver } from './change-approval.ts';
import { isClosed, mayAnswer } from './life-cycle.ts';
import { type ApprovalBus, publishApproval } from './publish.ts';

/** The DingTalk app of an approval. */
export type ApprovalApp = {
  name: string;
  timeZone: string;
  language: 'zh' | 'en';
  sender: string;
  corpId: string;
  quiet?: Quiet | undefined;
};

export type FollowDeps = AcceptDeps &
  ChangeDeps & {
    approvals: ApprovalStore;
    bus: ApprovalBus;
    stepTasks: StepTasks;
    approvalApp(name?: string): ApprovalApp;
    buttonForms: ButtonForms;
    /** The address for a message; `choice` is what was tapped on the way. */
    approvalLink(
      record: Pick<Approval, 'id' | 'app'> & { choice?: string | undefined },
      userId?: string,
      madeAt?: number,
    ): string;
  };

/** A question that is open for less is not asked again. */
const SHORTEST_REMINDED_MS = 30 * 60_000;
/** Once so much of its time is over, those who have not answered are asked once more. */
const REMIND_AFTER = 0.75;

/** Brings what shows an approval in step: messages, lists, bus. */
export function followApproval(deps: FollowDeps, id: string): Promise<FollowOutcome<Approval>> {
  const { approvals: store, now, randomId } = deps;
  return followRecord<Approval, Partial<Followed>>(
    {
      store,
      now,
      randomId,
      withNote,
      work: (holder, approval) => work(deps, holder, approval),
      checks: (approval) => (isClosed(approval) ? [] : [Date.parse(approval.expiresAt), remindAt(deps, approval)]),
    },
    id,
  );
}

/** An approval of the queue, or whose check is due; answers when it is to come back. */
export async function followQueuedApproval(deps: FollowDeps & { log: Log }, id: string) {
  const outcome = await followApproval(deps, id);
  if ('record' in outcome) {
    const { record, behind } = outcome;
    const [code] = Object.values(record.troubles ?? {}).map((trouble) => trouble.code);
    deps.log.info('approval-followed', { approvalId: id, version: record.version, status: record.status });
    if (behind) deps.log.warn('approval-follow-failed', { approvalId: id, code, retryInMs: behind.retryInMs });
  }
  return comesBack(outcome);
}

type Notes = Holder<Approval, Partial<Followed>>;

async function work(deps: FollowDeps, holder: Notes, taken: Approval): Promise<InStep<Approval>> {
  const now = await expireIfOver(deps, taken);
  const app = deps.approvalApp(now.app);
  const reminded = await remind(deps, holder, now);
  const isFirst = reminded.stepFunctions?.status === 'waiting';
  const record = await beginAnswer(holder, reminded);
  return bringInStep(holder, { record }, [
    ...(hasTask(record) ? [{ name: 'asker', show: (approval: Approval) => answerTask(deps, approval, isFirst) }] : []),
    { name: 'message', show: (approval) => tell(deps, approval) },
    { name: 'lists', show: (approval) => enlist(deps, approval) },
    { name: 'bus', show: (approval) => publishApproval(deps.bus, app.name, approval) },
  ]);
}

function withNote(approval: Approval, noted: Partial<Followed>): Approval {
  const members = Object.entries({ ...approval, ...noted }).filter(([, value]) => value !== undefined);
  return v.parse(Approval, Object.fromEntries(members));
}

/** The same address at every try of the same message; of one reader it is their own. */
function pageFor(
  { approvalLink }: Pick<FollowDeps, 'approvalLink'>,
  { id, app, createdAt }: Approval,
  userId?: string,
): PageOf {
  return (choice) => approvalLink({ id, app, choice }, userId, Date.parse(createdAt));
}

/**
 * Asks once, and tells the end once: where a card with buttons asked, by changing it. A repeat after a crash finds its
 * messages by their keys.
 */
async function tell(deps: FollowDeps, approval: Approval): Promise<Partial<Followed>> {
  const { names, pageOf } = receiversOf(deps, approval);
  const { card } = approval;
  const to = names.filter((name) => !card?.to.includes(name));
  const messageId = approval.messageId ?? (await ask(deps, approval, { key: 'asked', to }));
  const cardId = card && (approval.cardId ?? (await ask(deps, approval, { key: 'card', to: card.to })));
  const asked = defined({ messageId, cardId });
  if (!isClosed(approval)) return asked;
  const said = ending(approval, pageOf);
  const newsId = messageId && (await send(deps, approval, { key: 'end', to, content: said }));
  if (!card || cardId === undefined) return { ...asked, ...defined({ newsId }) };
  const params = cardParams(card, endingOnCard(approval, pageOf));
  // what went out as a message, since DingTalk took no card, cannot be changed
  const content = { kind: 'cardChange' as const, card: cardId, params };
  const cardEndId = await send(deps, approval, { key: 'card-end', to: card.to, content, otherwise: [said] });
  return { ...asked, ...defined({ newsId, cardEndId }) };
}

/** Undefined where its time was over before anybody could be asked, and where nobody is asked so. */
async function ask(
  deps: FollowDeps,
  approval: Approval,
  { key, to }: Pick<Outgoing, 'key' | 'to'>,
): Promise<string | undefined> {
  if (to.length === 0) return undefined;
  const { content } = questionOf(deps, approval);
  const { id, card, expiresAt } = approval;
  const { pageOf } = receiversOf(deps, approval);
  const taps = { id, all: tapsOf(approval) };
  const said =
    card && key === 'card'
      ? { content: cardOf(card, questionOnCard(approval, pageOf), taps), otherwise: [content] }
      : { content };
  try {
    return await send(deps, approval, { key, to, ...said, expiresAt });
  } catch (error) {
    if (error instanceof InvalidInput && error.code === 'in_the_past') return undefined;
    throw error;
  }
}

/**
 * Where a card with buttons asks: at destinations of the app whose door hears its taps, once a tap was seen there. It is
 * found out when the approval is made, and stays.
 */
export async function cardFor(
  deps: Pick<FollowDeps, 'approvalApp' | 'approvalLink' | 'buttonForms' | 'destinations'>,
  approval: Approval,
): Promise<Approval['card']> {
  const form = tapsOf(approval).length > 0 ? await deps.buttonForms(approval.app) : undefined;
  if (!form) return undefined;
  const { names, oneToOne } = receiversOf(deps, approval);
  if (oneToOne) return { ...form, to: names };
  const { name: own } = deps.approvalApp(approval.app);
  const found = await Promise.all(
    names.map(async (name) => {
      const destination = await deps.destinations.get(name);
      if (!destination || !kindOf(destination).carries.includes('card')) return [];
      return (appNameOf(destination) ?? deps.approvalApp().name) === own ? [name] : [];
    }),
  );
  const to = found.flat();
  return to.length > 0 ? { ...form, to } : undefined;
}

/** What is asked, of which destinations, and who is mentioned. */
export function questionOf(deps: Pick<FollowDeps, 'approvalLink' | 'approvalApp'>, approval: Approval) {
  const { names, pageOf, oneToOne } = receiversOf(deps, approval);
  const content = oneToOne ? questionToPeople(approval, pageOf) : questionCard(approval, pageOf);
  return { to: names, content, mention: mentionOf(approval) };
}

function mentionOf(approval: Approval) {
  return { users: mayAnswer(approval).slice(0, MAX_MENTIONS), fallback: 'none' as const };
}

/** The destinations that are asked; without one each approver, one-to-one, in one call. */
function receiversOf(deps: Pick<FollowDeps, 'approvalLink' | 'approvalApp'>, approval: Approval) {
  if (approval.to.length > 0) return { names: approval.to, pageOf: pageFor(deps, approval), oneToOne: false };
  const people = mayAnswer(approval);
  const { name } = deps.approvalApp(approval.app);
  // one message to several cannot carry a link of one's own
  const own = people.length === 1 ? people[0] : undefined;
  return { names: [nameOfPeople(name, people)], pageOf: pageFor(deps, approval, own), oneToOne: true };
}

type Outgoing = {
  key: string;
  to: string[];
  content: Content;
  otherwise?: Content[];
  expiresAt?: string;
};

async function send(deps: FollowDeps, approval: Approval, { key, ...said }: Outgoing) {
  const mention = mentionOf(approval);
  const idempotencyKey = `${approval.id}#${key}`;
  const asked = { caller: 'approvals', idempotencyKey, mention, priority: 'high' as const, ...said };
  return (await ignoreReusedKey(acceptMessage(deps, asked)))?.id;
}

/** When those who have not answered are asked once more (epoch ms), if that is still to come. */
function remindAt(deps: FollowDeps, approval: Approval): number | undefined {
  const { createdAt, expiresAt, remindedAt } = approval;
  const [from, until] = [Date.parse(createdAt), Date.parse(expiresAt)];
  if (remindedAt !== undefined || until - from < SHORTEST_REMINDED_MS) return undefined;
  const at = afterQuiet(from + (until - from) * REMIND_AFTER, deps.approvalApp(approval.app));
  return at < until ? at : undefined;
}

async function remind(deps: FollowDeps, holder: Notes, approval: Approval): Promise<Approval> {
  const at = isClosed(approval) ? undefined : remindAt(deps, approval);
  if (at === undefined || at > deps.now()) return approval;
  const answered = approval.answers.map(({ userId }) => userId);
  const silent = mayAnswer(approval).filter((userId) => !answered.includes(userId));
  if (silent.length > 0) {
    const pageOf = pageFor(deps, approval, silent.length === 1 ? silent[0] : undefined);
    const to = [nameOfPeople(deps.approvalApp(approval.app).name, silent)];
    await send(deps, approval, { key: 'again', to, content: askedAgain(approval, pageOf) });
  }
  return holder.note(approval, { remindedAt: deps.now() });
}

/** Names of the lists. */
export const LISTS = { pending: 'pending', closed: 'closed' } as const;

async function enlist({ approvals }: FollowDeps, approval: Approval): Promise<Partial<Followed>> {
  const list = isClosed(approval) ? LISTS.closed : LISTS.pending;
  if (list === approval.list) return {};
  await approvals.enlist(approval, list);
  return { list };
}
