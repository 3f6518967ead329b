import { createServer, type IncomingMessage, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { callbackRoutes } from './api/callback/callback-registration.ts';
import { failedListRoutes } from './api/callback/failed-list.ts';
import { cardStreamingRoutes } from './api/card/card-streaming.ts';
import { cardRoutes } from './api/card/cards.ts';
import { contactRoutes } from './api/contacts.ts';
import { conversationRoutes } from './api/conversation.ts';
import { driveCommitRoutes } from './api/drive/drive-commit.ts';
import { drivePermissionRoutes } from './api/drive/drive-permissions.ts';
import { driveSendRoutes } from './api/drive/drive-send.ts';
import { driveIdRoutes, driveSpaceRoutes } from './api/drive/drive-spaces.ts';
import { driveUploadRoutes } from './api/drive/drive-upload.ts';
import { serveObjectStore } from './api/drive/oss.ts';
import { groupRoutes } from './api/groups.ts';
import { mediaRoutes } from './api/media.ts';
import { appRobotRoutes } from './api/robot/app-robot.ts';
import { dingRoutes } from './api/robot/ding.ts';
import { robotFileRoutes } from './api/robot/robot-files.ts';
import { robotRecallRoutes } from './api/robot/robot-recall.ts';
import { robotWebhookRoutes } from './api/robot/robot-webhook.ts';
import { sessionWebhookRoutes } from './api/robot/session-webhook.ts';
import { authPages } from './api/sign-in/auth-page.ts';
import { signInRoutes } from './api/sign-in/sign-in.ts';
import { streamRoutes } from './api/stream/open.ts';
import { serveStream } from './api/stream/sockets.ts';
import { todoRoutes } from './api/todo/todo.ts';
import { tokenRoutes } from './api/tokens.ts';
import { workNotificationRoutes } from './api/work/work-notification.ts';
import { workResultRoutes } from './api/work/work-results.ts';
import { controlApi } from './control/control.ts';
import { applyFixtures } from './control/fixtures.ts';
import { receive } from './gateway/gateway.ts';
import { refuseForeign } from './gateway/own-origin.ts';
import { unknownRoute } from './gateway/unknown-path.ts';
import type { JsonObject } from './json.ts';
import { page } from './page.ts';
import { previewLinks } from './push/link-previews.ts';
import { keepState } from './world/keep.ts';
import type { Fixtures } from './world/own-world.ts';
import type { Settings } from './world/settings.ts';
import { createState, dropObjects, type State } from './world/state.ts';

export type SimulatorOptions = {
  /** 0: any free port. */
  port?: number;
  host?: string;
  /** Where pushes go: {callbackUrl}/dingtalk/events, /robot and /cards. */
  callbackUrl?: string;
  settings?: Partial<Settings>;
  /** A folder that keeps people's world over a restart: messages, files, to-dos. Absent: in memory. */
  keptIn?: string;
  /** The address in the links that it hands out, when programs reach it by another than its own. */
  linkUrl?: string;
  /** Pages of these origins may call it, beside its own. */
  allowOrigins?: readonly string[];
  /** People, groups, apps, robots and messages of one's own; from a file as they are. */
  fixtures?: Fixtures | JsonObject;
  /** Epoch ms; the clock stands still at this time until /_sim/clock moves it. Absent: the real time. */
  clock?: number;
  /** The same seed gives the same ids, keys and tokens in the same order. Absent: random. */
  seed?: string;
};

export type Simulator = { url: string; port: number; setCallbackUrl(url: string): void; close(): Promise<void> };

/** What a client calls it that is sent here without its knowledge (preload.ts). */
const DINGTALK_HOSTS = ['api.dingtalk.com', 'oapi.dingtalk.com', 'login.dingtalk.com'];

/** A local DingTalk: both hosts' paths, the control API and a page on one port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 3100, host = '127.0.0.1', callbackUrl, settings = {}, fixtures, clock, seed } = options;
  const fill = (state: State) => applyFixtures(state, fixtures ?? {});
  const state = createState(
    { settings, fill, ...(clock === undefined ? {} : { clock }), ...(seed === undefined ? {} : { seed }) },
    callbackUrl?.replace(/\/+$/, ''),
  );
  const kept = options.keptIn === undefined ? undefined : keepState(state, options.keptIn);
  // Java's client offers HTTP/2 with each first request, and is content with an answer in HTTP/1.1
  const shouldUpgradeCallback = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket';
  const server = createServer({ shouldUpgradeCallback }, getRequestListener(routes(state).fetch));
  refuseForeign(server, { host, programNames: DINGTALK_HOSTS, allowOrigins: options.allowOrigins ?? [] });
  server.keepAliveTimeout = 0; // a client ends its idle connections itself: its next request is never cut off
  serveStream(state, server);
  previewLinks(state);
  const bound = await listen(server, port, host);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  state.url = options.linkUrl ?? url;
  return {
    url,
    port: bound,
    setCallbackUrl: (url) => {
      state.callbackUrl = url.replace(/\/+$/, '');
    },
    close: () => close(state, server, kept),
  };
}

function routes(state: State) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.on(['PUT', 'GET'], '/_sim/oss/:key', (c) => serveObjectStore(state, c));
  app.route('/_sim', controlApi(state));
  app.route('/', page());
  app.route('/', authPages(state));
  const dingtalk = [
    ...tokenRoutes(state),
    ...streamRoutes(state),
    ...signInRoutes(state),
    ...robotWebhookRoutes(state),
    ...sessionWebhookRoutes(state),
    ...appRobotRoutes(state),
    ...robotRecallRoutes(state),
    ...robotFileRoutes(state),
    ...workNotificationRoutes(state),
    ...workResultRoutes(state),
    ...conversationRoutes(state),
    ...groupRoutes(state),
    ...mediaRoutes(state),
    ...contactRoutes(state),
    ...todoRoutes(state),
    ...cardRoutes(state),
    ...cardStreamingRoutes(state),
    ...dingRoutes(state),
    ...drivePermissionRoutes(state),
    ...driveSpaceRoutes(state),
    ...driveIdRoutes(state),
    ...driveUploadRoutes(state),
    ...driveCommitRoutes(state),
    ...driveSendRoutes(state),
    ...callbackRoutes(state),
    ...failedListRoutes(state),
  ];
  for (const route of dingtalk) app.on(route.method, route.path, (c) => receive(state, route, c));
  // a caller that disconnects in the middle of a body is not an error
  app.onError((error, c) => {
    if (!c.req.raw.signal.aborted) console.error('simulator:', c.req.method, c.req.path, error);
    return c.text('the request could not be read', 400);
  });
  app.notFound((c) => receive(state, unknownRoute(state, 'GET', c.req.path), c));
  return app;
}

/** The port that was bound; rejects with the plain EADDRINUSE error. */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Ends streams, hanging calls, planned pushes and keep-alive sockets at once. */
function close(state: State, server: Server, kept?: { end(): void }): Promise<void> {
  state.closing.abort();
  for (const scheduled of state.due) clearTimeout(scheduled.timer);
  state.due.length = 0;
  return new Promise((resolve) => {
    server.close(() => {
      if (kept) kept.end();
      else dropObjects(state);
      resolve();
    });
    server.closeAllConnections();
  });
}
