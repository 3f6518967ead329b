import { defined } from '../../base/defined.ts';
import { atList, hasMentions } from '../mention.ts';
import { webhookBody } from '../render/render-webhook.ts';
import { type DestinationOf, type Kind, notCarried, type Pace, unconfirmed } from './kind.ts';

/** DingTalk's limit for a custom robot (messaging.md §2.5) ... */
const ROBOT_PACE: Pace = { messages: 20, perMs: 60_000 };
/**
 * ... and the margin added to its window: of a minute, 4 s for clocks that are up to 2 s off, and 0.5 s of latency. The log
 * is corrected after calls that took longer.
 */
const MARGIN = 64.5 / 60;

/** What robots of a group take by their webhook (messaging.md §2). */
export const WEBHOOK = {
  carries: ['text', 'markdown', 'link', 'actionCard', 'feedCard'],
  mentions: ['text', 'markdown', 'actionCard'],
  maxButtons: 20,
  maxBytes: 20_000,
  quota: 'webhook',
  /** By `msgUuid`, as no other call does (messaging.md §2.2, §8.6). */
  repeatShowsOnce: true,
  render(content, mention) {
    const body = { ...webhookBody(content), ...(hasMentions(mention) && { at: atList(mention) }) };
    const mentioned = hasMentions(mention) ? [...(mention.users ?? []), ...(mention.mobiles ?? [])] : [];
    return { form: 'webhook', body, measured: body, mentioned };
  },
} satisfies Partial<Kind>;

/** One robot of a group. */
export const customRobot: Kind<DestinationOf<'custom-robot'>> = {
  ...WEBHOOK,
  pace({ pace = ROBOT_PACE }) {
    return { messages: pace.messages, perMs: Math.ceil(pace.perMs * MARGIN) };
  },
  identity: ({ accessToken }) => accessToken,
  async send({ webhook }, { accessToken, secret }, { rendered, uuid }) {
    if (rendered.form !== 'webhook') throw notCarried();
    await webhook.send(defined({ accessToken, secret }), { ...rendered.body, msgUuid: uuid });
    return { people: unconfirmed(rendered.mentioned) };
  },
};
