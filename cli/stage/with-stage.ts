import type { Given } from '../command.ts';
import { UsageError } from '../exit.ts';
import type { Env, Io } from '../terminal.ts';
import { profileOf } from './profile.ts';

type Of = Pick<Io, 'env' | 'dryRun'>;
type Named = Pick<Given, 'text'>;

/** The surroundings of a command with what the user's profile of its stage says, and with the stage's region. */
export async function withStage<I extends Of>(io: I, given: Named): Promise<I> {
  const stage = given.text('stage');
  if (stage === undefined || stage === 'local') return withRegion(io, given, stage);
  const profile = await profileOf(io.env, stage);
  // the SDK reads it there
  if (profile.AWS_PROFILE !== undefined) process.env.AWS_PROFILE = profile.AWS_PROFILE;
  return withRegion(withEnv(io, profile), given, stage);
}

/**
 * With the region that was named, else AWS_REGION, else the one of the AWS profile.
 * @throws UsageError without any: a wrong one would look like an empty stage
 */
async function withRegion<I extends Of>(io: I, given: Named, stage: string | undefined): Promise<I> {
  // with the API's address, a key is all that most commands take
  if (io.env.DINGDOCK_URL) return io;
  const known = given.text('region') ?? (io.env.AWS_REGION || io.env.AWS_DEFAULT_REGION);
  if (stage === undefined || stage === 'local' || known) return known ? withEnv(io, { AWS_REGION: known }) : io;
  const region = await regionOfProfile();
  if (region !== undefined) return withEnv(io, { AWS_REGION: region });
  if (io.dryRun) return io;
  throw new UsageError(
    `which region is the stage "${stage}" in? Name it by --region, by AWS_REGION, in the AWS profile (aws configure set region …) or in your profile of the stage`,
  );
}

function withEnv<I extends Of>(io: I, more: Env): I {
  return { ...io, env: { ...io.env, ...more } };
}

/** As the SDK reads it: AWS_PROFILE, AWS_CONFIG_FILE, ~/.aws/config. */
async function regionOfProfile(): Promise<string | undefined> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient({});
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
