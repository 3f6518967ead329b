import type { Command } from './command.ts';

/**
 * Where the commands are, by their first word: a file is loaded when its command is called. The order is that of the help.
 */
const LOADED: Record<string, () => Promise<readonly Command[]>> = {
  send: async () => [(await import('./commands/send.ts')).send],
  task: async () => [(await import('./commands/task.ts')).task],
  ask: async () => [(await import('./commands/ask.ts')).ask],
  share: async () => [(await import('./commands/share.ts')).share],
  destinations: async () => (await import('./commands/destinations.ts')).destinations,
  source: async () => (await import('./commands/source.ts')).source,
  messages: records,
  tasks: records,
  shares: records,
  conversations: records,
  init: async () => [(await import('./commands/init.ts')).init],
  deploy: async () => [(await import('./commands/deploy.ts')).deploy],
  restart: async () => [(await import('./commands/restart.ts')).restart],
  upgrade: async () => [(await import('./commands/upgrade.ts')).upgrade],
  rollback: async () => [(await import('./commands/rollback.ts')).rollback],
  remove: async () => [(await import('./commands/remove.ts')).remove],
  restore: async () => [(await import('./commands/restore.ts')).restore],
  export: backups,
  import: backups,
  keys: async () => (await import('./commands/keys.ts')).keys,
  callback: async () => (await import('./commands/callback.ts')).callbacks,
  doctor: async () => [(await import('./commands/doctor/doctor.ts')).doctor],
  tail: async () => [(await import('./commands/tail.ts')).tail],
  dlq: async () => (await import('./commands/dlq.ts')).dlq,
  quota: async () => [(await import('./commands/quota.ts')).quota],
  people: async () => (await import('./commands/people.ts')).people,
  simulator: async () => [(await import('./commands/simulator.ts')).simulator],
  completion: async () => [(await import('./commands/completion.ts')).completionOf(() => commandsFor([]))],
};

async function records(): Promise<readonly Command[]> {
  return (await import('./commands/records.ts')).records;
}

async function backups(): Promise<readonly Command[]> {
  return (await import('./commands/backup.ts')).backups;
}

/** The commands that a command line can mean; all of them where it begins with no command. */
export async function commandsFor(args: readonly string[]): Promise<readonly Command[]> {
  const [first = ''] = args;
  // behind an option of all commands any word may be the command
  const words = first.startsWith('-') ? args : [first];
  const named = words.filter((word) => Object.hasOwn(LOADED, word));
  const files = named.length > 0 ? named.map((word) => LOADED[word]) : Object.values(LOADED);
  const loaded = await Promise.all([...new Set(files)].map((load) => load?.() ?? []));
  return loaded.flat();
}
