import { agree } from '../agree.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Env, Io } from '../terminal.ts';

type Stage = { stage: string; region: string };

const DELETED = 'secret_deleted';

/** By the SDK, since on a desk credentials may come from a profile or a single sign-on. */
async function open(env: Env, { region }: Stage) {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const endpoint = env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  return { sdk, client: new sdk.SecretsManagerClient({ region, ...(endpoint && { endpoint }) }) };
}

/** The text of the stage's secret; undefined when there is none yet. */
export async function readStored(env: Env, stage: Stage): Promise<string | undefined> {
  const { sdk, client } = await open(env, stage);
  try {
    return (await client.send(new sdk.GetSecretValueCommand({ SecretId: nameOf(stage) }))).SecretString;
  } catch (error) {
    if (error instanceof sdk.ResourceNotFoundException) return undefined;
    throw isDeleted(error) ? deleted(stage) : error;
  } finally {
    client.destroy();
  }
}

/** The same, and offers to bring back a secret that is scheduled for deletion. */
export async function readOrRestore(io: Io, stage: Stage): Promise<string | undefined> {
  try {
    return await readStored(io.env, stage);
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== DELETED) throw error;
    if (io.dryRun) throw error;
    await agree(io, false, `${error.message}. Bring it back as it was?`);
    await restoreStored(io.env, stage);
    return readStored(io.env, stage);
  }
}

/** Makes the secret, or a new version of it: the one before is kept by Secrets Manager. */
export async function writeStored(env: Env, stage: Stage, SecretString: string): Promise<void> {
  const { sdk, client } = await open(env, stage);
  const [Name, Description] = [nameOf(stage), 'dingdock: DingTalk apps, and the key that seals what the tables keep'];
  try {
    await client.send(new sdk.CreateSecretCommand({ Name, Description, SecretString }));
  } catch (error) {
    if (isDeleted(error)) throw deleted(stage);
    if (!(error instanceof sdk.ResourceExistsException)) throw error;
    await client.send(new sdk.PutSecretValueCommand({ SecretId: Name, SecretString }));
  } finally {
    client.destroy();
  }
}

/** Takes back the deletion that a secret is scheduled for: its value is there at once. */
export async function restoreStored(env: Env, stage: Stage): Promise<void> {
  const { sdk, client } = await open(env, stage);
  try {
    await client.send(new sdk.RestoreSecretCommand({ SecretId: nameOf(stage) }));
  } finally {
    client.destroy();
  }
}

/** Secrets Manager has one error for every wrong state; a secret of ours has no other than this. */
function isDeleted(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidRequestException';
}

function deleted(stage: Stage): CliError {
  const says = `the secret ${nameOf(stage)} in ${stage.region} is scheduled for deletion, and its name is taken until then`;
  const remedy = `Bring it back as it was: aws secretsmanager restore-secret --secret-id ${nameOf(stage)} --region ${stage.region}`;
  return new CliError(EXIT.failed, DELETED, says, remedy);
}

function nameOf({ stage }: Stage): string {
  return `dingdock/${stage}`;
}
