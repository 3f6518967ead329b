import type { JsonObject } from '../json.ts';

export const plainKinds = ['hang', 'drop-after-accept', 'html-ban', 'punish', 'revoke-token', 'throttle'] as const;

export type PlainKind = (typeof plainKinds)[number];

export type Trouble =
  | { kind: PlainKind }
  | { kind: 'latency'; ms: number }
  | { kind: 'status'; status: number; body: unknown }
  | { kind: 'errcode'; body: JsonObject }
  | { kind: 'code'; status: number; body: JsonObject };

export type Fault = { id: string; path: string; trouble: Trouble; times: number; left: number };
