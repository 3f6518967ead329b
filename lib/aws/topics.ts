import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import aws4 from 'aws4';
import { ServiceError } from '../base/errors.ts';
import type { Topics } from '../messages/deliver/fallback.ts';

const TIMEOUT_MS = 5_000;
/** SNS takes 256 kB, of which a part is for what stands around the text. */
const MOST_BYTES = 200_000;
/** A subject is printable ASCII, shorter than this. */
const SUBJECT_CHARS = 99;

/**
 * Publishes to topics of SNS, by its form of 2010. `endpoint` stands for SNS elsewhere (AWS_ENDPOINT_URL_SNS).
 * @throws ServiceError, always `retryable`
 */
export function createTopics(endpoint: string | undefined): Topics {
  return {
    async publish(topicArn, { subject, text, about }) {
      const [, , , region = ''] = topicArn.split(':');
      const host = `sns.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
      const form = new URLSearchParams({
        Action: 'Publish',
        Version: '2010-03-31',
        TopicArn: topicArn,
        Subject: subject.replaceAll(/[^ -~]/g, '?').slice(0, SUBJECT_CHARS),
        Message: shortened(text),
      });
      for (const [index, [name, value]] of Object.entries(about).entries()) {
        const entry = `MessageAttributes.entry.${index + 1}`;
        form.set(`${entry}.Name`, name);
        form.set(`${entry}.Value.DataType`, 'String');
        form.set(`${entry}.Value.StringValue`, value);
      }
      await post(new URL(endpoint ?? `https://${host}`), region, form.toString());
    },
  };
}

/** Without half a character at its end. */
function shortened(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length <= MOST_BYTES
    ? text
    : bytes
        .subarray(0, MOST_BYTES)
        .toString('utf8')
        .replace(/\ufffd+$/, '');
}

function post(url: URL, region: string, body: string): Promise<void> {
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  const named = { Host: url.host, 'Content-Type': type };
  const { headers = {} } = aws4.sign({ service: 'sns', region, method: 'POST', path: '/', headers: named, body });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (code: string, cause?: unknown) =>
    reject(new ServiceError('topics.publish', { code, retryable: true, cause }));
  const options = { method: 'POST', headers, timeout: TIMEOUT_MS };
  const asked = (url.protocol === 'http:' ? plainRequest : request)(url.origin, options, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', (cause) => fail('no_answer', cause));
    answer.on('end', () => {
      if (answer.statusCode === 200) return resolve();
      const [, code = `http_${answer.statusCode}`] = /<Code>(\w+)</.exec(Buffer.concat(chunks).toString('utf8')) ?? [];
      return fail(code);
    });
  });
  asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
  asked.on('error', (cause) => fail('no_answer', cause));
  asked.end(body);
  return promise;
}
