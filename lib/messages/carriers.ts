import type { Fault } from '../base/errors.ts';
import type { Content } from './content.ts';
import type { Destination } from './destination.ts';
import type { Kind } from './kinds/kind.ts';
import { KINDS, kindOf } from './kinds/kinds.ts';
import { hasMentions, type Mention } from './mention.ts';
import { type Outline, outlineOf } from './render/plan.ts';

/** A longer content would not fit into its record. */
const MAX_CONTENT_BYTES = 200_000;

/** What a message says, and to whom of those who read it. */
type Said = { content: Content; mention?: Mention | undefined; outline?(): Outline };

/** All reasons why `destination` cannot carry this message; empty when it can. */
export function carryFaults(
  name: string,
  destination: Destination,
  { content, mention, outline = () => outlineOf(destination, content, mention) }: Said,
): Fault[] {
  const { kind } = destination;
  const { carries, maxButtons, linkNeedsPicture, takesStatus } = kindOf(destination);
  if (!carries.includes(content.kind)) {
    const able = kindsWhere((carrier) => carrier.carries.includes(content.kind));
    const message = `"${name}" is a ${kind} and cannot carry ${content.kind}; it carries ${carries.join(', ')}. Kinds that carry ${content.kind}: ${able}`;
    return [{ path: content.kind, code: 'content_not_carried', message }];
  }
  const faults: Fault[] = [
    ...mentionFaults(name, destination, content, mention),
    ...lengthFaults(name, destination, content, outline()),
  ];
  if (content.kind === 'actionCard' && content.buttons.length > maxButtons) {
    const message = `${content.buttons.length} buttons for "${name}"; a ${kind} shows ${maxButtons}`;
    faults.push({ path: 'actionCard.buttons', code: 'too_many_buttons', message });
  }
  if (content.kind === 'link' && linkNeedsPicture && content.pictureUrl === undefined) {
    const message = `a link to a ${kind} such as "${name}" needs a picture; for robots it is optional`;
    faults.push({ path: 'link.pictureUrl', code: 'picture_missing', message });
  }
  if (content.kind === 'oa' && content.status && !takesStatus?.(destination)) {
    const message = `a status bar goes to at most five people of a ${kindsWhere((able) => able.takesStatus !== undefined)}, and "${name}" has more people or another kind`;
    faults.push({ path: 'oa.status', code: 'status_not_carried', message });
  }
  return faults;
}

function mentionFaults(
  name: string,
  destination: Destination,
  content: Content,
  mention: Mention | undefined,
): Fault[] {
  if (!hasMentions(mention) || mention.fallback === 'text' || mention.fallback === 'none') return [];
  const { kind } = destination;
  const external = 'external' in destination && destination.external === true;
  if (!external && kindOf(destination).mentions.includes(content.kind)) return [];
  const able = kindsWhere((carrier) => carrier.mentions.includes(content.kind));
  const who = external ? `a robot of an external group such as "${name}"` : `a ${kind} such as "${name}"`;
  const message = `${who} does not notify people mentioned in ${content.kind}; set mention.fallback to "text" to show the names only, to "none" to leave them out, or use a kind that can: ${able}`;
  return [{ path: 'mention', code: 'mention_not_carried', message }];
}

/** Text and Markdown are split; other content that is too long is refused with its size. */
function lengthFaults(
  name: string,
  destination: Destination,
  content: Content,
  { bytes, frameBytes }: Outline,
): Fault[] {
  const { maxBytes } = kindOf(destination);
  const splits = content.kind === 'text' || content.kind === 'markdown';
  const most = splits ? MAX_CONTENT_BYTES : maxBytes;
  const frameMost = maxBytes / 2;
  if (bytes > most) {
    const message = `${bytes} bytes for "${name}"; a ${destination.kind} takes ${most}`;
    return [{ path: content.kind, code: 'too_long', message }];
  }
  if (!splits || frameBytes <= frameMost) return [];
  const message = `title and mentions take ${frameBytes} bytes for "${name}"; more than ${frameMost} leave no room for the text`;
  return [{ path: content.kind, code: 'too_long', message }];
}

function kindsWhere(test: (kind: Kind) => boolean): string {
  const kinds = Object.entries(KINDS).filter(([, kind]) => test(kind));
  return kinds.map(([kind]) => kind).join(', ') || 'none';
}
