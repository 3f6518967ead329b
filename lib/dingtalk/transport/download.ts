import { type ClientRequest, type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import { ServiceError } from '../../base/errors.ts';
import { openTunnel, requestTo } from './proxy.ts';
import { hostOf, publicAddresses } from './public-address.ts';

/** A body as it comes; `length` is what was announced. */
export type Download = { length: number | undefined; chunks: AsyncIterable<Uint8Array>; cancel(): void };

/** @throws ServiceError `private_address`, `bad_address`, `download_refused`, `download_failed` */
export type Downloader = (url: string) => Promise<Download>;

/** `proxy` as of createHttp; `answerMs`: until the answer begins, and through a proxy until there is a connection. */
export type DownloadOptions = { apiUrl: string; proxy?: string | undefined; answerMs?: number };

const ANSWER_MS = 15_000;
const OPERATION = 'file.download';

/**
 * Fetches what DingTalk handed out: a plain GET without token, without Content-Type (the store's signature breaks,
 * files.md §7), without following redirects. An address that is not public is refused, so that a forged message cannot
 * make this function read from inside its network; the one exception is the origin that DingTalk's API itself is
 * configured at. A proxy resolves names itself, and has to refuse names of its own network.
 */
export function createDownloader({ apiUrl, proxy, answerMs = ANSWER_MS }: DownloadOptions): Downloader {
  const trusted = new URL(apiUrl).origin;

  return async (address) => {
    if (!URL.canParse(address)) throw failure('bad_address', false);
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failure('bad_address', false);
    const host = hostOf(url);
    const believed = url.origin === trusted || (proxy !== undefined && isIP(host) === 0);
    const addresses = believed ? undefined : await resolve(host);
    const call = proxy === undefined ? direct(url, addresses) : await proxied(url, proxy, answerMs);
    return bodyOf(await answerOf(call, answerMs));
  };
}

function bodyOf(response: IncomingMessage) {
  const { statusCode: status = 0, headers } = response;
  if (status !== 200) {
    response.destroy();
    throw failure('download_refused', status >= 500, new Error(`the file's host answered ${status}`));
  }
  const length = Number(headers['content-length'] ?? Number.NaN);
  return {
    length: Number.isSafeInteger(length) ? length : undefined,
    chunks: response,
    cancel: () => void response.destroy(),
  };
}

async function resolve(host: string) {
  const addresses = await publicAddresses(host).catch((cause: unknown) => {
    throw failure('download_failed', true, cause);
  });
  if (!addresses) throw failure('private_address', false);
  return addresses;
}

/** A lookup function that returns the addresses found before. */
function pinned(addresses: { address: string; family: number }[]): NonNullable<RequestOptions['lookup']> {
  const [first] = addresses;
  return (_, options, callback) =>
    options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
}

function direct(url: URL, addresses?: { address: string; family: number }[]): ClientRequest {
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
  return request(url, { agent: false, ...(addresses && { lookup: pinned(addresses) }) });
}

/** https through a tunnel; http is forwarded, since proxies usually allow tunnels to port 443 only. */
async function proxied(url: URL, proxy: string, answerMs: number): Promise<ClientRequest> {
  const { protocol, port } = url;
  if (protocol === 'http:') return requestTo(proxy, { path: url.href, headers: { host: url.host } });
  const target = { protocol, hostname: hostOf(url), port };
  const socket = await openTunnel(proxy, target, answerMs).catch((cause: unknown) => {
    throw failure('download_failed', true, cause);
  });
  return tlsRequest(url, { createConnection: () => socket });
}

function answerOf(call: ClientRequest, answerMs: number): Promise<IncomingMessage> {
  return new Promise((resolvePromise, reject) => {
    const give = (cause: Error) => {
      clearTimeout(timer);
      call.destroy();
      reject(failure('download_failed', true, cause));
    };
    const timer = setTimeout(() => give(new Error('no answer in time')), answerMs);
    call.on('error', give);
    call.once('response', (response) => {
      clearTimeout(timer);
      resolvePromise(response);
    });
    call.end();
  });
}

function failure(code: string, retryable: boolean, cause?: unknown): ServiceError {
  return new ServiceError(OPERATION, { code, retryable, cause });
}
