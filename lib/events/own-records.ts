/** Whose people an app's are; undefined for an app that is gone. */
export type Corporations = { corpIdOf(app: string): string | undefined };

export type OfPeople = { corpId?: string | undefined };

/**
 * The record, if its people can be those of this app: a userId is one person only within its organisation (identity.md §6).
 * The app is what the door proved: what a message says of its organisation is not signed (callbacks.md §5.2).
 */
export function ownRecord<T extends OfPeople>(
  { corpIdOf }: Corporations,
  app: string,
  record: T | undefined,
): T | undefined {
  return record?.corpId === undefined || record.corpId === corpIdOf(app) ? record : undefined;
}
