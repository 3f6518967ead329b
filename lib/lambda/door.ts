import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ServiceError } from '../errors.ts';

/** What came to the door, before anything of it is believed. Header names are lower case. */
export type Knock = {
  headers: Record<string, string | undefined>;
  query: Record<string, string | undefined>;
  bytes: Buffer;
};

export type Door<D> = (deps: D, knock: Knock) => Promise<unknown>;

/**
 * The Lambda behind the callback doors. Every refusal looks the same from outside, whatever was wrong; what could not be
 * kept is a 503, so that DingTalk comes again. It logs by itself: a logging library would slow the first answer.
 */
export function doorHandler<D>(ready: () => Promise<D>, maxBytes: number, doors: Record<string, Door<D>>) {
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    if (bytes.length > maxBytes) return problem(413, 'body_too_large');
    const query = event.queryStringParameters ?? {};
    const lower = Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value]));
    try {
      const door = doors[event.routeKey];
      if (!door) return problem(404, 'no_such_route');
      const answer = await door(await ready(), { headers: lower, query, bytes });
      return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
    } catch (error) {
      const refused = error instanceof ServiceError && error.name === 'CallbackRefusal';
      const code = error instanceof ServiceError ? error.code : error instanceof Error ? error.name : 'unknown';
      const level = refused ? 'WARN' : 'ERROR';
      const message = refused ? 'callback-refused' : 'callback-not-stored';
      console.log(JSON.stringify({ level, message, route: event.routeKey, code, timestamp: new Date().toISOString() }));
      return refused ? problem(403, 'callback_refused') : problem(503, 'callback_not_stored');
    }
  };
}

const REMEDIES: Record<string, string> = {
  callback_refused: 'Check token, AES key, receiver id and secret of this app on both sides.',
  callback_not_stored: 'Nothing was kept. Push it again.',
  body_too_large: 'Send a smaller body.',
  no_such_route: 'Use /dingtalk/events, /dingtalk/robot or /dingtalk/cards.',
};

function problem(status: number, code: string): APIGatewayProxyStructuredResultV2 {
  const body = { type: 'about:blank', title: 'The callback was not taken', status, code, remedy: REMEDIES[code] };
  return { statusCode: status, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}
