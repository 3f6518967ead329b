import type { Fault } from '../errors.ts';
import { CONTENT_KINDS, type Content, type ContentKind } from './content.ts';
import type { Destination, DestinationKind } from './destination.ts';
import { type Mention, mentionsAnybody } from './mention.ts';
import { renderFor } from './render.ts';

type Carrier = {
  carries: readonly ContentKind[];
  /** Contents in which people can be mentioned so that DingTalk notifies them. */
  mentions: readonly ContentKind[];
  /** DingTalk's limit on what `renderFor` makes, in UTF-8 bytes. */
  maxBytes: number;
};

/** What each kind of destination can carry (messaging.md §2.2, §2.5, §3.1, §3.7, §5.1, §6). The refusals are made from it. */
export const CARRIERS: Record<DestinationKind, Carrier> = {
  'custom-robot': {
    carries: ['text', 'markdown', 'link', 'actionCard'],
    mentions: ['text', 'markdown', 'actionCard'],
    maxBytes: 20_000,
  },
  'robot-group': { carries: CONTENT_KINDS, mentions: [], maxBytes: 15_000 },
  'robot-users': { carries: CONTENT_KINDS, mentions: [], maxBytes: 15_000 },
  'work-notification': { carries: CONTENT_KINDS, mentions: [], maxBytes: 2_048 },
  conversation: { carries: CONTENT_KINDS, mentions: [], maxBytes: 2_048 },
};

/** Everything that keeps `destination` from carrying this message; empty when it can. */
export function carryFaults(name: string, destination: Destination, content: Content, mention?: Mention): Fault[] {
  const { carries, mentions, maxBytes } = CARRIERS[destination.kind];
  if (!carries.includes(content.kind)) {
    const able = kindsWhere((carrier) => carrier.carries.includes(content.kind));
    const message = `"${name}" is a ${destination.kind} and cannot carry ${content.kind}; it carries ${carries.join(', ')}. Kinds that carry ${content.kind}: ${able}`;
    return [{ path: content.kind, code: 'content_not_carried', message }];
  }
  const faults: Fault[] = [];
  if (mentionsAnybody(mention) && mention.fallback !== 'text' && !mentions.includes(content.kind)) {
    const able = kindsWhere((carrier) => carrier.mentions.includes(content.kind));
    const message = `a ${destination.kind} such as "${name}" notifies nobody of an @ in ${content.kind}; set mention.fallback to "text" to show the names only, or use a kind that can: ${able}`;
    faults.push({ path: 'mention', code: 'mention_not_carried', message });
  }
  const bytes = Buffer.byteLength(JSON.stringify(renderFor(destination, content, mention).measured));
  if (bytes > maxBytes) {
    const message = `${bytes} bytes for "${name}"; DingTalk takes ${maxBytes} for a ${destination.kind}`;
    faults.push({ path: content.kind, code: 'too_long', message });
  }
  return faults;
}

function kindsWhere(test: (carrier: Carrier) => boolean): string {
  const kinds = Object.entries(CARRIERS).filter(([, carrier]) => test(carrier));
  return kinds.map(([kind]) => kind).join(', ') || 'none';
}
