import { ServiceError } from '../../base/errors.ts';
import { REMEDIES } from '../../base/words/en.ts';
import { type DestinationStore, type ReplyPlace, replyNamed } from '../destination.ts';
import { robotBody } from '../render/render-robot.ts';
import { APP_ROBOT } from './app-robot.ts';
import { WEBHOOK } from './custom-robot.ts';
import { type Kind, notCarried, unconfirmed } from './kind.ts';
import { robotGroup } from './robot-group.ts';
import { robotUsers } from './robot-users.ts';

/** Places where somebody wrote to a robot, by app and id of what they wrote (`placeIdOf`). */
export type ReplyPlaces = { get(id: string): Promise<ReplyPlace | undefined> };

/** A session webhook that expires within this time is not used. */
const MARGIN_MS = 5_000;

/** What both ways take, so that an answer is not refused because the session ended meanwhile. */
const BOTH = ['text', 'markdown', 'link', 'actionCard'] as const;

/**
 * An answer where somebody wrote to an app's robot: by the session webhook while it lives (messaging.md §4), else by the
 * robot. The webhook knows no repeats.
 */
export const reply: Kind<ReplyPlace> = {
  carries: BOTH,
  mentions: WEBHOOK.mentions,
  maxButtons: APP_ROBOT.maxButtons,
  maxBytes: APP_ROBOT.maxBytes,
  quota: WEBHOOK.quota,
  identity: ({ app, group, people, address }) => JSON.stringify([app, group ?? people ?? address]),
  render(content, mention) {
    const { body, mentioned } = WEBHOOK.render(content, mention);
    return { form: 'reply', body, byApp: robotBody(content), measured: body, mentioned };
  },
  async send(calls, to, { rendered, uuid }) {
    if (rendered.form !== 'reply') throw notCarried();
    const { address } = to;
    const session = calls.sessionOf(to.app);
    if (address !== undefined && isOpen(to, calls.now()) && session.owns(address)) {
      const answer = await session.send(address, rendered.body);
      if (answer === 'sent') return { people: unconfirmed(rendered.mentioned) };
    }
    const message = { rendered: { form: 'robot' as const, ...rendered.byApp, measured: rendered.measured }, uuid };
    const other = byAppOf(to);
    if (!other) throw unreachable();
    return other.kind === 'robot-users'
      ? robotUsers.send(calls, other, message)
      : robotGroup.send(calls, other, message);
  },
};

/**
 * Also resolves names made by `nameOfReply`, never for names that callers give. Where the session webhook has expired, the
 * place is one of the app's robot, as any other. A message is sent to the place of the time when it was accepted: its calls
 * stay the same when the session ends between them.
 */
export function withReplies(destinations: DestinationStore, places: ReplyPlaces, now: () => number): DestinationStore {
  return {
    ...destinations,
    async get(name, at = now()) {
      const id = replyNamed(name);
      if (id === undefined) return destinations.get(name);
      const place = await places.get(id);
      if (!place || isOpen(place, at)) return place;
      return byAppOf(place) ?? place;
    },
  };
}

/** Whether a session webhook lives, as far as its time says. */
export function isOpen({ address, until }: Pick<ReplyPlace, 'address' | 'until'>, now: number): boolean {
  return address !== undefined && until - MARGIN_MS > now;
}

/** The same people by the app's robot; undefined for somebody whom it cannot reach alone, from outside of the company. */
export function byAppOf({ app, group, people }: ReplyPlace) {
  if (group !== undefined) return { kind: 'robot-group' as const, app, openConversationId: group };
  return people && { kind: 'robot-users' as const, app, userIds: people };
}

function unreachable(): ServiceError {
  return new ServiceError('messages.send', { code: 'not_reachable', retryable: false, remedy: REMEDIES.outsider });
}
