import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../base/errors.ts';
import type { JsonCall } from './json-call.ts';
import { AwsFailure } from './signed-request.ts';

/** DynamoDB, as far as the tables need it: AWS's client, or what stands for it in the functions. */
export type Dynamodb = Pick<DynamoDBClient, 'send'>;

/**
 * Stands for DynamoDB's client: takes its commands, and sends each by `call`. The client itself takes three quarters of the
 * time that it takes to load both, and its way to sign and send a request takes twice the processor's time
 * (docs/decisions/0005). What DynamoDB answers, such as a condition that did not hold, is thrown under its name.
 * @throws ServiceError `dynamodb_unavailable`, retryable, when it is down or busy, after the tries of `call`.
 */
export function createDynamodb(call: JsonCall): Dynamodb {
  return {
    async send(command: { input: object }) {
      // where the SDK keeps what its commands are called: names of classes are lost in the bundles
      const [, , operation] = Object(command).schema;
      return Object(await call(`DynamoDB_20120810.${operation}`, command.input).catch(told));
    },
  };
}

function told(failure: unknown): never {
  if (!(failure instanceof AwsFailure)) throw failure;
  const { mayPass, code, cause } = failure;
  if (mayPass)
    throw new ServiceError('dynamodb.call', { code: 'dynamodb_unavailable', retryable: true, cause: failure });
  // as the SDK marks what AWS said
  throw Object.assign(new Error(cause instanceof Error ? cause.message : code), { name: code, $metadata: {} });
}
