import { Hono } from 'hono';
import type { State } from '../world/state.ts';
import { actions } from './control-actions.ts';
import { fileActions } from './control-files.ts';
import { bodyOf, type Control, ControlFault } from './control-input.ts';
import { signInActions } from './control-sign-in.ts';
import { streamActions } from './control-streams.ts';
import { tenantActions } from './control-tenant.ts';
import { views } from './control-views.ts';
import { controlDocument } from './openapi.ts';
import { streamNews } from './stream.ts';

/** The control API under /_sim, for tests and for people who look at the simulator. */
export function controlApi(state: State): Hono {
  const api = new Hono();
  api.get('/', (c) => c.json({ calls: places(state) }));
  api.get('/stream', () => streamNews(state));
  api.get('/openapi.json', (c) => c.json(controlDocument()));
  for (const [place, answer] of Object.entries(all(state))) {
    const [method = 'GET', path = '/'] = place.split(' ');
    api.on(method, path, async (c) => {
      const request = {
        query: new URL(c.req.url).searchParams,
        params: c.req.param(),
        body: await bodyOf(c.req),
        header: (name: string) => c.req.header(name),
      };
      const result = await answer(request);
      return result instanceof Response ? result : Response.json(result);
    });
  }
  api.all('*', (c) =>
    c.json({ error: `no such control call: ${c.req.method} ${c.req.path}`, known: places(state) }, 404),
  );
  api.onError((error, c) => {
    if (error instanceof ControlFault) return c.json({ error: error.message, expected: error.expected }, 400);
    console.error('simulator: a control call failed', c.req.method, c.req.path, error);
    return c.json({ error: 'the simulator failed; see its output' }, 500);
  });
  return api;
}

function all(state: State): Control {
  return {
    ...views(state),
    ...actions(state),
    ...fileActions(state),
    ...tenantActions(state),
    ...streamActions(state),
    ...signInActions(state),
  };
}

function places(state: State): string[] {
  return ['GET /', 'GET /openapi.json', ...Object.keys(all(state)), 'GET /stream'].map((place) =>
    place.replace(' ', ' /_sim'),
  );
}
