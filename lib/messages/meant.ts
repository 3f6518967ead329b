import { type Access, maySeeNames } from '../base/access.ts';
import { nearest } from '../base/nearest.ts';
import type { DestinationLister } from './destination.ts';

/** Among so many names the meant one is looked for. */
const MOST_NAMES = 1_000;

/** Finds the registered name that a mistyped one most likely stands for. */
export type Meant = (name: string) => Promise<string | undefined>;

/** For a caller who may see the names of destinations; the others learn none. Asks the table once, at the first name. */
export function meantBy(destinations: DestinationLister, access: Access): Meant {
  if (!maySeeNames(access)) return async () => undefined;
  let names: Promise<string[]> | undefined;
  return async (name) => {
    names ??= destinations.list({ limit: MOST_NAMES }).then((page) => page.destinations.map((one) => one.name));
    return nearest(name, await names);
  };
}

/** The end of what is said of an unknown name. */
export function orMeant(meant: string | undefined): string {
  return meant === undefined ? '' : `; did you mean "${meant}"?`;
}
