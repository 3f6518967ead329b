import type { Env } from '../terminal.ts';

type Stage = { stage: string; region: string };

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
    throw error;
  } finally {
    client.destroy();
  }
}

/** Makes the secret, or a new version of it: the one before is kept by Secrets Manager. */
export async function writeStored(env: Env, stage: Stage, SecretString: string): Promise<void> {
  const { sdk, client } = await open(env, stage);
  const [Name, Description] = [nameOf(stage), 'dingdock: DingTalk apps, and the key that seals what the tables keep'];
  try {
    await client.send(new sdk.CreateSecretCommand({ Name, Description, SecretString }));
  } catch (error) {
    if (!(error instanceof sdk.ResourceExistsException)) throw error;
    await client.send(new sdk.PutSecretValueCommand({ SecretId: Name, SecretString }));
  } finally {
    client.destroy();
  }
}

function nameOf({ stage }: Stage): string {
  return `dingdock/${stage}`;
}
