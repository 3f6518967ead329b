import { WEBHOOK } from './custom-robot.ts';
import { type DestinationOf, type Kind, notCarried } from './kind.ts';

/** Several robots of one group: a message is sent by the first one that has a free slot. */
export const customRobotPool: Kind<DestinationOf<'custom-robot-pool'>> = {
  ...WEBHOOK,
  robots: ({ robots, ...rules }) => robots.map((robot) => ({ ...rules, ...robot, kind: 'custom-robot' })),
  send: () => Promise.reject(notCarried()),
};
