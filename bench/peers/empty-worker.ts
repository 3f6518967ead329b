import { createHttp } from '../../lib/dingtalk/transport/http.ts';

const http = createHttp();
const { DINGTALK_OAPI_URL: oapi = '' } = process.env;
const request = {
  ...{ method: 'POST' as const, url: `${oapi}/robot/send`, timeoutMs: 5_000 },
  headers: { 'content-type': 'application/json' },
};

/** The empty chain, its second half: one call for each record of the queue, whatever it answers. */
export const handler = async ({ Records }: { Records: { body: string }[] }) => {
  for (const { body } of Records) await http({ ...request, body });
  return { batchItemFailures: [] };
};
