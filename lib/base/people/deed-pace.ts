/** Holds what each person does to tasks to a pace: taps on pages and cards, commands to the robot. */
export type DeedPace = {
  /** Takes one of the person's deeds, or answers when the next one is free (epoch ms). */
  take(userId: string): Promise<{ granted: true } | { granted: false; retryAt: number }>;
  /** Whether the person is to be told that a deed was refused: an answer may be a call, so it is given once a minute. */
  mayTell(userId: string): Promise<boolean>;
};

const MINUTE_MS = 60_000;
/** Each deed may cost a message, an update of a card and one of a to-do: nobody needs more of them in any minute. */
export const DEEDS = { messages: 10, perMs: MINUTE_MS };
export const REFUSALS_TOLD = { messages: 1, perMs: MINUTE_MS };

/** When the person may go on; undefined when they may now. */
export async function tooFast(
  { deeds, now }: { deeds: DeedPace; now: () => number },
  userId: string,
): Promise<{ againInS: number } | undefined> {
  const taken = await deeds.take(userId);
  return taken.granted ? undefined : { againInS: Math.max(1, Math.ceil((taken.retryAt - now()) / 1000)) };
}
