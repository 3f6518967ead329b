import type { MessageView } from '../contract/answers/messages.ts';
import { EXIT } from './exit.ts';
import type { Style } from './terminal.ts';

/** What became of a message, with the reason and the remedy where it failed. */
export function linesOf(
  { id, status, deliveries = [] }: MessageView,
  style: Pick<Style, 'good' | 'bad' | 'warn'>,
): string[] {
  const unsent = /queued|sending/.test(status) ? style.warn('…') : style.bad('✗');
  const sign = status === 'sent' ? style.good('✓') : unsent;
  const why = (delivery: NonNullable<MessageView['deliveries']>[number]) => {
    const { code, reason, remedy } = delivery.attempts.at(-1) ?? {};
    return delivery.status === 'sent' ? [] : [code, reason, remedy].filter((word) => word !== undefined);
  };
  return [
    `${sign} ${id} ${status}`,
    ...deliveries.map((each) => [`  ${each.destination}: ${each.status}`, ...why(each)].join(' · ')),
  ];
}

/** @param accepted whether nobody asked for more than that it is kept */
export function exitOf({ status }: MessageView, accepted = false): number {
  if (status === 'sent' || (accepted && status === 'queued')) return EXIT.done;
  return /^(queued|sending)$/.test(status) ? EXIT.pending : EXIT.failed;
}
