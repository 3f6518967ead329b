import type { MessageView } from '../contract/answers/messages.ts';
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

function waitOf({ waits }: Delivery): string[] {
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
