import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceError } from '../errors.ts';

/** The text of one secret. */
export async function readSecret(client: SecretsManagerClient, secretId: string): Promise<string> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  if (SecretString !== undefined) return SecretString;
  throw new ServiceError('secret.read', {
    code: 'secret_not_text',
    retryable: false,
    remedy: `Store the secret "${secretId}" as JSON text, not as binary.`,
  });
}
