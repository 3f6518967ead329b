import type { MessageView } from '../contract/answers/messages.ts';
import type { MessagePlan, TaskPlan } from '../contract/answers/plans.ts';
import { EXIT } from './exit.ts';
import type { Style } from './terminal.ts';

type Delivery = NonNullable<MessageView['deliveries']>[number];

/** What became of a message, with the reason and the remedy where it failed. */
export function linesOf(
  { id, status, deliveries = [] }: MessageView,
  style: Pick<Style, 'good' | 'bad' | 'warn'>,
): string[] {
  const unsent = /queued|sending/.test(status) ? style.warn('…') : style.bad('✗');
  const sign = status === 'sent' ? style.good('✓') : unsent;
  const why = (delivery: Delivery) => {
    const { code, reason, remedy } = delivery.attempts.at(-1) ?? {};
    return delivery.status === 'sent' ? [] : [code, reason, remedy].filter((word) => word !== undefined);
  };
  return [
    `${sign} ${id} ${status}`,
    ...deliveries.flatMap((each) => [
      [`  ${each.destination}: ${each.status}`, ...why(each), ...waitOf(each)].join(' · '),
      ...reachOf(each),
      ...(each.warnings ?? []).map(({ message }) => `  ${style.warn('!')} ${message}`),
    ]),
  ];
}

/** What a dry run found: what would go where, and what stands in its way. */
export function planLinesOf(plan: MessagePlan | TaskPlan, style: Pick<Style, 'warn' | 'dim'>): string[] {
  const warnings = 'warnings' in plan ? (plan.warnings ?? []).map(({ message }) => message) : [];
  const skipped = 'skipped' in plan ? (plan.skipped ?? []).map(({ person, reason }) => `${person}: ${reason}`) : [];
  return [
    ...plan.deliveries.map(({ destination, kind, content, parts, calls, ...rest }) => {
      const bytes = parts.map((part) => part.bytes).join(' + ');
      const said = `would send ${content} to ${destination} ${style.dim(`(${kind})`)}: ${bytes} bytes`;
      return [said, callsIn(calls), ...peopleIn(rest.reach), ...waitOf(rest)].join(' · ');
    }),
    ...[...warnings, ...skipped].map((words) => `${style.warn('!')} ${words}`),
    `${callsIn(plan.calls)} to DingTalk; nothing was sent`,
  ];
}

function callsIn(calls: number): string {
  return `${calls} call${calls === 1 ? '' : 's'}`;
}

function peopleIn({ people, departments, everybody }: MessagePlan['deliveries'][number]['reach'] = {}): string[] {
  return [
    ...(people === undefined ? [] : [`${people} people`]),
    ...(departments === undefined ? [] : [`${departments} departments`]),
    ...(everybody ? ['everybody'] : []),
  ];
}

function waitOf({ waits }: Pick<Delivery, 'waits'>): string[] {
  return waits ? [`waits for ${[waits.for, waits.reason].filter(Boolean).join(' ')} until ${waits.until}`] : [];
}

/** Of how many people it is known that it reached them, and whom it did not reach. */
function reachOf({ reach }: Delivery): string[] {
  if (!reach) return [];
  const { reached, notReached, unconfirmed } = reach;
  const all = reached.length + notReached.length + unconfirmed.length;
  return [
    `  reached ${reached.length} of ${all}`,
    ...(notReached.length > 0 ? [`  not reached: ${notReached.join(', ')}`] : []),
    ...(unconfirmed.length > 0 ? [`  DingTalk does not say: ${unconfirmed.join(', ')}`] : []),
  ];
}

/** @param accepted whether nobody asked for more than that it is kept */
export function exitOf({ status }: MessageView, accepted = false): number {
  if (status === 'sent' || (accepted && status === 'queued')) return EXIT.done;
  return /^(queued|sending)$/.test(status) ? EXIT.pending : EXIT.failed;
}
