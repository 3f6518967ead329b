import { sha256 } from '../../base/hash.ts';
import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import type { Rendered } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Mention } from '../mention.ts';
import { keywordIn, keywordOf, withKeyword } from './keyword.ts';
import { renderFor } from './render.ts';
import { split } from './split.ts';

/** One call to DingTalk: a part of the message, and to whom of the destination. */
export type Step = { rendered: Rendered; bytes: number; part: number; destination: Destination };

/** Room for "(123/456)" and the line breaks after it, as they stand in JSON. */
const NUMBER_BYTES = 20;
/** DingTalk adds msgUuid to the body's bytes. */
const UUID_BYTES = 90;

/**
 * The calls that send a message to its destination, in order: each part goes to all people before the next part. The same
 * message always gives the same plan, so that finished steps can be counted.
 */
export function planFor(destination: Destination, content: Content, mention?: Mention): Step[] {
  const batches = batchesOf(destination);
  const parts = outlineOf(destination, content, mention).parts();
  return parts.flatMap((part, index) => {
    const rendered = renderFor(destination, part, index === 0 ? mention : undefined);
    const bytes = measure(rendered);
    const isLast = index === parts.length - 1;
    return batches.map((batch) => ({ rendered, bytes, part: index, destination: asking(batch, isLast, batches) }));
  });
}

/** Whom it reached is told of the last part alone, and DingTalk is asked for it where one call is enough. */
function asking(destination: Destination, isLast: boolean, { length }: Destination[]): Destination {
  if (isLast && length === 1) return destination;
  return kindOf(destination).asking?.(destination, isLast ? undefined : false) ?? destination;
}

/**
 * Identifies a plan of several calls; undefined for a single call, since the plan cannot change halfway, unless it comes in
 * place of another. A robot's token may change: the calls stay the same.
 */
export function planIdOf(plan: Step[], before?: string): string | undefined {
  if (plan.length < 2 && before === undefined) return undefined;
  const steps = plan.map(({ part, destination, bytes }) => [part, destination.kind, idsIn(destination), bytes]);
  return sha256(JSON.stringify(steps), 16);
}

/** The lists of ids that batches are made of: people, departments. */
function idsIn(destination: Destination): [string, unknown][] {
  return Object.entries(destination).filter(
    ([, member]) => Array.isArray(member) && member.every((each) => typeof each !== 'object'),
  );
}

/** A content as one kind of destination takes it: rendered and measured once, split only when the parts are asked for. */
export type Outline = { bytes: number; frameBytes: number; parts(): Content[] };

export function outlineOf(destination: Destination, content: Content, mention: Mention | undefined): Outline {
  const keyword = keywordOf(destination);
  const whole = withKeyword(content, keyword);
  const bytes = measure(renderFor(destination, whole, mention));
  if (content.kind !== 'text' && content.kind !== 'markdown') return { bytes, frameBytes: 0, parts: () => [whole] };
  const frameBytes = measure(renderFor(destination, withKeyword({ ...content, text: '' }, keyword), mention));
  const limit = kindOf(destination).maxBytes - UUID_BYTES;
  return {
    bytes,
    frameBytes,
    parts: () => (bytes <= limit ? [whole] : partsOf(content, limit - frameBytes - NUMBER_BYTES, keyword)),
  };
}

/** Whether DingTalk is asked whom the message reached: where one call is enough. */
export function asksReaders(destination: Destination, confirm: boolean | undefined): boolean {
  const asked = confirming(destination, confirm);
  return 'confirm' in asked && asked.confirm === true && batchCount(destination) === 1;
}

/** The destination with word on whether DingTalk is asked whom the message reached, as it or the message says. */
export function confirming(destination: Destination, confirm: boolean | undefined): Destination {
  const asked = ('confirm' in destination && destination.confirm) || confirm || undefined;
  return kindOf(destination).asking?.(destination, asked) ?? destination;
}

/** How many calls one part takes: DingTalk limits the receivers of a call. */
export function batchCount(destination: Destination): number {
  return batchesOf(destination).length;
}

function batchesOf(destination: Destination): Destination[] {
  return kindOf(destination).batches?.(destination) ?? [destination];
}

/** A text that is too long, in numbered parts. */
function partsOf(content: Extract<Content, { kind: 'text' | 'markdown' }>, budget: number, keyword: string): Content[] {
  const pieces = split(content.text, budget, content.kind === 'markdown');
  const gap = content.kind === 'markdown' ? '\n\n' : '\n';
  return pieces.map(({ before, body, after }, index) => ({
    ...content,
    text: `(${index + 1}/${pieces.length})${keywordIn(body, keyword) ? '' : ` ${keyword}`}${gap}${before}${body}${after}`,
  }));
}

/** Bytes as DingTalk counts them. */
export function measure({ measured }: Rendered): number {
  return Buffer.byteLength(JSON.stringify(measured));
}
