import { SQSClient } from '@aws-sdk/client-sqs';
import type { Template } from '../template/template.ts';
import { type Invoke, startEventSources } from './event-source.ts';
import { FunctionFailed } from './lambda-invoke.ts';
import { triggersOf } from './triggers.ts';

type Consumers = {
  template: Template;
  /** Where SQS is. */
  url: string;
  invoke: Invoke;
  /** The access key with which the queue of a function is asked. */
  keyOf: (functionName: string) => string;
  onLine: (line: string) => void;
};

/** Hands what the queues of serverless.yml hold to their functions; answers how to stop each. */
export function consumeQueues({ template, url, invoke, keyOf, onLine }: Consumers): (() => Promise<void>)[] {
  const { region } = template;
  return triggersOf(template, url).map((trigger) => {
    const credentials = { accessKeyId: keyOf(trigger.functionName), secretAccessKey: 'local' };
    const client = new SQSClient({ endpoint: url, region, credentials });
    const sources = startEventSources({
      sqs: client,
      region,
      triggers: [trigger],
      invoke,
      onProblem({ functionName }, error) {
        if (error instanceof FunctionFailed) return;
        onLine(`× event source of ${functionName}: ${error instanceof Error ? error.message : String(error)}`);
      },
    });
    return () => sources.stop().finally(() => client.destroy());
  });
}
