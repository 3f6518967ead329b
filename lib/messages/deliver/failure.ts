import { REMEDIES } from '../../base/words/en.ts';
import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import { EGRESS, targetOf } from '../limits/pace.ts';
import { goneMonth, quotaOf } from '../limits/quota.ts';
import { type Attempt, briefly, contentOf, type Delivery, type Message, withAttempt } from '../message.ts';
import { type Errand, type ErrandDeps, end, type Later, repeatShowsOnce } from './errand.ts';
import { againIn, type FallbackDeps, fellBack, holdOrFallBack } from './fallback.ts';
import { lastWords } from './progress.ts';
import { verdictOn } from './verdict.ts';

export type FailureDeps = ErrandDeps & FallbackDeps;

/** Classes of refusals that are about the content. */
const BY_CONTENT: (string | undefined)[] = ['argument', 'moderation'];
const CARDS: Content['kind'][] = ['card', 'cardChange'];

/** Writes the outcome of a failed try: when to try again, or that it is over. */
export async function recordFailure(deps: FailureDeps, errand: Errand, error: unknown): Promise<Later> {
  const { item, message, delivery, destination } = errand;
  const { now, random, log } = deps;
  const penaltyMs = 'pace' in destination ? destination.pace?.penaltyMs : undefined;
  const born = { ...message, createdAt: delivery.fallbackFor?.at ?? message.createdAt };
  const circumstances = { message: born, delivery, repeatShowsOnce: repeatShowsOnce(destination), penaltyMs, random };
  const judged = verdictOn(error, { ...circumstances, now: now() });
  const { blockMs, parked, monthGone, attempt: _, ...verdict } = judged;
  const attempt = briefly({ ...judged.attempt, ...remedyAt(destination, judged.attempt.code) });
  const attempts = withAttempt(delivery, attempt);
  if (monthGone) {
    await holdOrFallBack(deps, errand, await goneMonth(deps, quotaOf(destination)), attempts);
    return undefined;
  }
  if (await fellBack(deps, errand, judged, attempts)) {
    await block(deps, errand, attempt.code, blockMs);
    return undefined;
  }
  const retryInMs = againIn(deps, errand, judged, attempts);
  const another = retryInMs === undefined ? await anotherTry(deps, errand, attempt) : undefined;
  if (another) {
    await deps.messages.record(item, { status: 'queued', ...another, attempts, rev: delivery.rev });
    log.warn('retry-scheduled', { ...item, code: attempt.code, retryInMs: 0 });
    return { retryInMs: 0 };
  }
  if (retryInMs === undefined) {
    const { rev } = delivery;
    await end(deps, errand, { ...verdict, rev, attempts: withAttempt(delivery, lastWords(delivery, attempt)) });
    await block(deps, errand, attempt.code, blockMs);
    return undefined;
  }
  // a parked message leaves the queue until then
  const dueAt = parked ? now() + retryInMs : null;
  const until = new Date(now() + retryInMs).toISOString();
  const waits = { for: blockMs === undefined ? ('retry' as const) : ('pause' as const), reason: attempt.code, until };
  await deps.messages.record(item, { ...verdict, attempts, dueAt, waits, waiting: true, rev: delivery.rev });
  if (dueAt !== null) await deps.messages.watch(item.messageId, dueAt);
  await block(deps, errand, attempt.code, blockMs);
  log.warn('retry-scheduled', { ...item, code: attempt.code, retryInMs });
  // the robot is held, not its pool: another may be free, and else the limiter says when
  if (errand.inPool && blockMs !== undefined) return { retryInMs: 0 };
  return parked ? undefined : { retryInMs };
}

/** What is tried at once after a refusal: another content, or the destination as somebody mended it meanwhile. */
async function anotherTry({ destinations }: FailureDeps, errand: Errand, attempt: Attempt) {
  const { item, message, delivery, destination, whole = destination } = errand;
  if (hasOtherwise(message, delivery, attempt)) return { fallbackIndex: delivery.fallbackIndex + 1 };
  const first = attempt.outcome === 'refused' && delivery.done === 0;
  if (!first) return undefined;
  // where it cannot be read, the refusal is what is known
  return (await destinations.changed?.(item.destination, whole).catch(() => false)) ? {} : undefined;
}

/** What to do where it depends on the destination, and not on DingTalk's code alone. */
function remedyAt(destination: Destination, code: string | undefined): Pick<Attempt, 'remedy'> {
  if (code !== '310000.sign' || !('accessToken' in destination) || destination.secret !== undefined) return {};
  return { remedy: REMEDIES.noSecret };
}

/** Sends nothing more to the target, or to DingTalk at all after its ban page, before the time is over. */
async function block(
  { limiter, log, now }: FailureDeps,
  { item, destination }: Errand,
  code: string | undefined,
  blockMs: number | undefined,
): Promise<void> {
  if (blockMs === undefined) return;
  const banned = code === 'ip_ban';
  if (banned) log.error('egress-banned', { ...item, code, blockMs });
  else log.warn('target-blocked', { ...item, code, blockMs });
  await limiter.block(banned ? EGRESS.target : targetOf(destination), now() + blockMs);
}

/**
 * DingTalk refused this content, not the receiver; nothing of it was sent, and there is another content. A card has a scope
 * and templates of its own: whatever keeps it, or a change of it, back need not keep back a message.
 */
function hasOtherwise(message: Message, delivery: Delivery, attempt: Attempt): boolean {
  const { otherwise = [] } = message;
  const isCard = CARDS.includes(contentOf(message, delivery).kind);
  const byContent = attempt.outcome === 'refused' && (isCard || BY_CONTENT.includes(attempt.class));
  return byContent && delivery.done === 0 && delivery.fallbackIndex < otherwise.length;
}
