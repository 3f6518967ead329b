/**
 * Stands in the bundles for what the SDK has of DynamoDB. What sends commands there is ours (lib/aws/dynamodb.ts), and asks of
 * them what they carry and what they are called; their checks and ways to be sent are a quarter of a cold start.
 */
const command = (operation: string) =>
  class {
    readonly schema = ['', '', operation];
    readonly input: object;

    constructor(input: object) {
      this.input = input;
    }
  };

export const BatchGetItemCommand = command('BatchGetItem');
export const BatchWriteItemCommand = command('BatchWriteItem');
export const DeleteItemCommand = command('DeleteItem');
export const GetItemCommand = command('GetItem');
export const PutItemCommand = command('PutItem');
export const QueryCommand = command('Query');
export const UpdateItemCommand = command('UpdateItem');
