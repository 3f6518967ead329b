/** Counts what each person does to tasks: taps on pages and cards, commands to the robot. */
export type DeedPace = {
  /** Counts a deed: how many there were in this minute, and when the next minute begins (s). */
  count(userId: string): Promise<{ used: number; nextMinuteInS: number }>;
};

/** Each deed may cost a message, an update of a card and one of a to-do: nobody needs more of them in a minute. */
export const DEEDS_A_MINUTE = 10;

/** When the person may go on; undefined when they may now. `first`: the first deed of the minute that is refused. */
export async function tooFast(
  deeds: DeedPace,
  userId: string,
): Promise<{ againInS: number; first: boolean } | undefined> {
  const { used, nextMinuteInS } = await deeds.count(userId);
  if (used <= DEEDS_A_MINUTE) return undefined;
  return { againInS: nextMinuteInS, first: used === DEEDS_A_MINUTE + 1 };
}
