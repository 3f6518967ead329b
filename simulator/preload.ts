/**
 * `node --import dingtalk-simulator/preload app.js`: what this program asks of DingTalk's hosts by HTTPS or WSS goes to the
 * simulator at DINGTALK_SIMULATOR (http://127.0.0.1:3100), whichever HTTP library it has. The hosts' names stay in the requests.
 */
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

const DINGTALK = /(^|\.)dingtalk\.com$/i;

type Target = { host?: string | undefined; servername?: string | undefined };

const there = process.env.DINGTALK_SIMULATOR ?? 'http://127.0.0.1:3100';
if (!/^http:/.test(there) || !URL.canParse(there))
  throw new Error(`DINGTALK_SIMULATOR is no address of a simulator: ${there}; expected http://127.0.0.1:3100`);
const { hostname, port } = new URL(there);
const { connect } = tls;

Object.assign(tls, {
  connect(...given: unknown[]) {
    if (!DINGTALK.test(hostOf(given))) return Reflect.apply(connect, tls, given);
    const socket = net.connect({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 80) });
    const secured = given.findLast((each) => typeof each === 'function');
    socket.once('connect', () => {
      socket.emit('secureConnect');
      if (typeof secured === 'function') secured.call(socket);
    });
    return Object.assign(socket, asSecured);
  },
});
syncBuiltinESMExports(); // for those who import { connect } by its name

/** tls.connect(options), (port, host, options) or (port, options). */
function hostOf(given: unknown[]): string {
  const named = given.find((each) => typeof each === 'string');
  const { host, servername } = given.find(isTarget) ?? {};
  return servername || host || (typeof named === 'string' ? named : '');
}

function isTarget(given: unknown): given is Target {
  return typeof given === 'object' && given !== null;
}

/** What HTTP libraries ask of a TLS socket. */
const asSecured = {
  encrypted: true,
  authorized: true,
  alpnProtocol: false,
  getPeerCertificate: () => ({}),
  getSession: () => undefined,
  isSessionReused: () => false,
};
