import type { HonoRequest } from 'hono';
import { type JsonObject, parseObject, textIn } from '../json.ts';
import type { State } from '../world/state.ts';
import { type Group, groupById, type Person, personById } from '../world/tenant.ts';

export type ControlRequest = {
  query: URLSearchParams;
  params: Record<string, string>;
  body: JsonObject;
  header(name: string): string | undefined;
};

/** A control request that is not understood: 400 with what was expected. */
export class ControlFault extends Error {
  override readonly name = 'ControlFault';
  readonly expected: string;

  constructor(message: string, expected: string) {
    super(message);
    this.expected = expected;
  }
}

export async function bodyOf(request: HonoRequest): Promise<JsonObject> {
  if (request.method === 'GET' || request.method === 'DELETE') return {};
  const text = await request.text();
  if (text.trim() === '') return {};
  const body = parseObject(text);
  if (!body) throw new ControlFault('the body is not a JSON object', 'a JSON object, or nothing');
  return body;
}

export function need(body: JsonObject, key: string, expected: string): string {
  const value = textIn(body, key);
  if (value === undefined) throw new ControlFault(`${key} is missing or not a string`, expected);
  return value;
}

export function needPerson(state: State, userId: string): Person {
  const person = personById(state.tenant, userId);
  if (person) return person;
  const known = state.tenant.people.map((candidate) => candidate.userId).join(', ');
  throw new ControlFault(`nobody is called ${userId}`, `one of ${known}`);
}

export function needGroup(state: State, id: string): Group {
  const group = groupById(state.tenant, id);
  if (group) return group;
  const known = state.tenant.groups.map((candidate) => candidate.openConversationId).join(', ');
  throw new ControlFault(`there is no group ${id}`, `one of ${known}, or no conversation for one-to-one`);
}

export function needCallbackUrl(state: State): string {
  if (state.callbackUrl) return state.callbackUrl;
  throw new ControlFault(
    'nobody receives callbacks yet',
    'start the simulator with CALLBACK_URL, or POST /_sim/settings {"callbackUrl": "http://127.0.0.1:3000"}',
  );
}

export type Control = Record<string, (request: ControlRequest) => unknown>;
