import type { MessagePlan, PlannedDelivery } from '../../contract/answers/plans.ts';
import type { Waits } from '../../contract/records/messages.ts';
import type { SendMessage } from '../../contract/requests/messages.ts';
import { defined } from '../base/defined.ts';
import { InvalidInput } from '../base/errors.ts';
import { messageOf, timeFaults } from './accept.ts';
import { contentsOf } from './content.ts';
import { costOf, type Said } from './cost.ts';
import type { DestinationStore } from './destination.ts';
import { kindOf } from './kinds/kinds.ts';
import { quotaOf } from './limits/quota.ts';
import { planFor } from './render/plan.ts';
import { warningsOf } from './send-message.ts';
import { type WaitsDeps, waitsOf } from './waits-for.ts';

/** What is too much was told before. */
const NO_MOST = { parts: Number.POSITIVE_INFINITY, calls: Number.POSITIVE_INFINITY };

/**
 * What a message would send, by the same rendering and the same costs as the sending. Nothing is kept, sent or asked of
 * DingTalk. The request was checked before (`messageFaults`).
 * @throws InvalidInput `in_the_past`, `too_far_ahead`, `expires_unsent`
 */
export async function planMessage(deps: WaitsDeps, { body }: { body: SendMessage }): Promise<MessagePlan> {
  const { to, mention, sendAt, expiresAt, priority, delivery, confirm, strict: _, ...request } = body;
  const [content] = contentsOf(request);
  const now = deps.now();
  const faults = timeFaults({ sendAt, expiresAt }, now);
  const [fault] = faults;
  if (fault || !content) throw new InvalidInput('messages.send', fault?.code ?? 'content_missing', faults);
  const names = [...new Set(to)];
  const input = { caller: '', to: names, content, mention, sendAt, expiresAt, priority, delivery };
  const message = messageOf(input, { id: '', requestHash: '', createdAt: new Date(now).toISOString() });
  const deliveries = await plannedFor(deps, names, { content, mention, confirm }, await waitsOf(deps, message));
  const warnings = warningsOf(content);
  return { dryRun: true, calls: callsOf(deliveries), deliveries, ...(warnings.length > 0 && { warnings }) };
}

/** What would go to the destinations of these names, as far as they are registered. */
export async function plannedFor(
  { destinations }: { destinations: DestinationStore },
  names: readonly string[],
  said: Said,
  waits: Record<string, Waits> = {},
): Promise<PlannedDelivery[]> {
  const found = await Promise.all(names.map(async (name) => ({ name, destination: await destinations.get(name) })));
  return found.flatMap(({ name, destination }) => {
    if (!destination) return [];
    const bytes = new Map(planFor(destination, said.content, said.mention).map((step) => [step.part, step.bytes]));
    return {
      destination: name,
      kind: destination.kind,
      content: said.content.kind,
      parts: [...bytes.values()].map((each) => ({ bytes: each })),
      calls: costOf([{ name, destination }], said, NO_MOST).calls,
      quota: quotaOf(destination),
      ...defined({ reach: kindOf(destination).reach?.(destination), waits: waits[name] }),
    };
  });
}

export function callsOf(deliveries: readonly PlannedDelivery[]): number {
  return deliveries.reduce((sum, { calls }) => sum + calls, 0);
}
