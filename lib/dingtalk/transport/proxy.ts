import { type ClientRequest, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';
import { hostOf } from './public-address.ts';

/** Connections for undici by way of an HTTP proxy. undici has a ProxyAgent, which takes most of undici to load. */
export function connectThrough(proxy: string, timeoutMs: number): buildConnector.connector {
  return (options, callback) => {
    openTunnel(proxy, options, timeoutMs).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}

type Target = { hostname: string; port: string; protocol: string; servername?: string };

/**
 * A connection to a host by a proxy's CONNECT, with TLS inside of it for `https:`. Fails when the proxy does, or after
 * `timeoutMs`: nothing of a request has gone out by then.
 */
export function openTunnel(
  proxy: string,
  { hostname, port, protocol, servername }: Target,
  timeoutMs: number,
): Promise<Socket> {
  const host = isIPv6(hostname) ? `[${hostname}]` : hostname;
  const target = `${host}:${port || (protocol === 'https:' ? 443 : 80)}`;
  const tunnel = requestTo(proxy, { method: 'CONNECT', path: target, headers: { host: target } });
  let way: { destroy(error: Error): unknown } = tunnel;
  const timer = setTimeout(() => way.destroy(new Error('the proxy took too long')), timeoutMs);
  return new Promise<Socket>((resolve, reject) => {
    // later errors come after the promise is settled, and the connection's user has a listener for them
    tunnel.on('error', reject);
    tunnel.once('connect', ({ statusCode }, socket) => {
      way = socket.on('error', reject);
      if (statusCode !== 200) return socket.destroy(new Error(`the proxy answered ${statusCode}`));
      if (protocol !== 'https:') return resolve(socket);
      const name = servername || (isIP(hostname) ? '' : hostname);
      const secure = connectTls({ socket, host: hostname, servername: name, ALPNProtocols: ['http/1.1'] });
      secure.on('error', reject);
      return secure.once('secureConnect', () => resolve(secure));
    });
    tunnel.end();
  }).finally(() => clearTimeout(timer));
}

/** A request to the proxy itself, on a connection of its own: `CONNECT`, or one for the proxy to forward. */
export function requestTo(proxy: string, options: RequestOptions): ClientRequest {
  const url = new URL(proxy);
  const { protocol, origin, username, password } = url;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const authorization = username || password ? { 'proxy-authorization': `Basic ${credentials}` } : {};
  const request = protocol === 'https:' ? tlsRequest : plainRequest;
  const own = hostOf(url);
  return request(origin, {
    ...options,
    agent: false,
    headers: { ...options.headers, ...authorization },
    // without it Node would take the name to check from the Host header, which is the target's
    ...(protocol === 'https:' && { servername: isIP(own) ? '' : own }),
  });
}
