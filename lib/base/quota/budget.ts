/**
 * Takes calls to DingTalk from what a key may make in a month; a number below zero gives back.
 * @throws NotAllowed when there are fewer left
 */
export type Spend = (calls: number) => Promise<void>;

/** Does what will take so many calls at most, if the key has them left; gives them back when nothing new came of it. */
export async function spending<T>(
  spend: Spend | undefined,
  calls: number,
  work: { run(): Promise<T>; isNew?(made: T): boolean },
): Promise<T> {
  if (!spend || calls === 0) return work.run();
  await spend(calls);
  const giveBack = () => spend(-calls).catch(() => undefined); // counted too high at worst
  try {
    const made = await work.run();
    if (work.isNew?.(made) === false) await giveBack();
    return made;
  } catch (error) {
    await giveBack();
    throw error;
  }
}
