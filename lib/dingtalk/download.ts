import { get as getPlain, type IncomingMessage, Agent as PlainAgent, type RequestOptions } from 'node:http';
import { Agent, get as getTls } from 'node:https';
import { isIP } from 'node:net';
import { ServiceError } from '../errors.ts';
import { publicAddresses } from './public-address.ts';

/** A body as it comes; `length` is what was announced. */
export type Download = { length: number | undefined; chunks: AsyncIterable<Uint8Array>; cancel(): void };

/** @throws ServiceError `private_address`, `bad_address`, `download_refused`, `download_failed` */
export type Downloader = (url: string) => Promise<Download>;

const ANSWER_MS = 15_000;
const OPERATION = 'file.download';

/**
 * Fetches what DingTalk handed out: a plain GET without token, without Content-Type (the store's signature breaks,
 * files.md §7), without following redirects. An address that is not of the public internet is refused, so that nobody
 * makes this function read from inside its network; the one exception is the origin that DingTalk's API itself is
 * configured at. A proxy asks name servers of its own, and has to refuse names of its network by itself.
 */
export function createDownloader({ apiUrl, proxy }: { apiUrl: string; proxy?: string | undefined }): Downloader {
  const trusted = new URL(apiUrl).origin;

  return async (address) => {
    if (!URL.canParse(address)) throw failure('bad_address', false);
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failure('bad_address', false);
    const isName = isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0;
    const believed = url.origin === trusted || (proxy !== undefined && isName);
    const addresses = believed ? undefined : await resolve(url.hostname);
    const response = await request(url, proxy === undefined ? addresses && pinned(addresses) : undefined, proxy);
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      response.destroy();
      throw failure('download_refused', status >= 500, new Error(`the file's host answered ${status}`));
    }
    const length = Number(response.headers['content-length'] ?? Number.NaN);
    return {
      length: Number.isSafeInteger(length) ? length : undefined,
      chunks: response,
      cancel: () => void response.destroy(),
    };
  };
}

async function resolve(hostname: string) {
  const addresses = await publicAddresses(hostname).catch((cause: unknown) => {
    throw failure('download_failed', true, cause);
  });
  if (!addresses) throw failure('private_address', false);
  return addresses;
}

/** A name server that answers what was found before. */
function pinned(addresses: { address: string; family: number }[]): NonNullable<RequestOptions['lookup']> {
  const [first] = addresses;
  return (_, options, callback) =>
    options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family);
}

function request(url: URL, lookup: RequestOptions['lookup'], proxy?: string): Promise<IncomingMessage> {
  return new Promise((resolvePromise, reject) => {
    const options = { timeout: ANSWER_MS, ...(lookup && { lookup }) };
    const proxyEnv = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
    const call =
      url.protocol === 'https:'
        ? getTls(url, { ...options, agent: proxy !== undefined && new Agent({ proxyEnv }) })
        : getPlain(url, { ...options, agent: proxy !== undefined && new PlainAgent({ proxyEnv }) });
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), ANSWER_MS);
    call.once('response', (response) => {
      clearTimeout(timer);
      resolvePromise(response);
    });
    call.on('error', (cause) => {
      clearTimeout(timer);
      reject(failure('download_failed', true, cause));
    });
  });
}

function failure(code: string, retryable: boolean, cause?: unknown): ServiceError {
  return new ServiceError(OPERATION, { code, retryable, cause });
}
