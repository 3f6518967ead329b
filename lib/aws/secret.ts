import * as v from 'valibot';
import { ServiceError } from '../errors.ts';
import type { JsonCall } from './json-call.ts';

const Value = v.object({ SecretString: v.optional(v.string()) });

/** The text of one secret. */
export async function readSecret(call: JsonCall, secretId: string): Promise<string> {
  const { SecretString } = v.parse(Value, await call('secretsmanager.GetSecretValue', { SecretId: secretId }));
  if (SecretString !== undefined) return SecretString;
  throw new ServiceError('secret.read', {
    code: 'secret_not_text',
    retryable: false,
    remedy: `Store the secret "${secretId}" as JSON text, not as binary.`,
  });
}
