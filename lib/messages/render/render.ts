import type { Content } from '../content.ts';
import type { Destination } from '../destination.ts';
import { atList, hasMentions, type Mention, withVisibleMentions } from '../mention.ts';
import { notificationBody } from './render-notification.ts';
import { robotBody } from './render-robot.ts';
import { webhookBody } from './render-webhook.ts';

type Json = Record<string, unknown>;

/** A message as DingTalk takes it. `measured` is the part whose UTF-8 bytes DingTalk limits. */
export type Rendered =
  | { form: 'webhook'; body: Json; measured: Json; mentioned: string[] }
  | { form: 'robot'; msgKey: string; msgParam: Record<string, string>; measured: Json }
  | { form: 'card'; templateId: string; params: Record<string, string>; measured: Json }
  | { form: 'cardChange'; params: Record<string, string>; measured: Json }
  | { form: 'msg'; msg: Json; measured: Json };

/** Renders a content for its destination; `CARRIERS` says which destinations support it. */
export function renderFor(destination: Destination, content: Content, mention?: Mention): Rendered {
  const visible = isWritten(destination, content, mention) ? withVisibleMentions(content, mention) : content;
  switch (destination.kind) {
    case 'custom-robot':
    case 'custom-robot-pool': {
      const body = { ...webhookBody(visible), ...(hasMentions(mention) && { at: atList(mention) }) };
      const mentioned = hasMentions(mention) ? [...(mention.users ?? []), ...(mention.mobiles ?? [])] : [];
      return { form: 'webhook', body, measured: body, mentioned };
    }
    case 'robot-group':
    case 'robot-users': {
      if (content.kind === 'cardChange') return { form: 'cardChange', ...content, measured: content.params };
      if (content.kind === 'card') return { form: 'card', ...content, measured: content.params };
      const { msgKey, msgParam } = robotBody(visible);
      return { form: 'robot', msgKey, msgParam, measured: msgParam };
    }
    default: {
      const msg = notificationBody(visible);
      return { form: 'msg', msg, measured: msg };
    }
  }
}

/**
 * Whether the mentioned people are written into the text: for robots that notify them, unless the client does it for
 * `text` by itself (`mentionInText: false`); elsewhere as far as the request wants their names.
 */
function isWritten(destination: Destination, content: Content, mention: Mention | undefined): boolean {
  if (destination.kind !== 'custom-robot' && destination.kind !== 'custom-robot-pool')
    return mention?.fallback !== 'none';
  return content.kind !== 'text' || destination.mentionInText !== false;
}
