import { createServer, type Server } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { appRobotRoutes } from './app-robot.ts';
import { callbackRoutes } from './callback-registration.ts';
import { cardStreamingRoutes } from './card-streaming.ts';
import { cardRoutes } from './cards.ts';
import { contactRoutes } from './contacts.ts';
import { controlApi } from './control.ts';
import { conversationRoutes } from './conversation.ts';
import { dingRoutes } from './ding.ts';
import { driveCommitRoutes } from './drive-commit.ts';
import { drivePermissionRoutes } from './drive-permissions.ts';
import { driveSendRoutes } from './drive-send.ts';
import { driveIdRoutes, driveSpaceRoutes } from './drive-spaces.ts';
import { driveUploadRoutes } from './drive-upload.ts';
import { failedListRoutes } from './failed-list.ts';
import { applyFixtures, type Fixtures } from './fixtures.ts';
import { receive } from './gateway.ts';
import { groupRoutes } from './groups.ts';
import { mediaRoutes } from './media.ts';
import { dropObjects } from './object-store.ts';
import { serveObjectStore } from './oss.ts';
import { page } from './page.ts';
import { robotFileRoutes } from './robot-files.ts';
import { robotRecallRoutes } from './robot-recall.ts';
import { robotWebhookRoutes } from './robot-webhook.ts';
import { sessionWebhookRoutes } from './session-webhook.ts';
import type { Settings } from './settings.ts';
import { createState, type State } from './state.ts';
import { todoRoutes } from './todo.ts';
import { tokenRoutes } from './tokens.ts';
import { unknownRoute } from './unknown-path.ts';
import { workNotificationRoutes } from './work-notification.ts';
import { workResultRoutes } from './work-results.ts';

export type SimulatorOptions = {
  /** 0: any free port. */
  port?: number;
  host?: string;
  /** Where pushes go: {callbackUrl}/dingtalk/events, /robot and /cards. */
  callbackUrl?: string;
  settings?: Partial<Settings>;
  /** People, groups, apps, robots and messages of one's own; see fixtures.ts. */
  fixtures?: Fixtures;
  /** Epoch ms; the clock stands still there until /_sim/clock moves it. Absent: the real time. */
  clock?: number;
  /** The same seed gives the same ids, keys and tokens in the same order. Absent: chance. */
  seed?: string;
};
export type Simulator = { url: string; port: number; setCallbackUrl(url: string): void; close(): Promise<void> };

/** DingTalk on your desk: both hosts' paths, the control API and a page on one port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 3100, host = '127.0.0.1', callbackUrl, settings = {}, fixtures, clock, seed } = options;
  const fill = (state: State) => applyFixtures(state, fixtures ?? {});
  const state = createState(
    { settings, fill, ...(clock === undefined ? {} : { clock }), ...(seed === undefined ? {} : { seed }) },
    callbackUrl?.replace(/\/+$/, ''),
  );
  const server = createServer(getRequestListener(routes(state).fetch));
  const bound = await listen(server, port, host);
  state.url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    url: state.url,
    port: bound,
    setCallbackUrl: (url) => {
      state.callbackUrl = url.replace(/\/+$/, '');
    },
    close: () => close(state, server),
  };
}

function routes(state: State) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.on(['PUT', 'GET'], '/_sim/oss/:key', (c) => serveObjectStore(state, c));
  app.route('/_sim', controlApi(state));
  app.route('/', page());
  const dingtalk = [
    ...tokenRoutes(state),
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
  // a caller who hangs up in the middle of a body is no failure of ours
  app.onError((error, c) => {
    if (!c.req.raw.signal.aborted) console.error('simulator:', c.req.method, c.req.path, error);
    return c.text('the request could not be read', 400);
  });
  app.notFound((c) => receive(state, unknownRoute('GET', c.req.path), c));
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
function close(state: State, server: Server): Promise<void> {
  state.closing.abort();
  for (const scheduled of state.due) clearTimeout(scheduled.timer);
  state.due.length = 0;
  return new Promise((resolve) => {
    server.close(() => {
      dropObjects(state);
      resolve();
    });
    server.closeAllConnections();
  });
}
