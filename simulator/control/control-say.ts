import { isObject, type JsonObject, numberIn, objectIn, textIn } from '../json.ts';
import type { Push } from '../world/push.ts';
import type { State } from '../world/state.ts';
import { type App, mainApp } from '../world/tenant.ts';
import { ControlFault, need, needGroup, needPerson } from './control-input.ts';
import { say } from './robot-inbound.ts';
import type { GivenFile, Spoken } from './spoken.ts';

/** POST /_sim/say: a person writes to the robot. A text and a file are two messages in DingTalk; the answer is about the last. */
export async function postSaying(state: State, body: JsonObject) {
  const from = needPerson(state, need(body, 'from', EXPECTED));
  const conversation = textIn(body, 'conversation');
  const group =
    conversation === undefined || conversation === from.userId
      ? undefined
      : needGroup(state, conversation).openConversationId;
  const all = readSpoken(state, body);
  if (all.length === 0) throw new ControlFault('nothing is said', EXPECTED);
  const common = {
    from,
    group,
    app: needApp(state, textIn(body, 'app')),
    quotaExhausted: body.quotaExhausted === true,
  };
  let last: Awaited<ReturnType<typeof say>> | undefined;
  for (const spoken of all) last = await say(state, state.callbackUrl, { ...common, spoken });
  if (!last?.push) return { messageId: last?.message.id, pushed: false, why: last?.why };
  return { messageId: last.message.id, pushed: true, ...outcome(last.push) };
}

/** The robot of which app is spoken to. */
function needApp(state: State, appKey: string | undefined): App {
  const app = appKey === undefined ? mainApp : state.tenant.apps.find((candidate) => candidate.appKey === appKey);
  if (!app) throw new ControlFault(`there is no app ${appKey}`, 'the appKey of an app');
  return app;
}

export function outcome(push: Push) {
  return { pushId: push.id, delivered: push.state === 'delivered', attempt: push.attempts[0] };
}

function readSpoken(state: State, body: JsonObject): Spoken[] {
  const text = textIn(body, 'text');
  const all: Spoken[] = text === undefined ? [] : [{ kind: 'text', text, ...quotedBy(state, body) }];
  const file = objectIn(body, 'file');
  if (file) all.push({ kind: body.picture === true ? 'picture' : 'file', file: readFile(file) });
  const audio = objectIn(body, 'audio');
  if (audio) {
    const recognition = textIn(audio, 'recognition') ?? '';
    all.push({ kind: 'audio', file: readFile(audio, 'voice.amr'), durationMs: durationOf(audio), recognition });
  }
  const video = objectIn(body, 'video');
  if (video) all.push({ kind: 'video', file: readFile(video, 'video.mp4'), durationMs: durationOf(video) });
  if (body.richText !== undefined) all.push({ kind: 'richText', parts: readParts(body.richText) });
  return all;
}

function quotedBy(state: State, body: JsonObject) {
  if (body.quote === undefined) return {};
  const quoted = state.messages.find((message) => message.id === body.quote);
  if (!quoted)
    throw new ControlFault(`there is no message ${String(body.quote)}`, 'quote: an id from GET /_sim/messages');
  return { quoted };
}

function readParts(parts: unknown): (Spoken & { kind: 'richText' })['parts'] {
  if (!Array.isArray(parts) || parts.length === 0) throw new ControlFault('richText is not a list', EXPECTED);
  return parts.map((part) => {
    const text = textIn(part, 'text');
    const picture = objectIn(part, 'picture');
    if (text === undefined && !picture) throw new ControlFault('richText: text or picture', EXPECTED);
    return text === undefined ? { file: readFile(picture ?? {}, 'picture.png') } : { text };
  });
}

function readFile(source: JsonObject, name?: string): GivenFile {
  const data = Buffer.from(need(source, 'base64', EXPECTED), 'base64');
  return { name: textIn(source, 'name') ?? name ?? need(source, 'name', EXPECTED), data };
}

function durationOf(source: JsonObject): number {
  const ms = numberIn(source, 'durationMs') ?? 4000;
  if (!(isObject(source) && ms > 0)) throw new ControlFault('durationMs is not a positive number', EXPECTED);
  return ms;
}

const EXPECTED =
  '{"from": "zhangsan"} and one or more of "text": "…", "file": {"name": "a.pdf", "base64": "…"} (a picture with ' +
  '"picture": true), "audio": {"base64": "…", "durationMs": 4000, "recognition": "…"}, "video": {"base64": "…"}, ' +
  '"richText": [{"text": "…"}, {"picture": {"base64": "…"}}]; optional "conversation": "cidOps=", ' +
  '"quote": "msg-1" beside a text, "app": the appKey of the robot, "quotaExhausted": true';
