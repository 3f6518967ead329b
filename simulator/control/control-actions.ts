import { allDone, changeTodo } from '../api/todo/todos.ts';
import { tellCounters } from '../gateway/calls.ts';
import { addFault, faultHelp, tellFaults } from '../gateway/faults.ts';
import { countPush } from '../gateway/limits.ts';
import { isObject, type JsonObject, parseObject, textIn, textsIn } from '../json.ts';
import { hearsEvents, pushToApp } from '../push/app-events.ts';
import { todoFacts } from '../push/emit.ts';
import { completeEvent, consoleDoor, type EventDoor, pushEvent } from '../push/push-event.ts';
import { repeatPush } from '../push/pushes.ts';
import { read } from '../push/robot-events.ts';
import { runDue } from '../world/due.ts';
import type { Todo } from '../world/records.ts';
import { isOff } from '../world/refusals.ts';
import { changeSettings } from '../world/settings.ts';
import { nextId, resetState, type State, tell } from '../world/state.ts';
import { mainApp, type Person } from '../world/tenant.ts';
import { click, hearsTaps, isSilent, routeOf } from './card-click.ts';
import { type Control, ControlFault, need, needCallbackUrl, needPerson } from './control-input.ts';
import { outcome, postSaying } from './control-say.ts';

/** What the control API does. */
export function actions(state: State): Control {
  return {
    'POST /events': async ({ body }) => postEvent(state, body),
    'POST /pushes/:id/repeat': async ({ params }) => repeat(state, params.id ?? ''),
    'POST /say': async ({ body }) => postSaying(state, body),
    'POST /click': async ({ body }) => postClick(state, body),
    'POST /faults': ({ body }) => {
      const fault = addFault(state, body);
      if (!fault) throw new ControlFault('the fault is not understood', faultHelp);
      return fault;
    },
    'DELETE /faults': () => {
      state.faults.length = 0;
      tellFaults(state);
      return [];
    },
    'DELETE /faults/:id': ({ params }) => {
      state.faults = state.faults.filter((fault) => fault.id !== params.id);
      tellFaults(state);
      return state.faults;
    },
    'POST /clock': async ({ body }) => {
      const { advanceMs } = body;
      if (typeof advanceMs !== 'number' || !Number.isFinite(advanceMs) || advanceMs < 0)
        throw new ControlFault('advanceMs is not a positive number', '{"advanceMs": 60000}');
      state.clock.advance(advanceMs);
      tellCounters(state);
      await runDue(state);
      return { now: new Date(state.clock.now()).toISOString(), clockOffsetMs: state.clock.offset() };
    },
    'POST /settings': ({ body }) => {
      const { callbackUrl, ...wanted } = body;
      const faults = changeSettings(state.settings, wanted);
      if (callbackUrl !== undefined && !/^https?:\/\//.test(String(callbackUrl)))
        faults.push('callbackUrl: expected http://… or https://…');
      if (faults.length > 0) throw new ControlFault(faults.join('; '), 'see GET /_sim/settings');
      if (typeof callbackUrl === 'string') state.callbackUrl = callbackUrl.replace(/\/+$/, '');
      tell(state, 'tenant', {});
      return { ...state.settings, callbackUrl: state.callbackUrl ?? null };
    },
    'POST /reset': () => {
      resetState(state);
      return { reset: true };
    },
    'POST /read': ({ body }) => {
      const expected = '{"userId": "lisi", "ids": ["msg-1"]}; without ids everything in the conversations of lisi';
      const { userId } = needPerson(state, need(body, 'userId', expected));
      const ids = textIn(body, 'id') === undefined ? textsIn(body, 'ids') : [textIn(body, 'id')];
      const groups = state.tenant.groups.filter((group) => group.members.includes(userId));
      const mine = new Set([userId, ...groups.map((group) => group.openConversationId)]);
      const wanted = ids && new Set(ids);
      const wantedOnes = state.messages.filter(
        (m) => mine.has(m.conversation) && (wanted === undefined || wanted.has(m.id)),
      );
      return { read: read(state, userId, wantedOnes) };
    },
    'POST /tick': async ({ body }) => {
      const expected = '{"userId": "lisi", "todo": "task1", "done": true}';
      const person = needPerson(state, need(body, 'userId', expected));
      if (typeof body.done !== 'boolean') throw new ControlFault('done is not a boolean', expected);
      const todo = state.todos.find((candidate) => candidate.id === body.todo && !candidate.deleted);
      // the client has no box for the to-do of an app; its own page must offer one (callbacks.md §9.1)
      if (!state.settings.todo.tickable && !isOff(state, 'todo.tick'))
        throw new ControlFault(
          "people cannot tick off an app's to-do in DingTalk: the page of its detailUrl has to offer it",
          'POST /_sim/settings {"todo": {"tickable": true}} plays a client that can',
        );
      if (!todo?.executorIds.includes(person.unionId))
        throw new ControlFault(`${person.userId} has no to-do ${body.todo}`, expected);
      return tick(state, todo, person, body.done);
    },
    'POST /tokens/revoke': () => {
      const revoked = state.tokens.length;
      state.tokens = [];
      return { revoked };
    },
  };
}

/** A person ticks off their share; what the app hears is an event without a "done" (callbacks.md §4.5). */
async function tick(state: State, todo: Todo, person: Person, done: boolean) {
  const doneBy = todo.doneBy.filter((unionId) => unionId !== person.unionId);
  changeTodo(state, todo, { doneBy: done ? [...doneBy, person.unionId] : doneBy });
  changeTodo(state, todo, { done: allDone(todo) });
  if (!hearsEvents(state, mainApp) || !countPush(state, mainApp, 'event todo_task_update'))
    return { pushed: false, todo };
  const facts = { EventType: 'todo_task_update', ...todoFacts(todo) };
  const event = completeEvent(state, { ...facts, eventId: nextId(state, 'todo-event-') }, 'console');
  const push = await pushToApp(state, mainApp, event);
  return push ? { pushed: true, ...outcome(push), todo } : { pushed: false, todo };
}

async function postEvent(state: State, body: JsonObject) {
  const { receiver, via, tamper, posted } = readPosted(body);
  // the old format goes where the app registered, the console's otherwise
  const registered = via === 'old' ? state.registrations.get(mainApp.appKey) : undefined;
  if (registered && !registered.tags.includes(String(posted.EventType)))
    return { pushed: false, why: `${posted.EventType} is not among the registered tags` };
  // what is asked of the envelope can be had by HTTP only
  const asked = receiver !== undefined || via === 'old' || tamper !== undefined;
  if (asked || !hearsEvents(state, mainApp)) needAddress(state, registered);
  // the month's pushes are used up (callbacks.md §1.5)
  if (!countPush(state, mainApp, `event ${posted.EventType}`))
    return { pushed: false, why: `the month's ${state.settings.webhookQuota} pushes are used up` };
  // whom it is for depends on how the address was registered (callbacks.md §0, fact 2)
  const known = receiver ?? (via === 'old' ? state.tenant.corpId : mainApp.appKey);
  const event = completeEvent(state, posted, via ?? 'console');
  const push = await (asked
    ? pushEvent(state, event, { receiver: known, via: via ?? 'console', tamper, door: needAddress(state, registered) })
    : pushToApp(state, mainApp, event));
  return push ? { ...outcome(push), eventId: event.eventId } : { pushed: false };
}

function readPosted({ receiver, via, tamper, ...posted }: JsonObject) {
  const expected =
    '{"EventType": "user_add_org", …own fields}; optional eventId, receiver, "via": "old", "tamper": "signature"';
  need(posted, 'EventType', expected);
  if (via !== undefined && via !== 'old' && via !== 'console') throw new ControlFault('via is not known', expected);
  if (tamper !== undefined && tamper !== 'signature') throw new ControlFault('tamper is not known', expected);
  if (receiver !== undefined && typeof receiver !== 'string') throw new ControlFault('receiver: a string', expected);
  return { receiver, via, tamper, posted } as const;
}

function needAddress(state: State, registered: EventDoor | undefined): EventDoor {
  return registered ?? consoleDoor(state, needCallbackUrl(state));
}

/** The same event again, as DingTalk may do even after a right answer (callbacks.md §2.5). */
async function repeat(state: State, id: string) {
  const earlier = state.pushes.find((candidate) => candidate.id === id);
  const push = earlier && (await repeatPush(state, earlier));
  if (!push) throw new ControlFault(`there is no push ${id}`, 'an id from GET /_sim/pushes');
  return outcome(push);
}

async function postClick(state: State, body: JsonObject) {
  const expected = '{"outTrackId": "…", "userId": "lisi", "actionId": "done", "params": {}}';
  const { params = {} } = body;
  if (!isObject(params)) throw new ControlFault('params is not an object', expected);
  const outTrackId = need(body, 'outTrackId', expected);
  if (isSilent(state, outTrackId))
    return { delivered: false, why: "it is not known that taps on DingTalk's public templates come by HTTP" };
  // a card with a route of its own, or of an app that listens by Stream, needs no common address
  const base = routeOf(state, outTrackId) || hearsTaps(state, outTrackId) ? undefined : needCallbackUrl(state);
  const push = await click(state, base, {
    outTrackId,
    userId: needPerson(state, need(body, 'userId', expected)).userId,
    actionId: need(body, 'actionId', expected),
    params,
  });
  return { ...outcome(push), answer: parseObject(push.attempts[0]?.answer ?? '') ?? null };
}
