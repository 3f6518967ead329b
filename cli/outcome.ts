import * as v from 'valibot';
import { EXIT } from './exit.ts';
import type { Style } from './terminal.ts';

const Attempt = v.looseObject({
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  remedy: v.optional(v.string()),
});
const Delivery = v.looseObject({
  destination: v.string(),
  status: v.string(),
  attempts: v.optional(v.array(Attempt), []),
});
/** A message as the API shows it; without deliveries while nobody waits. */
export const MessageView = v.looseObject({
  id: v.string(),
  status: v.string(),
  deliveries: v.optional(v.array(Delivery), []),
});
export type MessageView = v.InferOutput<typeof MessageView>;

/** What became of a message, with the reason and the remedy where it failed. */
export function linesOf(
  { id, status, deliveries }: MessageView,
  style: Pick<Style, 'good' | 'bad' | 'warn'>,
): string[] {
  const unsent = /queued|sending/.test(status) ? style.warn('…') : style.bad('✗');
  const sign = status === 'sent' ? style.good('✓') : unsent;
  const why = (delivery: MessageView['deliveries'][number]) => {
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
