import * as v from 'valibot';
import { ServiceError } from '../base/errors.ts';
import type { JsonCall } from './json-call.ts';

const Value = v.object({ SecretString: v.optional(v.string()) });

/** The text of one secret. */
export async function readSecret(call: JsonCall, secretId: string): Promise<string> {
  const answer = await call('secretsmanager.GetSecretValue', { SecretId: secretId }).catch(explain(secretId));
  const { SecretString } = v.parse(Value, answer);
  if (SecretString !== undefined) return SecretString;
  throw new ServiceError('secret.read', {
    code: 'secret_not_text',
    retryable: false,
    remedy: `Store the secret "${secretId}" as JSON text, not as binary.`,
  });
}

/** A missing secret stays missing until an operator writes it: not retryable. */
function explain(secretId: string) {
  return (cause: unknown): never => {
    if (!(cause instanceof ServiceError) || cause.code !== 'ResourceNotFoundException') throw cause;
    const remedy = `Write the secret "${secretId}": dingdock init --stage ${secretId.split('/')[1]}`;
    throw new ServiceError('secret.read', { code: 'secret_missing', retryable: false, remedy, cause });
  };
}
