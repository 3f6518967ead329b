import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decryptEvent, encryptEvent, eventSignature } from 'dingtalk-simulator';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Loose } from './desk.ts';

export type Seen = {
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: Loose;
  event?: Loose;
};
export type Reaction = (seen: Seen) => { status?: number; body?: string } | 'never';

export const token = 'simcallbacktoken';
export const aesKey = 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0';

/** A right answer: the word, sealed and signed. */
export function sealed(word = 'success', receiver = 'dingsimapp', change: object = {}): { body: string } {
  const [timeStamp, nonce] = ['1700000000000', 'abcd'];
  const encrypt = encryptEvent(aesKey, receiver, word);
  const msg_signature = eventSignature(token, timeStamp, nonce, encrypt);
  return { body: JSON.stringify({ msg_signature, timeStamp, nonce, encrypt, ...change }) };
}

/** Somebody who receives pushes and answers as told. */
export function receiver() {
  const here = { url: '', seen: [] as Seen[], react: (() => sealed()) as Reaction };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://receiver');
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const opened = body.encrypt && decryptEvent(aesKey, body.encrypt);
    const seen: Seen = { path: pathname, query: searchParams, headers: request.headers, body };
    if (opened) seen.event = { ...JSON.parse(opened.text), receiver: opened.receiver };
    here.seen.push(seen);
    const answer = here.react(seen);
    if (answer !== 'never') response.writeHead(answer.status ?? 200).end(answer.body ?? '');
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    here.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    here.seen = [];
    here.react = () => sealed();
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return here;
}
