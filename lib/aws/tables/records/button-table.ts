import * as v from 'valibot';
import type { Dynamodb } from '../../dynamodb.ts';
import { changeItem, getItem, toItem } from '../item.ts';

const SEEN = 'card-buttons';
const TRIAL = 'card-trial';
/** Longer than anybody waits for a tap. */
const TRIAL_S = 24 * 3_600;

/** A card with a button that was sent to a person, to see whether a tap comes back, and what the app was like then. */
const Trial = v.object({
  app: v.string(),
  userId: v.string(),
  appKey: v.string(),
  templateId: v.string(),
  routeKey: v.string(),
  /** A tap after it is none (epoch ms). */
  until: v.number(),
});
export type Trial = v.InferOutput<typeof Trial>;

/** What a tap came back with. */
const Seen = v.object({ card: v.string(), appKey: v.string(), templateId: v.string(), routeKey: v.string() });

/** In the table of records: cards that were tried, by their own ids, and of each app that a tap on one came back. */
export function createButtonTable(client: Dynamodb, TableName: string) {
  const at = (part: string, id: string) => ({ TableName, Key: toItem({ part, id }) });
  return {
    async try(card: string, trial: Trial): Promise<void> {
      const ttl = Math.ceil(trial.until / 1000) + TRIAL_S;
      await changeItem(client, at(TRIAL, card), { set: { ...trial, ttl } });
    },

    /** Notes a tap, if it is on a card that was tried, at the app's own door, by that person and in time. */
    async tapped(card: string, tap: { app: string; userId: string; at: number }): Promise<void> {
      const trial = await getItem(client, at(TRIAL, card), Trial);
      if (!trial || trial.app !== tap.app || trial.userId !== tap.userId || trial.until <= tap.at) return;
      const { appKey, templateId, routeKey } = trial;
      await changeItem(client, at(SEEN, trial.app), { set: { card, appKey, templateId, routeKey } });
    },

    seen: (app: string) => getItem(client, at(SEEN, app), Seen),
  };
}
