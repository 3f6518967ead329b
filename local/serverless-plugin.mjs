// Settles `serverless offline` on this machine. Idle in every other command: it acts only when local/functions.ts says
// so, or when a test wants the CloudFormation template and no bundles (TEMPLATE_ONLY).
//
// serverless-offline hands CloudFormation references ({ Ref: OutboxQueue }) to functions as they stand, so the local
// values come in from outside. So do the bundles (local/bundle.ts), and serverless-esbuild has nothing to do: it is not even
// loaded, which would take a second.

import { subscribe } from 'node:diagnostics_channel';
import { Server } from 'node:http';
import Module, { createRequire, flushCompileCache } from 'node:module';
import { refuseForeign } from 'dingtalk-simulator/own-origin';
import { replaceDead } from './replace-dead.mjs';

if (process.env.LOCAL_STACK !== undefined) standIn('serverless-esbuild', class {});

export default class LocalPlugin {
  hooks = {};

  constructor(serverless) {
    if (process.env.TEMPLATE_ONLY !== undefined) this.hooks = { initialize: () => leaveBundles(serverless) };
    const stack = process.env.LOCAL_STACK;
    if (stack === undefined) return;
    guard(JSON.parse(stack));
    // every command that packages does that, and this is no place to say so again
    serverless.configSchemaHandler.validateConfig = async () => {};
    this.hooks = {
      initialize: () => settle(serverless.service, JSON.parse(stack)),
      'after:offline:start:init'() {
        const server = apiServer(serverless.pluginManager.getPlugins());
        answerAsAws(server);
        takeTurns(server);
        flushCompileCache(); // where NODE_COMPILE_CACHE asks for one: this process is killed when it has done its work
      },
      // Open handles would keep a failed process alive; it has its output still to write.
      error: () => void setTimeout(() => process.exit(1), 300),
    };
    replaceDead();
    const quiet = requestsDone();
    keepConnections();
    process.on('message', async () => {
      await quiet();
      await serverless.pluginManager.spawn('offline:functionsUpdated');
    });
    // Without its parent this process has nobody to serve; it would only keep the ports.
    process.on('disconnect', () => process.exit(1));
    if (!process.connected) process.exit(1);
    process.channel?.unref();
  }
}

/** Has a plugin that is loaded after this one replaced. */
function standIn(name, exports) {
  const require = createRequire(import.meta.url);
  const path = require.resolve(name);
  require.cache[path] = Object.assign(new Module(path), { exports, loaded: true });
}

/** Both servers of serverless-offline: the API, whose doors, links and pages have proofs of their own, and Lambda's. */
function guard({ allowOrigins }) {
  const proved = (path) => /^\/((dingtalk|f|t)\/|sign-in(\/|$))/.test(path);
  const { emit } = Server.prototype;
  /** @type {(this: Server, event: string, ...given: unknown[]) => boolean} */
  Server.prototype.emit = function (event, ...given) {
    this.emit = emit; // from here on this server's own
    refuseForeign(this, { allowOrigins, proved });
    return this.emit(event, ...given);
  };
}

function settle(service, { environment, location, schedules }) {
  service.provider.environment = environment.provider;
  for (const [name, values] of Object.entries(environment.functions)) {
    const each = service.getFunction(name);
    each.environment = values;
    if (!schedules) each.events = each.events.filter((event) => !('schedule' in event));
  }
  service.custom = {
    ...service.custom,
    'serverless-offline': { location },
  };
}

/** No bundler, and any file for a zip: nobody deploys it. */
function leaveBundles({ service, pluginManager }) {
  for (const name of service.getAllFunctions()) service.getFunction(name).package = { artifact: 'package.json' };
  for (const [event, hooks] of Object.entries(pluginManager.hooks)) {
    pluginManager.hooks[event] = hooks.filter(({ pluginName }) => pluginName !== 'EsbuildServerlessPlugin');
  }
}

/** serverless-offline ends warm functions without regard for what they are doing: the caller would wait for ever. */
function requestsDone() {
  let running = 0;
  const waiting = [];
  subscribe('http.server.request.start', (/** @type {any} */ { response }) => {
    running += 1;
    response.once('close', () => {
      running -= 1;
      if (running === 0) for (const go of waiting.splice(0)) go();
    });
  });
  return () => (running === 0 ? undefined : new Promise((go) => waiting.push(go)));
}

/** A client ends its idle connections itself: one that this side ends may just be taking the next request. */
function keepConnections() {
  subscribe('http.server.request.start', (/** @type {any} */ { server }) => {
    server.keepAliveTimeout = 0;
  });
}

function apiServer(plugins) {
  return plugins
    .find((plugin) => plugin.constructor.name === 'ServerlessOffline')
    .internals()
    .getApiGatewayServer();
}

/** API Gateway's own answers, where serverless-offline says more: a failed function would be a 200 with its stack. */
function answerAsAws(server) {
  const own = { 401: 'Unauthorized', 403: 'Forbidden' };
  server.ext('onPreResponse', ({ response }, h) => {
    if (response.isBoom) {
      const { statusCode } = response.output;
      return own[statusCode] ? h.response({ message: own[statusCode] }).code(statusCode) : h.continue;
    }
    if (typeof response.source !== 'string' || !FAILED.test(response.source)) return h.continue;
    return h.response({ message: 'Internal Server Error' }).code(500);
  });
}

/** What serverless-offline makes of an exception or a timeout. */
const FAILED = /^\{"errorMessage":.*"errorType":.*"stackTrace":/s;

/** More than this many functions of a route, each a thread here, start too slowly to answer within their timeout. */
const AT_ONCE = 24;

/** Lets a request to a route wait until fewer than AT_ONCE others run on it; AWS would start a machine for each. */
function takeTurns(server) {
  const lines = new Map();
  const lineOf = ({ route: { method, path } }) => {
    const name = `${method} ${path}`;
    if (!lines.has(name)) lines.set(name, { running: new Set(), waiting: new Map() });
    return lines.get(name);
  };
  server.ext('onPreHandler', (request, h) => {
    const { running, waiting } = lineOf(request);
    if (running.size >= AT_ONCE) return new Promise((go) => waiting.set(request, () => go(h.continue)));
    running.add(request);
    return h.continue;
  });
  // it comes once for each request, for those that were given up too
  server.events.on('response', (request) => {
    const { running, waiting } = lineOf(request);
    waiting.delete(request);
    if (!running.delete(request)) return;
    for (const [next, go] of waiting) {
      waiting.delete(next);
      running.add(next);
      return go();
    }
  });
}
