import type { Reads } from '../../incidents/reads.ts';
import type { BusEvent } from '../event.ts';

const DAY_MS = 24 * 3_600_000;

/** Somebody has read a message of the robot (callbacks.md §4.2): kept of those who were told of an incident. */
export function keepRead({ reads }: { reads: Pick<Reads, 'keep'> }) {
  return ({ type, app, data }: BusEvent) => {
    const { userId, processQueryKey } = data;
    if (type !== 'robot_msg_read' || typeof userId !== 'string' || typeof processQueryKey !== 'string')
      return undefined;
    return { usefulMs: DAY_MS, run: () => reads.keep(app, userId, processQueryKey) };
  };
}
