import type { Command } from './command.ts';
import { backups } from './commands/backup.ts';
import { callbacks } from './commands/callback.ts';
import { deploy } from './commands/deploy.ts';
import { destinations } from './commands/destinations.ts';
import { dlq } from './commands/dlq.ts';
import { doctor } from './commands/doctor/doctor.ts';
import { init } from './commands/init.ts';
import { keys } from './commands/keys.ts';
import { people } from './commands/people.ts';
import { quota } from './commands/quota.ts';
import { records } from './commands/records.ts';
import { remove } from './commands/remove.ts';
import { restart } from './commands/restart.ts';
import { restore } from './commands/restore.ts';
import { rollback } from './commands/rollback.ts';
import { send } from './commands/send.ts';
import { share } from './commands/share.ts';
import { simulator } from './commands/simulator.ts';
import { source } from './commands/source.ts';
import { tail } from './commands/tail.ts';
import { task } from './commands/task.ts';
import { upgrade } from './commands/upgrade.ts';

/** Everything that `dingdock` can do; its help is made from this. */
export const COMMANDS: readonly Command[] = [
  ...[send, task, share, ...destinations, ...source],
  ...records,
  ...[init, deploy, restart, upgrade, rollback, remove, restore, ...backups, ...keys, ...callbacks],
  ...[doctor, tail, ...dlq, quota, ...people],
  simulator,
];
