import { callbacks } from './callback.ts';
import type { Command } from './command.ts';
import { deploy } from './deploy.ts';
import { destinations } from './destinations.ts';
import { dlq } from './dlq.ts';
import { doctor } from './doctor/doctor.ts';
import { init } from './init.ts';
import { keys } from './keys.ts';
import { quota } from './quota.ts';
import { send } from './send.ts';
import { share } from './share.ts';
import { simulator } from './simulator.ts';
import { tail } from './tail.ts';
import { task } from './task.ts';

/** Everything that `dingdock` can do; its help is made from this. */
export const COMMANDS: readonly Command[] = [
  ...[send, task, share, ...destinations],
  ...[init, deploy, ...keys, ...callbacks],
  ...[doctor, tail, ...dlq, quota],
  simulator,
];
