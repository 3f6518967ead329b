import { join } from 'node:path';
import type { LocalProblem } from '../stage/local-ports.ts';
import { type AwsCall, type AwsRequest, awsCallsOf } from './aws/aws-calls.ts';
import { bundle } from './bundle.ts';
import { startFunctions } from './functions.ts';
import { createEmulators } from './parts/emulators.ts';
import type { PartName } from './parts/parts.ts';
import { revive } from './parts/revive.ts';
import { seed } from './seed.ts';
import { ordersOf, STAGE, settle } from './settle.ts';
import type { StackOptions } from './stack-options.ts';
import { createResources } from './template/resources.ts';
import { consumeQueues } from './triggers/consume.ts';
import { lambdaInvoke } from './triggers/lambda-invoke.ts';

/** What ends so often right after its start is not started again. */
const MOST_DEATHS = 3;

/** Bundles that somebody else made. */
const THERE = { ready: Promise.resolve(), stop: () => Promise.resolve() };

/** Starts everything on this machine; resolves when the API answers and the queues are polled. */
export async function startStack(options: StackOptions) {
  const { allowOrigins = [], keep = false, signal } = options;
  const { onProgress = () => undefined, onFunctionLine: onLine = () => undefined, onAwsCall } = options;
  const settled = await settle(options);
  const { root, stateDir, ports, urls, reached, template, aws, environment, keys, needed, kept } = settled;
  const { region } = template;
  // A function signs with its name, which tells who asked for what. AWS's DynamoDB Local has other tables for each key.
  const keyOf = (name: string) => (options.dynamodbUrl === undefined ? name : 'local');
  const isFunctions = ({ caller }: AwsCall) => template.functions.has(caller);
  const revived = {
    mostDeaths: keep ? MOST_DEATHS : 1,
    onDeath: options.onRevival ?? (() => undefined),
    onFailure: (problem: LocalProblem) => options.onFailure?.(problem),
  };

  const parts: (() => Promise<unknown> | undefined)[] = [];
  const stop = async () => {
    // What was started last leans on the others, so it goes first.
    for (const part of parts.splice(0).reverse()) await part();
  };

  try {
    onProgress('bundling the functions');
    const bundles = options.bundles ?? join(stateDir, 'bundles');
    const bundler =
      options.bundles === undefined
        ? bundle({
            root,
            outDir: bundles,
            template,
            watch: options.watch ?? false,
            onRebuilt(problem) {
              if (problem === undefined) functions.now().reload();
              else onLine(`✘ ${problem.message}`);
            },
          })
        : THERE;
    parts.push(bundler.stop);
    // the functions tell its failure; where they cannot begin, stopping it would be told in place of the reason
    bundler.ready.catch(() => undefined);
    const own = [...template.functions].map(
      ([name, each]) => [name, { ...each.environment, AWS_ACCESS_KEY_ID: keyOf(name) }] as const,
    );
    const functions = revive(
      () =>
        startFunctions({
          root,
          bundles,
          bundled: bundler.ready,
          stage: STAGE,
          apiPort: ports.api,
          lambdaPort: ports.lambda,
          environment: {
            provider: { ...template.environment, ...options.environment },
            functions: Object.fromEntries(own),
          },
          schedules: options.schedules ?? true,
          allowOrigins,
          aws,
          preload: options.preload,
          patient: options.patient ?? false,
          onLine,
        }),
      revived,
    );
    parts.push(functions.stop);
    // A rejection is taken up below, when the emulators are there.
    functions.ready.catch(() => undefined);
    signal?.addEventListener('abort', () => void functions.stop(), { once: true });

    const onRequest =
      onAwsCall && ((request: AwsRequest) => awsCallsOf(request, region).filter(isFunctions).forEach(onAwsCall));
    const hooks = { onRequest, ...(options.onBusEvent && { onBusEvent: options.onBusEvent }) };
    const emulators = createEmulators(hooks, keep ? { ...revived, preload: options.preload } : undefined);
    for (const order of ordersOf(options, settled)) parts.push(await emulators.start(order));
    parts.push(functions.stop); // before what they lean on: nobody hears that it is gone
    onProgress('creating tables, queues and buckets');
    await createResources(template, urls);
    if (kept?.isNew !== false) {
      await seed({
        dynamodbUrl: urls.dynamodb,
        region,
        tables: {
          keys: needed('KEYS_TABLE'),
          destinations: needed('DESTINATIONS_TABLE'),
          records: needed('RECORDS_TABLE'),
        },
        simulated: options.apps === undefined,
        keys,
      });
      kept?.filled();
    }
    onProgress('waiting for the API');
    await functions.ready;
    signal?.throwIfAborted();
    const invoke = lambdaInvoke(urls.lambda, `${template.service}-${STAGE}-`);
    parts.push(...consumeQueues({ template, url: reached.aws, invoke, keyOf, onLine }));
    /** The process of a part, or of the functions, as long as it lives. */
    const pidOf = (name: PartName | 'functions') =>
      name === 'functions' ? functions.now().pid : emulators.pidOf(name);
    return { urls, ports, apiKey: keys.apiKey, environment, region, busFile: settled.busFile, pidOf, invoke, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type Stack = Awaited<ReturnType<typeof startStack>>;
