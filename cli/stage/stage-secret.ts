import { agree } from '../agree.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Env, Io } from '../terminal.ts';

/** One secret of a stage. */
export type Secret = { name: string; region: string };

/** The secrets of a stage: of its apps, which is DingTalk's, and of its own keys. */
export function secretsOf({ stage, region }: { stage: string; region: string }) {
  const name = `dingdock/${stage}`;
  return { apps: { name, region }, ownKeys: { name: `${name}/keys`, region } };
}

const DESCRIPTION = 'dingdock: DingTalk apps, or the keys that seal tables and sign links';

const DELETED = 'secret_deleted';

/** By the SDK, since on a desk credentials may come from a profile or a single sign-on. */
async function open(env: Env, { region }: Secret) {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const endpoint = env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  return { sdk, client: new sdk.SecretsManagerClient({ region, ...(endpoint && { endpoint }) }) };
}

/** The text of a secret; undefined when there is none yet. */
export async function readStored(env: Env, secret: Secret): Promise<string | undefined> {
  const { sdk, client } = await open(env, secret);
  try {
    return (await client.send(new sdk.GetSecretValueCommand({ SecretId: secret.name }))).SecretString;
  } catch (error) {
    if (error instanceof sdk.ResourceNotFoundException) return undefined;
    throw isDeleted(error) ? deleted(secret) : error;
  } finally {
    client.destroy();
  }
}

/** The same, and offers to bring back a secret that is scheduled for deletion. */
export async function readOrRestore(io: Io, secret: Secret): Promise<string | undefined> {
  try {
    return await readStored(io.env, secret);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== DELETED) throw error;
    if (io.dryRun) throw error;
    await agree(io, false, `${error.message}. Bring it back as it was?`);
    await restoreStored(io.env, secret);
    return readStored(io.env, secret);
  }
}

/** Makes the secret, or a new version of it: the one before is kept by Secrets Manager. */
export async function writeStored(env: Env, secret: Secret, SecretString: string): Promise<void> {
  const { sdk, client } = await open(env, secret);
  const { name: Name } = secret;
  try {
    await client.send(new sdk.CreateSecretCommand({ Name, Description: DESCRIPTION, SecretString }));
  } catch (error) {
    if (isDeleted(error)) throw deleted(secret);
    if (!(error instanceof sdk.ResourceExistsException)) throw error;
    await client.send(new sdk.PutSecretValueCommand({ SecretId: Name, SecretString }));
  } finally {
    client.destroy();
  }
}

/** Takes back the deletion that a secret is scheduled for: its value is there at once. */
export async function restoreStored(env: Env, secret: Secret): Promise<void> {
  const { sdk, client } = await open(env, secret);
  try {
    await client.send(new sdk.RestoreSecretCommand({ SecretId: secret.name }));
  } finally {
    client.destroy();
  }
}

/** Secrets Manager has one error for every wrong state; a secret of ours has no other than this. */
function isDeleted(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidRequestException';
}

function deleted({ name, region }: Secret): CliError {
  const says = `the secret ${name} in ${region} is scheduled for deletion, and its name is taken until then`;
  const remedy = `Bring it back as it was: aws secretsmanager restore-secret --secret-id ${name} --region ${region}`;
  return new CliError(EXIT.failed, DELETED, says, remedy);
}
