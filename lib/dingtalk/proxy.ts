import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { buildConnector } from 'undici';

/**
 * Connections for undici by way of an HTTP proxy: CONNECT, and TLS inside of it. undici has a ProxyAgent, which takes most
 * of undici to load. Fails when the proxy does, or after `timeoutMs`: nothing of the request has gone out by then.
 */
export function connectThrough(proxy: string, timeoutMs: number): buildConnector.connector {
  const { protocol, origin, username, password } = new URL(proxy);
  const request = protocol === 'https:' ? tlsRequest : plainRequest;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const authorization = username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` };

  function open({ hostname, port, protocol: wanted, servername }: buildConnector.Options): Promise<Socket> {
    const target = `${hostname}:${port || (wanted === 'https:' ? 443 : 80)}`;
    const headers = { host: target, ...authorization };
    const tunnel = request(origin, { method: 'CONNECT', path: target, agent: false, headers });
    let way: { destroy(error: Error): unknown } = tunnel;
    const timer = setTimeout(() => way.destroy(new Error('the proxy took too long')), timeoutMs);
    return new Promise<Socket>((resolve, reject) => {
      // every later error finds the promise settled, and undici's own listener
      tunnel.on('error', reject);
      tunnel.once('connect', ({ statusCode }, socket) => {
        way = socket.on('error', reject);
        if (statusCode !== 200) return socket.destroy(new Error(`the proxy answered ${statusCode}`));
        if (wanted !== 'https:') return resolve(socket);
        const secure = connectTls({ socket, servername: servername || hostname, ALPNProtocols: ['http/1.1'] });
        secure.on('error', reject);
        return secure.once('secureConnect', () => resolve(secure));
      });
      tunnel.end();
    }).finally(() => clearTimeout(timer));
  }

  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    );
  };
}
