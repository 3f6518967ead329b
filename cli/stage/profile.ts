import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { UsageError } from '../exit.ts';
import type { Env } from '../terminal.ts';

/** What a person keeps of a stage, so that `--stage prod` is all there is to say. */
const Profile = v.strictObject({
  awsProfile: v.optional(v.string()),
  region: v.optional(v.string()),
  url: v.optional(v.pipe(v.string(), v.url())),
  apiKey: v.optional(v.string()),
});
const Profiles = v.record(v.string(), Profile);

const VARIABLES = {
  awsProfile: 'AWS_PROFILE',
  region: 'AWS_REGION',
  url: 'DINGDOCK_URL',
  apiKey: 'DINGDOCK_API_KEY',
} as const satisfies Record<keyof v.InferOutput<typeof Profile>, string>;

/** Where the profiles are: the folder for settings of this system's user. */
function fileOf(env: Env): string {
  const folder = env.XDG_CONFIG_HOME || env.APPDATA || join(env.HOME || homedir(), '.config');
  return join(folder, 'dingdock', 'stages.json');
}

/**
 * The variables that the user's profile of a stage stands for, but those that the shell has set.
 * @throws UsageError with every fault of the file, and for one with a key in it that others can read
 */
export async function profileOf(env: Env, stage: string): Promise<Env> {
  const file = fileOf(env);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new UsageError(`${file} cannot be read (${error.code})`);
  });
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Profiles), text);
  if (!parsed.success) {
    const faults = parsed.issues.map((issue) => v.getDotPath(issue) ?? 'it is no JSON object of stages');
    const takes = `a stage takes ${Object.keys(VARIABLES).join(', ')}, each a text`;
    throw new UsageError(`${file} is not right at: ${[...new Set(faults)].join(', ')}; ${takes}`);
  }
  const profile = parsed.output[stage] ?? {};
  if (profile.apiKey !== undefined && process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0)
    throw new UsageError(`${file} holds a key, and others of this machine can read it: chmod 600 ${file}`);
  const given = Object.entries(VARIABLES).map(([member, name]) => [name, profile[member as keyof typeof profile]]);
  return Object.fromEntries(given.filter(([name, value]) => value !== undefined && !env[name as string]));
}
