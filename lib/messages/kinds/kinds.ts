import type { Destination, DestinationKind, Registered } from '../destination.ts';
import { conversation } from './conversation.ts';
import { customRobot } from './custom-robot.ts';
import { customRobotPool } from './custom-robot-pool.ts';
import type { Kind } from './kind.ts';
import { reply } from './reply.ts';
import { robotGroup } from './robot-group.ts';
import { robotUsers } from './robot-users.ts';
import { workNotification } from './work-notification.ts';

/** Every kind of destination that callers can register. */
export const KINDS: Record<Registered['kind'], Kind> = {
  'custom-robot': customRobot,
  'custom-robot-pool': customRobotPool,
  'robot-group': robotGroup,
  'robot-users': robotUsers,
  'work-notification': workNotification,
  conversation,
};

/** With the one that nobody registers. */
const ALL: Record<DestinationKind, Kind> = { ...KINDS, reply };

export function kindOf({ kind }: Pick<Destination, 'kind'>): Kind {
  return ALL[kind];
}

/** The robots of a pool, each as a destination with the pool's rules; any other destination is one by itself. */
export function robotsOf(destination: Destination): Destination[] {
  return kindOf(destination).robots?.(destination) ?? [destination];
}
