import type { Change } from './item.ts';

/**
 * Leases on items: while one lasts, its owner alone works on the item. An item carries `leaseOwner` and `leaseUntil`
 * (epoch ms). A worker that died leaves a lease that runs out. Each acquisition has an owner of its own: the SDK repeats a
 * write whose answer was lost, and the repeat must not find itself refused.
 */
export type Lease = { owner: string; until: number };

/** The members of an item whose lease is given back. */
export const RELEASED = { leaseOwner: undefined, leaseUntil: undefined };

/** The members of an item whose lease is held. */
export const leased = ({ owner, until }: Lease) => ({ leaseOwner: owner, leaseUntil: until });

/** Later than this beyond what the same rule gives now, the end of a lease is another clock's mistake. */
const FAR_MS = 5 * 60_000;

/** A change that takes the lease, if it is free, ran out before `now`, ends later than it could, or is that of `from`. */
export function acquiring(lease: Lease & { now: number; from?: string }, change: Change = {}): Change {
  const { owner, now, from = owner } = lease;
  const free =
    'attribute_not_exists(#leaseOwner) OR #leaseUntil < :leaseNow OR #leaseUntil > :leaseFar OR ' +
    '#leaseOwner IN (:leaseHolder, :leaseFrom)';
  const values = { leaseNow: now, leaseFar: lease.until + FAR_MS, leaseHolder: owner, leaseFrom: from };
  return guarded(free, change, leased(lease), values);
}

/** A change that only the owner of the lease may make; with `until` it keeps the lease for longer. */
export function holding(owner: string, change: Change = {}, until?: number): Change {
  return guarded(MINE, change, until === undefined ? {} : { leaseUntil: until }, { leaseHolder: owner });
}

/** The owner's last change: it gives the lease back. `repeated`: what holds where the very same change was made before. */
export function releasing(owner: string, change: Change = {}, repeated?: string): Change {
  return guarded(repeated === undefined ? MINE : `${MINE} OR ${repeated}`, change, RELEASED, { leaseHolder: owner });
}

const MINE = '#leaseOwner = :leaseHolder';

function guarded(guard: string, change: Change, set: object, values: Record<string, unknown>): Change {
  return {
    ...change,
    set: { ...change.set, ...set },
    when: change.when === undefined ? guard : `(${guard}) AND (${change.when})`,
    values: { ...change.values, ...values },
  };
}
