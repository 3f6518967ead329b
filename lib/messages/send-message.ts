import * as v from 'valibot';
import type { MessageView } from '../../contract/answers/messages.ts';
import { contentEntries } from '../../contract/contents.ts';
import type { Warning } from '../../contract/records/messages.ts';
import { SendMessage } from '../../contract/requests/messages.ts';
import { Mention, To } from '../../contract/values.ts';
import type { Access } from '../base/access.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import { LANGUAGES } from '../base/language.ts';
import { spending } from '../base/quota/budget.ts';
import { type AcceptDeps, type AcceptInput, acceptMessage, callsOf, destinationFaults } from './accept.ts';
import { type Content, contentsOf } from './content.ts';
import type { MostCalls } from './cost.ts';
import type { DestinationLister } from './destination.ts';
import { meantBy } from './meant.ts';
import { isFinished, type Message } from './message.ts';
import { phoneWarnings } from './text/phones.ts';
import { messageView, shownTo } from './view.ts';
import { type WaitDeps, waitForOutcome } from './wait.ts';
import { type WaitsDeps, waitsOf } from './waits-for.ts';
import { WORDS } from './words/words.ts';

/** What accepting a message within what its key may spend takes. */
export type SpendDeps = AcceptDeps & { destinations: DestinationLister; most: MostCalls };

export type SendDeps = SpendDeps &
  WaitDeps &
  WaitsDeps & {
    /** Who of the mentioned people is not known to DingTalk, or may not be looked up. */
    doubtfulPeople(mention: Mention): Promise<Fault[]>;
  };

const TOO_MANY = 'too_many_calls';
const TEST_WAIT_MS = 20_000;

/**
 * What the schema cannot know: unknown destinations, pairs that cannot be, and what the message would cost.
 * @throws InvalidInput `too_many_calls` when that is all that is wrong.
 */
export async function messageFaults(deps: SendDeps, body: unknown, access: Access): Promise<Fault[]> {
  const to = v.safeParse(v.object({ to: To }), body);
  const given = v.safeParse(v.object({ ...contentEntries, mention: v.optional(Mention) }), body);
  if (!to.success) return [];
  const contents = given.success ? contentsOf(given.output) : [];
  const content = contents.length === 1 ? contents[0] : undefined;
  const { mention } = given.success ? given.output : {};
  const meant = meantBy(deps.destinations, access);
  const faults = await destinationFaults(deps, { path: 'to', names: to.output.to, content, mention, meant });
  const onlyCalls = faults.length > 0 && faults.every(({ code }) => code === TOO_MANY);
  if (onlyCalls && v.is(SendMessage, body)) throw new InvalidInput('messages.send', TOO_MANY, faults);
  const isStrict = v.is(v.object({ strict: v.literal(true) }), body);
  return isStrict && mention && faults.length === 0 ? deps.doubtfulPeople(mention) : faults;
}

type Caller = Pick<Access, 'owner' | 'spend' | 'destinations'>;

/** Accepts the message and waits up to `waitMs` for its outcome. */
export async function sendMessage(
  deps: SendDeps,
  input: { access: Caller; idempotencyKey?: string | undefined; waitMs: number; body: SendMessage },
): Promise<MessageView> {
  const { to, mention, sendAt, expiresAt, priority, delivery, confirm, strict: _, ...request } = input.body;
  const [content] = contentsOf(request);
  if (!content) throw new InvalidInput('messages.send', 'content_missing', []);
  const { access } = input;
  const until = deps.now() + input.waitMs;
  const options = { mention, sendAt, expiresAt, priority, delivery, confirm };
  const accepted = await acceptWithin(deps, input, { to: [...new Set(to)], content, ...options });
  const view = input.waitMs === 0 ? acceptedView(accepted) : await awaitedView(deps, { accepted, access }, until);
  const warnings = warningsOf(content);
  return warnings.length > 0 ? { ...view, warnings } : view;
}

/** Accepts a message within what its key may spend. */
export async function acceptWithin(
  deps: SpendDeps,
  { access, idempotencyKey }: { access: Caller; idempotencyKey?: string | undefined },
  wanted: Omit<AcceptInput, 'caller' | 'idempotencyKey'>,
): Promise<Message> {
  const startedAt = deps.now();
  const calls = access.spend ? await callsOf(deps, wanted.to, wanted) : 0;
  return spending(access.spend, calls, {
    run: () => acceptMessage(deps, { caller: access.owner, idempotencyKey, ...wanted }),
    isNew: ({ createdAt }) => Date.parse(createdAt) >= startedAt,
  });
}

/** The message when it is over or the time is, with what it waits for then. */
async function awaitedView(
  deps: SendDeps,
  { accepted, access }: { accepted: Message; access: Caller },
  until: number,
): Promise<MessageView> {
  const message = await waitForOutcome(deps, accepted, until);
  return messageView(shownTo(access, message), await waitsOf(deps, message));
}

/** Markdown is sent as it is, and the caller told what phones make of it. */
export function warningsOf(content: Content): Warning[] {
  const speaks = content.kind === 'markdown' || content.kind === 'actionCard';
  return speaks ? phoneWarnings(`${content.kind}.text`, content.text) : [];
}

/** Sends a test message to one destination and waits for its outcome: the quickest way to see whether it works. */
export async function testDestination(
  deps: SendDeps,
  access: Access,
  destination: string,
  idempotencyKey: string | undefined,
): Promise<MessageView> {
  const text = LANGUAGES.map((language) => WORDS[language].test(destination)).join('\n');
  const meant = meantBy(deps.destinations, access);
  const asked = { path: 'name', names: [destination], content: { kind: 'text' as const, text }, meant };
  const faults = await destinationFaults(deps, asked);
  const [first] = faults;
  if (first) throw new InvalidInput('destinations.test', first.code, faults);
  // a person asks for it now, at night too
  const body = { to: [destination], text, confirm: true, priority: 'high' as const };
  return sendMessage(deps, { access, idempotencyKey, waitMs: TEST_WAIT_MS, body });
}

/** 200 once the message is finished, else 202. */
export function statusOf({ status }: MessageView): 200 | 202 {
  return isFinished(status) ? 200 : 202;
}

/** The answer without waiting: the same at every repeat, whatever the status is by then. */
export function acceptedView({ id, createdAt }: Message): MessageView {
  return { id, status: 'queued', createdAt, links: { self: `/messages/${id}` } };
}
