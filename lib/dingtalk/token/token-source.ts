import * as v from 'valibot';
import type { DingTalkApp, TokenSource } from '../app.ts';
import { readAnswer } from '../transport/answer.ts';
import { unreadableAnswer } from '../transport/errors.ts';
import type { Http, HttpRequest } from '../transport/http.ts';
import type { AccessToken } from './access-token.ts';

/** Shorter than the lease of the token provider, so that a fetch ends before the lease does. */
const TIMEOUT_MS = 4_000;

const Lifetime = v.pipe(v.union([v.number(), v.pipe(v.string(), v.transform(Number))]), v.integer(), v.minValue(1));
const Value = v.pipe(v.string(), v.minLength(1));
const NewReply = v.pipe(
  v.object({ accessToken: Value, expireIn: Lifetime }),
  v.transform(({ accessToken, expireIn }) => ({ value: accessToken, seconds: expireIn })),
);
const OldReply = v.pipe(
  v.object({ access_token: Value, expires_in: Lifetime }),
  v.transform(({ access_token, expires_in }) => ({ value: access_token, seconds: expires_in })),
);

export type TokenSourceDeps = {
  http: Http;
  app: Pick<DingTalkApp, 'appKey' | 'appSecret' | 'corpId' | 'corpSecret'>;
  urls: { api: string; oapi: string };
  source: TokenSource;
  now: () => number;
};

/**
 * Asks DingTalk for the app's token, once (messaging.md §1.1, §1.2). The new host's token serves both hosts
 * (messaging.md §1.6).
 * @returns a function that throws DingTalkRefusal or DingTalkUnreachable
 */
export function createFetchToken({ http, app, urls, source, now }: TokenSourceDeps): () => Promise<AccessToken> {
  const secrets = [app.appSecret, app.corpSecret ?? ''];
  return async () => {
    const operation = `token.${source}`;
    const askedAt = now(); // the life starts no earlier than this
    const answer = await http(requestFor(app, urls, source));
    const reading = readAnswer(operation, source === 'accessToken' ? 'api' : 'oapi', answer, secrets);
    if (!reading.good) throw reading.refusal;
    const reply = v.safeParse(source === 'accessToken' ? NewReply : OldReply, reading.value);
    if (!reply.success) throw unreadableAnswer(operation, answer.status);
    return { value: reply.output.value, expiresAt: askedAt + reply.output.seconds * 1_000 };
  };
}

function requestFor(app: TokenSourceDeps['app'], urls: TokenSourceDeps['urls'], source: TokenSource): HttpRequest {
  if (source === 'accessToken') {
    const body = JSON.stringify({ appKey: app.appKey, appSecret: app.appSecret });
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    return { method: 'POST', url: `${base(urls.api)}/v1.0/oauth2/accessToken`, headers, body, timeoutMs: TIMEOUT_MS };
  }
  const query = new URLSearchParams(
    source === 'gettoken'
      ? { appkey: app.appKey, appsecret: app.appSecret }
      : { corpid: app.corpId, corpsecret: app.corpSecret ?? '' },
  );
  return { method: 'GET', url: `${base(urls.oapi)}/gettoken?${query}`, timeoutMs: TIMEOUT_MS };
}

function base(url: string): string {
  return url.replace(/\/+$/, '');
}
