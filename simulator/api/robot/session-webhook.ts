import { bill } from '../../gateway/billing.ts';
import { oldOk, oldRefusal, type Reply } from '../../gateway/envelope.ts';
import { type Call, open, type Route } from '../../gateway/route.ts';
import { objectIn } from '../../json.ts';
import { deliver } from '../../world/delivery.ts';
import { rememberKey, type State } from '../../world/state.ts';
import type { App } from '../../world/tenant.ts';
import { notified } from './mentions.ts';
import { readRobotMessage } from './robot-content.ts';
import { checkAt, checkContent, readWebhookBody } from './robot-webhook.ts';

/** POST /robot/sendBySession, the reply channel of a robot message (messaging.md §4): no token, no sign. */
export function sessionWebhookRoutes(state: State): Route[] {
  return [open('POST', '/robot/sendBySession', (call) => reply(state, call), 'raw')];
}

export function openSession(state: State, conversation: string, app: App): { url: string; expiresAt: number } {
  const id = state.chance.bytes(16).toString('hex');
  const expiresAt = state.clock.now() + state.settings.sessionLifeMs;
  rememberKey(
    state.sessions,
    id,
    { conversation, robot: app.name, appKey: app.appKey, expiresAt },
    state.settings.mostKept,
  );
  return { url: `${state.url}/robot/sendBySession?session=${id}`, expiresAt };
}

function reply(state: State, call: Call): Reply {
  const session = state.sessions.get(call.query.get('session') ?? '');
  if (!session || session.expiresAt <= state.clock.now()) throw oldRefusal('session.unknown', 300001, 'session 不存在');
  bill(state, session.appKey, 'webhook', 'POST /robot/sendBySession');
  const body = readWebhookBody(state, call);
  const said = readRobotMessage(body);
  checkContent(state, said);
  const at = objectIn(body, 'at');
  checkAt(at);
  deliver(state, said, {
    conversation: session.conversation,
    via: 'session-webhook',
    sender: session.robot,
    ...notified(state, session.conversation, said, at),
    ...(at ? { atRequest: at } : {}),
  });
  return oldOk();
}
