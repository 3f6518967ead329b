import { DingTalkRefusal, DingTalkUnreachable } from '../../../lib/base/dingtalk-errors.ts';
import type { DingTalkApp } from '../../../lib/dingtalk/app.ts';
import type { DingTalk } from '../../../lib/dingtalk/client.ts';
import { readAnswer } from '../../../lib/dingtalk/transport/answer.ts';
import { createHttp } from '../../../lib/dingtalk/transport/http.ts';
import { CliError } from '../../exit.ts';
import { dingtalkOf } from '../../stage/app.ts';
import { shakeHands } from '../../stage/verify-callback.ts';
import { bad, type Finding, good } from './causes.ts';
import type { Check, World } from './check.ts';

/** What AWS allows is more, what DingTalk allows is an hour; who is a minute off will be an hour off some day. */
const MOST_SKEW_MS = 60_000;
const NOBODY = 'dingdock-doctor';

/** A right that an app is granted in the console, and what it opens. */
type Scope = { name: string; what: string };
export const SCOPES = {
  contacts: { name: 'qyapi_get_member', what: 'contacts' },
  robot: { name: 'qyapi_robot_sendmsg', what: 'robot' },
  todos: { name: 'Todo.Todo.Write', what: 'to-dos' },
  cards: { name: 'Card.Instance.Write', what: 'cards' },
};

/** Our clock beside DingTalk's, by the Date header of any answer. */
export const clock: Check = {
  name: 'clock',
  async run({ io, target }) {
    const url = target.dingtalkUrls.oapi;
    const asked = io.now();
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch(
      () => undefined,
    );
    if (!answer) return [bad('clock', 'dingtalk-unreachable', `${url} does not answer`)];
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return [good('clock', 'DingTalk did not say what time it is')];
    const offS = Math.round((asked - theirs) / 1000);
    if (Math.abs(offS) * 1000 <= MOST_SKEW_MS) return [good('clock', 'the clock is right')];
    return [
      bad(
        'clock',
        'clock',
        `this machine's clock is ${Math.abs(offS)} s ${offS < 0 ? 'behind' : 'ahead of'} DingTalk's`,
      ),
    ];
  },
};

/** The secret is readable, and DingTalk takes each app in it. */
export const apps: Check = {
  name: 'apps',
  async run(world) {
    const secret = await world.target.secret().catch((error: unknown) => error);
    if (secret instanceof CliError) return [bad('secret', 'bad-secret', secret.message, secret.remedy)];
    if (secret instanceof Error) return [bad('secret', 'bad-secret', `the secret cannot be read (${secret.name})`)];
    const { apps: listed } = await world.target.secret();
    return (await Promise.all(listed.map((app) => examineApp(world, app)))).flat();
  },
};

async function examineApp(world: World, app: DingTalkApp): Promise<Finding[]> {
  const { target } = world;
  const name = `app ${app.name}`;
  const dingtalk = dingtalkOf(app, target);
  const corp = await examineCredentials(app, target.dingtalkUrls);
  if (!corp.ok && corp.cause !== 'wrong-corp') return [corp, ...(await examineDoor(world, app))];
  const scopes = await examineScopes(name, app, dingtalk);
  return [corp, ...scopes, ...(await examineDoor(world, app))];
}

/** The credentials and whose they are: the one token call that names the corp (messaging.md §1.3); it costs no quota. */
export async function examineCredentials(app: DingTalkApp, urls: { api: string; oapi: string }): Promise<Finding> {
  const check = `app ${app.name}`;
  try {
    const answer = await createHttp()({
      method: 'POST',
      url: `${urls.api}/v1.0/oauth2/${encodeURIComponent(app.corpId)}/token`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ client_id: app.appKey, client_secret: app.appSecret, grant_type: 'client_credentials' }),
      timeoutMs: 10_000,
    });
    const reading = readAnswer('doctor.corp', 'api', answer, [app.appSecret]);
    if (reading.good) return good(check, `DingTalk takes the credentials, and they belong to ${app.corpId}`);
    // a corp id that is none answers 500 unknownError (messaging.md §1.3)
    if (/^(unauthorized\.client|unknownError)$/.test(reading.refusal.code))
      return bad(check, 'wrong-corp', `DingTalk does not know this app in ${app.corpId} (${reading.refusal.code})`);
    return findingOf(check, app, reading.refusal);
  } catch (error) {
    return findingOf(check, app, error);
  }
}

/** Calls that change nothing, each behind another scope. A refusal of their nonsense is what is hoped for. */
async function examineScopes(check: string, app: DingTalkApp, dingtalk: DingTalk): Promise<Finding[]> {
  const operator = app.operatorUserId;
  const person = await dingtalk.contacts.getUser(operator ?? NOBODY).catch((error: unknown) => ({ error }));
  const found = [
    'error' in person ? probed(check, app, person.error, SCOPES.contacts) : undefined,
    operator !== undefined && 'error' in person && isGone(person.error)
      ? bad(check, 'unknown-receiver', `operatorUserId "${operator}" is no person that this app may see`)
      : undefined,
    await probe(check, app, dingtalk.sentMessages.readersAmongUsers(NOBODY), SCOPES.robot),
    'error' in person
      ? undefined
      : await probe(
          check,
          app,
          dingtalk.todos.update({ ownerUnionId: person.unionId, id: NOBODY, done: true }),
          SCOPES.todos,
        ),
  ].filter((finding) => finding !== undefined);
  return found.length > 0 ? found : [good(check, 'the scopes for contacts, robot and to-dos are granted')];
}

async function probe(check: string, app: DingTalkApp, call: Promise<unknown>, scope: Scope) {
  return call.then(
    () => undefined,
    (error: unknown) => probed(check, app, error, scope),
  );
}

/** What a probe's failure says; undefined when it only says that the probe asked for nonsense. */
function probed(check: string, app: DingTalkApp, error: unknown, { name, what }: Scope): Finding | undefined {
  if (!(error instanceof DingTalkRefusal)) return findingOf(check, app, error);
  if (error.class !== 'permission')
    return /^(ip|credentials|token)$/.test(error.class) || error.code === 'ip_ban'
      ? findingOf(check, app, error)
      : undefined;
  const scopes = error.scopes.length > 0 ? error.scopes : [name];
  const links = scopes.map((each) => `https://open-dev.dingtalk.com/appscope/apply?content=${app.appKey}%23${each}`);
  return bad(
    check,
    'permission',
    `the app lacks ${scopes.join(', ')} (${what}, ${error.code})`,
    `Ask for it at ${links.join(' ')} .`,
  );
}

/** Why a call that should have been taken was not. */
export function refusalOf(check: string, app: DingTalkApp, error: unknown, scope: Scope): Finding {
  if (isGone(error))
    return bad(check, 'unknown-receiver', 'DingTalk does not know the person, or shows the app no such one');
  return probed(check, app, error, scope) ?? findingOf(check, app, error);
}

function isGone(error: unknown): boolean {
  return error instanceof DingTalkRefusal && error.class === 'gone';
}

/** DingTalk's refusal of a whole app. */
function findingOf(check: string, app: DingTalkApp, error: unknown): Finding {
  if (error instanceof DingTalkUnreachable)
    return bad(check, 'dingtalk-unreachable', `DingTalk does not answer (${error.code})`);
  if (!(error instanceof DingTalkRefusal))
    return bad(check, 'refused', error instanceof Error ? error.message : String(error));
  const { code, description } = error;
  if (code === 'ip_ban') return bad(check, 'address-banned', 'DingTalk answers with its ban page');
  if (code === '853002') return bad(check, 'clock', `DingTalk says that the clock is off (${code})`);
  if (error.class === 'ip')
    return bad(check, 'ip-not-allowed', `DingTalk does not take calls from this address (${code}): ${description}`);
  if (error.class === 'credentials')
    return bad(check, 'credentials', `DingTalk does not know the pair of ${app.appKey} and its secret (${code})`);
  return bad(check, 'refused', `DingTalk refused (${code}): ${description}`, error.remedy);
}

/** The door for events, as DingTalk tests it: sealed for the app key (console) and for the corp (old API). */
async function examineDoor({ io, target }: World, app: DingTalkApp): Promise<Finding[]> {
  const [key] = app.callbacks;
  if (!key) return [];
  const check = `callback ${app.name}`;
  const url = `${await target.api()}/dingtalk/${encodeURIComponent(app.name)}/events`;
  const shaken = await shakeHands({ url, key, receiverIds: [app.appKey, app.corpId], now: io.now });
  return shaken.map(({ receiverId, ok, text, problem }) => {
    if (ok) return good(check, text);
    if (problem === 'unreachable') return bad(check, 'callback-unreachable', text);
    const oneAccepted = shaken.some((other) => other.ok);
    if (problem === 'refused' && oneAccepted)
      return bad(
        check,
        'wrong-receiver',
        `token and AES key are right, and "${receiverId}" is not whom ${url} takes events for`,
      );
    return bad(check, 'callback-key', text);
  });
}
