import { isObject, type JsonObject, textIn } from '../json.ts';
import { deliver } from '../world/delivery.ts';
import { changeSettings } from '../world/settings.ts';
import type { State } from '../world/state.ts';
import { groupById, personById } from '../world/tenant.ts';
import { ControlFault } from './control-input.ts';
import { tenantActions } from './control-tenant.ts';

/** Puts the fixtures in place; throws a ControlFault that says what is wrong with them. */
export function applyFixtures(state: State, fixtures: JsonObject): void {
  const known = ['people', 'outsiders', 'groups', 'apps', 'robots', 'settings', 'messages'];
  const unknown = Object.keys(fixtures).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new ControlFault(`fixtures: unknown ${unknown.join(', ')}`, known.join(', '));
  const add = tenantActions(state);
  for (const kind of ['people', 'outsiders', 'groups', 'apps', 'robots']) {
    for (const body of listIn(fixtures, kind))
      add[`POST /${kind}`]?.({ body, params: {}, query: new URLSearchParams(), header: () => undefined });
  }
  const { settings = {} } = fixtures;
  const faults = isObject(settings) ? changeSettings(state.settings, settings) : ['expected an object'];
  if (faults.length > 0) throw new ControlFault(`settings: ${faults.join('; ')}`, 'see GET /_sim/settings');
  for (const message of listIn(fixtures, 'messages')) addMessage(state, message);
}

/** A plain text from a person or a robot. */
function addMessage(state: State, message: JsonObject): void {
  const expected = '{"conversation": "cidOps=", "sender": "lisi", "text": "…"}';
  const conversation = textIn(message, 'conversation') ?? '';
  const sender = textIn(message, 'sender');
  const text = textIn(message, 'text');
  if (!sender || !text) throw new ControlFault('a message needs sender and text', expected);
  if (!groupById(state.tenant, conversation) && !personById(state.tenant, conversation))
    throw new ControlFault(`messages: there is no conversation ${conversation}`, expected);
  const via = personById(state.tenant, sender) ? 'person' : 'app-robot';
  deliver(state, { msgtype: 'text', text, content: { content: text } }, { conversation, via, sender });
}

function listIn(fixtures: JsonObject, kind: string): JsonObject[] {
  const list = fixtures[kind] ?? [];
  if (!Array.isArray(list) || !list.every(isObject))
    throw new ControlFault(`${kind}: expected a list of objects`, '[]');
  return list;
}
