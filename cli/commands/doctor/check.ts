import type { Given } from '../../command.ts';
import type { Target } from '../../stage/target.ts';
import type { Io } from '../../terminal.ts';
import type { Finding } from './causes.ts';

export type World = { io: Io; given: Given; target: Target };

/** One thing to look at. A check never throws for what it looks at; what it cannot reach is a finding too. */
export type Check = {
  name: string;
  run(world: World): Promise<Finding[]>;
};
