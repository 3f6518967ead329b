import type { Destination, DestinationKind } from '../destination.ts';
import { conversation } from './conversation.ts';
import { customRobot } from './custom-robot.ts';
import { customRobotPool } from './custom-robot-pool.ts';
import type { Kind } from './kind.ts';
import { robotGroup } from './robot-group.ts';
import { robotUsers } from './robot-users.ts';
import { workNotification } from './work-notification.ts';

/** Every kind of destination that the contract has. */
export const KINDS: Record<DestinationKind, Kind> = {
  'custom-robot': customRobot,
  'custom-robot-pool': customRobotPool,
  'robot-group': robotGroup,
  'robot-users': robotUsers,
  'work-notification': workNotification,
  conversation,
};

export function kindOf({ kind }: Destination): Kind {
  return KINDS[kind];
}

/** The robots of a pool, each as a destination with the pool's rules; any other destination is one by itself. */
export function robotsOf(destination: Destination): Destination[] {
  return kindOf(destination).robots?.(destination) ?? [destination];
}
