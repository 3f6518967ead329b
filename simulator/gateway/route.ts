import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { JsonObject } from '../json.ts';
import type { App } from '../world/tenant.ts';
import type { Reply } from './envelope.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type HttpContext = Context<{ Bindings: HttpBindings }>;

/** One request to DingTalk, read once. */
export type Call = {
  method: string;
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  header(name: string): string | undefined;
  /** The caller's IP address. */
  address: string;
  raw: Buffer;
  /** The decoded body; empty for a route that reads `raw` itself. */
  body: JsonObject;
};

/** `raw` routes look at content type and bytes themselves; `none` ones need no body. */
export type BodyKind = 'json' | 'raw' | 'none';

type Answer = Reply | Promise<Reply>;

type Place = { method: Method; path: string; body: BodyKind };

export type OpenRoute = Place & { auth: 'open'; handle: (call: Call) => Answer };

export type AppRoute = Place & { auth: 'app'; handle: (call: Call, app: App) => Answer };

export type Route = OpenRoute | AppRoute;

/** A route without an app token. */
export function open(method: Method, path: string, handle: OpenRoute['handle'], body: BodyKind = 'json'): OpenRoute {
  return { method, path, body: method === 'GET' ? 'none' : body, auth: 'open', handle };
}

/** A route that needs the token of an app, and counts in its limits. */
export function guarded(method: Method, path: string, handle: AppRoute['handle'], body: BodyKind = 'json'): AppRoute {
  const bodiless = method === 'GET' || method === 'DELETE';
  return { method, path, body: bodiless ? 'none' : body, auth: 'app', handle };
}
