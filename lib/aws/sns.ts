import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { ServiceError } from '../base/errors.ts';
import { oncePer } from '../base/once.ts';

const TIMEOUT_MS = 5_000;
const MOST_BYTES = 100_000;
const MOST_KEPT = 20;

/**
 * What verifying and confirming takes of SNS; `endpoint` stands for it elsewhere (AWS_ENDPOINT_URL_SNS). Only the
 * certificate is fetched from an address that a message names, after that was held against the topic's region.
 */
export function createSns(endpoint: string | undefined) {
  const certificates = new Map<string, Promise<string>>();
  const there = (address: string) => {
    if (endpoint === undefined) return new URL(address);
    const { pathname, search } = new URL(address);
    return new URL(`${pathname}${search}`, endpoint);
  };
  return {
    /** In PEM; kept for as long as the function runs. */
    certificate(address: string): Promise<string> {
      if (certificates.size >= MOST_KEPT) certificates.clear();
      const kept = oncePer(certificates, address, () => get(there(address)));
      kept.catch(() => certificates.delete(address));
      return kept;
    },

    /** By an address of our own making: what the message says of `SubscribeURL` is never asked. */
    async confirm(topicArn: string, token: string): Promise<void> {
      const [, , , region = ''] = topicArn.split(':');
      const host = `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
      const query = new URLSearchParams({
        Action: 'ConfirmSubscription',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Token: token,
      });
      await get(there(`https://${host}/?${query}`));
    },
  };
}

/** The body of an answer that is 200; no redirect is followed. */
function get(url: URL): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const fail = (code: string, cause?: unknown) => reject(new ServiceError('sns.get', { code, retryable: true, cause }));
  const asked = (url.protocol === 'http:' ? plainRequest : request)(url, { timeout: TIMEOUT_MS }, (answer) => {
    const chunks: Buffer[] = [];
    let size = 0;
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) asked.destroy(new Error('too long'));
      chunks.push(chunk);
    });
    answer.on('end', () =>
      answer.statusCode === 200 ? resolve(Buffer.concat(chunks).toString('utf8')) : fail(`http_${answer.statusCode}`),
    );
    answer.on('error', (cause) => fail('sns_unreachable', cause));
  });
  asked.on('timeout', () => asked.destroy(new Error('timeout')));
  asked.on('error', (cause) => fail('sns_unreachable', cause));
  asked.end();
  return promise;
}
