import { readFileSync } from 'node:fs';
import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';

type Json = Record<string, unknown>;

/** Calls the running stack as its users do. Answers are untyped: what they hold is what tests are about. */
export function stackClient() {
  const urls = inject('urls');

  async function request(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  const key = { authorization: 'Bearer local' };
  return {
    urls,
    request,
    api: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
      request(method, `${urls.api}${path}`, body, { ...key, ...headers }),
    /** Sends a message and waits for its outcome. */
    send: (body: Json, headers: Record<string, string> = {}) =>
      request('POST', `${urls.api}/messages`, body, { ...key, prefer: 'wait=20', ...headers }),
    sim: (method: string, path: string, body?: unknown) => request(method, `${urls.simulator}/_sim${path}`, body),
    messagesIn: async (conversation: string) =>
      (await request('GET', `${urls.simulator}/_sim/messages?conversation=${encodeURIComponent(conversation)}`)).body,
    callsTo: async (path: string) =>
      (await request('GET', `${urls.simulator}/_sim/calls?path=${encodeURIComponent(path)}`)).body,
    /** Ends a ban of our address, which would hold back everything for five minutes; answers whether there was one. */
    async liftBan() {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const client = new DynamoDBClient({ endpoint: urls.dynamodb, region: 'us-east-1', credentials });
      const Key = { id: { S: 'egress' } };
      const ban = new DeleteItemCommand({ TableName: 'dingdock-local-limits', Key, ReturnValues: 'ALL_OLD' });
      const { Attributes } = await client.send(ban);
      client.destroy();
      return Attributes !== undefined;
    },
    busEvents: () => {
      const lines = readBus(inject('busFile')).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
  };
}

function readBus(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
function jsonOf(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
