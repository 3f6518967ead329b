import * as v from 'valibot';
import { type Access, requireDestinations } from '../base/access.ts';
import { type Fault, InvalidInput } from '../base/errors.ts';
import { inBoth } from '../base/language.ts';
import { type AcceptDeps, acceptMessage, destinationFaults } from './accept.ts';
import { CONTENT_KINDS, contentEntries, contentsOf } from './content.ts';
import { MAX_MENTIONS, Mention } from './mention.ts';
import { isFinished, type Message, overallStatus } from './message.ts';
import { type MessageView, messageView } from './view.ts';
import { WORDS } from './words/words.ts';

const name = v.pipe(v.string(), v.nonEmpty());
const To = v.union([
  v.pipe(
    name,
    v.transform((one) => [one]),
  ),
  v.pipe(v.array(name), v.minLength(1), v.maxLength(20)),
]);

/** A moment that can be read: the pattern alone also takes offsets that nothing reads. */
const Timestamp = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'this is no moment; write it like 2026-01-31T08:00:00Z'),
);

export const SendMessage = v.strictObject({
  to: To,
  ...contentEntries,
  mention: v.optional(Mention),
  expiresAt: v.optional(Timestamp),
  priority: v.optional(v.picklist(['normal', 'high'])),
  delivery: v.optional(v.picklist(['at-least-once', 'at-most-once'])),
});
export type SendMessage = v.InferOutput<typeof SendMessage>;

export type SendDeps = AcceptDeps & { sleep: (ms: number) => Promise<void> };

const POLL_MS = 150;
export const LONGEST_WAIT_S = 25;
const TEST_WAIT_MS = 20_000;

/** What the schema cannot know: unknown destinations, none or several contents, and pairs that cannot be. */
export async function messageFaults(deps: SendDeps, body: unknown): Promise<Fault[]> {
  const to = v.safeParse(v.object({ to: To }), body);
  const given = v.safeParse(v.object({ ...contentEntries, mention: v.optional(Mention) }), body);
  const contents = given.success ? contentsOf(given.output) : [];
  const mention = given.success ? given.output.mention : undefined;
  const faults: Fault[] = [];
  if (given.success && contents.length !== 1) {
    const code = contents.length === 0 ? 'content_missing' : 'content_ambiguous';
    faults.push({ path: '', code, message: `give exactly one of ${CONTENT_KINDS.join(', ')}` });
  }
  const mentioned = (mention?.users?.length ?? 0) + (mention?.mobiles?.length ?? 0);
  if (mentioned > MAX_MENTIONS) {
    const message = `${mentioned} people are mentioned; DingTalk takes ${MAX_MENTIONS} a message`;
    faults.push({ path: 'mention', code: 'too_many_mentions', message });
  }
  if (to.success) {
    const [content] = contents.length === 1 ? contents : [];
    faults.push(...(await destinationFaults(deps.destinations, 'to', to.output.to, content, mention)));
  }
  return faults;
}

/** Keeps the message and, when asked, waits up to `waitMs` for its outcome. */
export async function sendMessage(
  deps: SendDeps,
  input: { caller: string; idempotencyKey?: string | undefined; waitMs: number; body: SendMessage },
): Promise<MessageAnswer> {
  const { to, mention, expiresAt, priority, delivery, ...request } = input.body;
  const [content] = contentsOf(request);
  if (!content) throw new InvalidInput('messages.send', 'content_missing', []);
  const { caller, idempotencyKey } = input;
  const until = deps.now() + input.waitMs;
  let message = await acceptMessage(deps, {
    caller,
    idempotencyKey,
    to: [...new Set(to)],
    content,
    mention,
    expiresAt,
    priority,
    delivery,
  });
  while (!isFinished(overallStatus(message)) && deps.now() < until) {
    await deps.sleep(POLL_MS);
    message = (await deps.messages.get(message.id)) ?? message;
  }
  return input.waitMs === 0 ? acceptedView(message) : messageView(message);
}

/** Sends a test message to one destination and waits for its outcome: the quickest way to see whether it works. */
export async function testDestination(deps: SendDeps, caller: string, destination: string): Promise<MessageAnswer> {
  const faults = await destinationFaults(deps.destinations, 'name', [destination]);
  if (faults.length > 0) throw new InvalidInput('destinations.test', 'unknown_destination', faults, 404);
  const text = `dingdock ${inBoth(WORDS, (words) => words.test)} · ${destination}`;
  return sendMessage(deps, { caller, waitMs: TEST_WAIT_MS, body: { to: [destination], text } });
}

/** A message, for whoever may use all its destinations. */
export async function getMessage(
  { messages }: Pick<SendDeps, 'messages'>,
  id: string,
  access: Access,
): Promise<MessageAnswer> {
  const message = await messages.get(id);
  if (message) {
    requireDestinations(access, Object.keys(message.deliveries));
    return messageView(message);
  }
  const fault = { path: 'id', code: 'unknown_message', message: `no message has the id "${id}"` };
  throw new InvalidInput('messages.get', 'unknown_message', [fault], 404);
}

/** 200 once it is known what became of the message, 202 while it is on its way. */
export function statusOf({ status }: MessageAnswer): 200 | 202 {
  return isFinished(status) ? 200 : 202;
}

/** `Prefer: wait=20` in milliseconds, 0 without it (RFC 7240). */
export function waitMsOf(prefer: string | undefined): number {
  const seconds = Number(/(?:^|[,;\s])wait=(\d+)/.exec(prefer ?? '')?.[1] ?? 0);
  return Math.min(seconds, LONGEST_WAIT_S) * 1000;
}

/** The answer to a caller who does not wait: the same at every repeat, whatever became of the message meanwhile. */
function acceptedView({ id, createdAt }: Message) {
  return { id, status: 'queued' as const, createdAt, links: { self: `/messages/${id}` } };
}

export type MessageAnswer = MessageView | ReturnType<typeof acceptedView>;
