import { callbacks } from './callback.ts';
import type { Command } from './command.ts';
import { destinations } from './destinations.ts';
import { doctor } from './doctor/doctor.ts';
import { keys } from './keys.ts';
import { send } from './send.ts';
import { share } from './share.ts';
import { simulator } from './simulator.ts';
import { task } from './task.ts';

/** Everything that `dingdock` can do; its help is made from this. */
export const COMMANDS: readonly Command[] = [
  send,
  task,
  share,
  ...destinations,
  ...keys,
  ...callbacks,
  doctor,
  simulator,
];
