import type { Given } from '../command.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../terminal.ts';

/**
 * The surroundings of a command with the region of its stage in them: the one that was named, else AWS_REGION, else the
 * one of the AWS profile of this shell. @throws UsageError without any: a wrong one would look like an empty stage
 */
export async function withRegion(io: Io, given: Given): Promise<Io> {
  const stage = given.text('stage');
  // with the API's address, a key is all that most commands take
  if (io.env.DINGDOCK_URL) return io;
  const known = given.text('region') ?? (io.env.AWS_REGION || io.env.AWS_DEFAULT_REGION);
  if (stage === undefined || stage === 'local' || known) return known ? withEnv(io, known) : io;
  const region = await regionOfProfile();
  if (region !== undefined) return withEnv(io, region);
  if (io.dryRun) return io;
  throw new UsageError(
    `which region is the stage "${stage}" in? Name it by --region, by AWS_REGION, or in the AWS profile (aws configure set region …)`,
  );
}

function withEnv(io: Io, AWS_REGION: string): Io {
  return { ...io, env: { ...io.env, AWS_REGION } };
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
