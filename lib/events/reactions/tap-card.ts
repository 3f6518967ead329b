import { ServiceError } from '../../base/errors.ts';
import { type IdLetter, isIdOf } from '../../base/ids.ts';
import { type DeedPace, tooFast } from '../../base/people/deed-pace.ts';
import type { Robot } from '../../dingtalk/robot.ts';
import { tappedOn } from '../../messages/render/card.ts';
import { type CardClick, cardClickOf } from '../card-click.ts';
import type { BusEvent } from '../event.ts';
import { type Corporations, type OfPeople, ownRecord } from '../own-records.ts';

export type TapDeps = Corporations & {
  deeds: DeedPace;
  now: () => number;
  appNamed(name?: string): { name: string; robot: Pick<Robot, 'sendToUsers'> };
};

/** The records of one letter, by their cards. */
export type OnCards<R> = {
  letter: IdLetter;
  get(id: string): Promise<R | undefined>;
  /** Whether this card of this app is one of the record's; `later` while that is not noted. */
  owns(record: R, card: { id: string; app: string }): boolean | 'later';
  tooFast(record: R, againInS: number): string;
  /** What a tap does; the answer is what the person has to be told, where the card does not show it. */
  tap(record: R, person: string, tap: string): Promise<string | undefined>;
};

const DAY_MS = 24 * 3_600_000;

/**
 * A tap on a button of a record's card is a deed of the person whom DingTalk names. The signature of a tap covers neither the
 * person nor the card (callbacks.md §7.3), and anybody can make a card with such a button: it has to be one of the record's
 * own, whose ids nobody can guess, and the record says who may.
 */
export function tapCard<R extends OfPeople>(deps: TapDeps, of: OnCards<R>) {
  return (event: BusEvent) => {
    const click = cardClickOf(event);
    const tapped = click && tappedOn(click.action);
    if (!click || !tapped || !isIdOf(of.letter, tapped.id)) return undefined;
    return { usefulMs: DAY_MS, run: () => tap(deps, of, { ...click, ...tapped, app: event.app }) };
  };
}

type Tapped = CardClick & { id: string; tap: string; app: string };

async function tap<R extends OfPeople>(deps: TapDeps, of: OnCards<R>, tapped: Tapped): Promise<void> {
  const { app, userId, outTrackId } = tapped;
  const found = ownRecord(deps, app, await of.get(tapped.id));
  const owns = found !== undefined && of.owns(found, { id: outTrackId, app });
  if (owns === 'later') throw new ServiceError('cards.tap', { code: 'card_not_noted', retryable: true });
  if (!found || !owns) return;
  const text = await answerTo(deps, of, found, tapped);
  if (text === undefined) return;
  const message = { msgKey: 'sampleText', msgParam: { content: text } };
  await deps.appNamed(app).robot.sendToUsers({ ...message, userIds: [userId] });
}

async function answerTo<R>(deps: TapDeps, of: OnCards<R>, found: R, { userId, tap: on }: Tapped) {
  const fast = await tooFast(deps, userId);
  if (!fast) return of.tap(found, userId, on);
  return (await deps.deeds.mayTell(userId)) ? of.tooFast(found, fast.againInS) : undefined;
}
