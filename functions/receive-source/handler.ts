import * as v from 'valibot';
import { senderRoutes } from '../../contract/routes/sources.ts';
import { readConfig, sourcesEnv } from '../../lib/base/config.ts';
import { createLog } from '../../lib/base/log.ts';
import { once } from '../../lib/base/once.ts';
import { loadOwnKeys } from '../../lib/compose/secret.ts';
import { senderPorts } from '../../lib/compose/sources.ts';
import { eitherHandler } from '../../lib/lambda/either.ts';
import { type HttpRequest, httpHandler } from '../../lib/lambda/http.ts';
import { keyGiven } from '../../lib/lambda/key-callers.ts';
import { metricLines } from '../../lib/lambda/metric.ts';
import { topicHandler } from '../../lib/lambda/topic.ts';
import { type ReceiveDeps, receiveFrom, receiveFromTopic } from '../../lib/sources/receive.ts';

const log = createLog('receive-source', process.env.STAGE);
const metric = metricLines(process.env.STAGE);
const ready = once(async () => {
  const config = readConfig(v.object(sourcesEnv), process.env);
  const ports = senderPorts(config, await loadOwnKeys(config), log);
  return { ...ports, log, refused: (code: string) => metric('SourcesRefused', 1, { code }) };
});
// read while the function starts; a failure is tried again, and logged, by the first sender
ready().catch(() => undefined);

/** By an address of its own: the key stands in it, or in the header. */
async function byAddress(deps: ReceiveDeps, { params, headers, query, bytes, requestId }: HttpRequest) {
  const { source = '', key = keyGiven(headers.authorization) ?? '' } = params;
  return receiveFrom(deps, 'address', { key, source, requestId, delivery: { headers, query: texts(query), bytes } });
}

const texts = (query: unknown) => v.parse(v.record(v.string(), v.optional(v.string())), query);

const http = httpHandler({
  ready,
  log,
  routes: senderRoutes,
  handlers: {
    'POST /in/{source}': byAddress,
    'PUT /in/{source}': byAddress,
    'POST /in/{source}/{key}': byAddress,
    'PUT /in/{source}/{key}': byAddress,
    async 'POST /robot/send'(deps, { headers, query, bytes, requestId }) {
      const given = texts(query);
      return receiveFrom(deps, 'robot', {
        key: given.access_token ?? '',
        requestId,
        delivery: { headers, query: given, bytes },
      });
    },
  },
});

/** By its own subscription to a topic: nothing in there is a key. */
const topics = topicHandler({ ready, log, run: receiveFromTopic });

export const handler = eitherHandler(http, topics);
