import { CONTENT_KINDS } from '../../contract/contents.ts';
import type { Fault } from '../base/errors.ts';
import type { Content } from './content.ts';
import type { Destination, DestinationKind } from './destination.ts';
import { hasMentions, type Mention } from './mention.ts';
import { MAX_BYTES, type Outline, outlineOf } from './render/plan.ts';
import { MAX_ROBOT_BUTTONS } from './render/render-robot.ts';

type Carrier = {
  carries: readonly Content['kind'][];
  /** Contents in which people can be mentioned so that DingTalk notifies them. */
  mentions: readonly Content['kind'][];
  /** Buttons of an action card. */
  maxButtons: number;
};

const WEBHOOK: Carrier = {
  carries: ['text', 'markdown', 'link', 'actionCard', 'feedCard'],
  mentions: ['text', 'markdown', 'actionCard'],
  maxButtons: 20,
};
const APP_ROBOT: Carrier = {
  carries: ['text', 'markdown', 'link', 'actionCard', 'image', 'voice', 'file', 'card', 'cardChange'],
  mentions: [],
  maxButtons: MAX_ROBOT_BUTTONS,
};
const NOTIFICATION: Carrier = {
  carries: CONTENT_KINDS.filter((kind) => kind !== 'feedCard' && kind !== 'card'),
  mentions: [],
  maxButtons: 10,
};

/** What each kind of destination can carry (messaging.md §2.2, §2.3, §3.7, §5.2, §6). */
export const CARRIERS: Record<DestinationKind, Carrier> = {
  'custom-robot': WEBHOOK,
  'custom-robot-pool': WEBHOOK,
  'robot-group': APP_ROBOT,
  'robot-users': APP_ROBOT,
  'work-notification': NOTIFICATION,
  conversation: NOTIFICATION,
};

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
  const { carries, maxButtons } = CARRIERS[kind];
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
  if (content.kind === 'link' && CARRIERS[kind] === NOTIFICATION && content.pictureUrl === undefined) {
    const message = `a link to a ${kind} such as "${name}" needs a picture; for robots it is optional`;
    faults.push({ path: 'link.pictureUrl', code: 'picture_missing', message });
  }
  if (content.kind === 'oa' && content.status && !takesStatus(destination)) {
    const message = `a status bar goes to at most five people of a work-notification, and "${name}" has more people or another kind`;
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
  if (!external && CARRIERS[kind].mentions.includes(content.kind)) return [];
  const able = kindsWhere((carrier) => carrier.mentions.includes(content.kind));
  const who = external ? `a robot of an external group such as "${name}"` : `a ${kind} such as "${name}"`;
  const message = `${who} does not notify people mentioned in ${content.kind}; set mention.fallback to "text" to show the names only, to "none" to leave them out, or use a kind that can: ${able}`;
  return [{ path: 'mention', code: 'mention_not_carried', message }];
}

/** Text and Markdown are split; other content that is too long is refused with its size. */
function lengthFaults(name: string, { kind }: Destination, content: Content, { bytes, frameBytes }: Outline): Fault[] {
  const splits = content.kind === 'text' || content.kind === 'markdown';
  const most = splits ? MAX_CONTENT_BYTES : MAX_BYTES[kind];
  const frameMost = MAX_BYTES[kind] / 2;
  if (bytes > most) {
    const message = `${bytes} bytes for "${name}"; a ${kind} takes ${most}`;
    return [{ path: content.kind, code: 'too_long', message }];
  }
  if (!splits || frameBytes <= frameMost) return [];
  const message = `title and mentions take ${frameBytes} bytes for "${name}"; more than ${frameMost} leave no room for the text`;
  return [{ path: content.kind, code: 'too_long', message }];
}

/** oa.status_bar: people only, five at most (messaging.md §5.2). */
function takesStatus(destination: Destination): boolean {
  if (destination.kind !== 'work-notification' || destination.all || destination.departmentIds) return false;
  return (destination.userIds?.length ?? 0) <= 5;
}

function kindsWhere(test: (carrier: Carrier) => boolean): string {
  const kinds = Object.entries(CARRIERS).filter(([, carrier]) => test(carrier));
  return kinds.map(([kind]) => kind).join(', ') || 'none';
}
