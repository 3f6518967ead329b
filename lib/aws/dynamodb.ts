import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../base/errors.ts';
import { AwsFailure, type JsonCall } from './json-call.ts';

/**
 * DynamoDB's client, whose requests go by `call`: the client's own way to sign and send takes twice the processor's time
 * of a request (docs/decisions/0005). What DynamoDB answers, such as a condition that did not hold, is thrown under
 * its name.
 * @throws ServiceError `dynamodb_unavailable`, retryable, when it is down or busy, after the tries of `call`.
 */
export function createDynamodb(call: JsonCall): DynamoDBClient {
  const client = new DynamoDBClient({});
  client.middlewareStack.add(
    (_, { commandName = '' }) =>
      async ({ input }: { input: object }) => {
        const answer = await call(`DynamoDB_20120810.${commandName.replace(/Command$/, '')}`, input).catch(told);
        return { output: { ...Object(answer), $metadata: {} }, response: undefined };
      },
    { step: 'initialize', priority: 'high', name: 'signedByHand' },
  );
  return client;
}

function told(failure: unknown): never {
  if (!(failure instanceof AwsFailure)) throw failure;
  const { mayPass, code, cause } = failure;
  if (mayPass)
    throw new ServiceError('dynamodb.call', { code: 'dynamodb_unavailable', retryable: true, cause: failure });
  // as the SDK marks what AWS said
  throw Object.assign(new Error(cause instanceof Error ? cause.message : code), { name: code, $metadata: {} });
}
