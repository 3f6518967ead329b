import * as v from 'valibot';
import { createJsonCall } from '../aws/json-call.ts';
import { readSecret } from '../aws/secret.ts';
import type { appsEnv, Config, ownKeysEnv } from '../base/config.ts';
import { ServiceError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { neverShow } from '../base/redact.ts';
import { DingTalkApp } from '../dingtalk/app.ts';
import { endpoint, patient } from './clients.ts';

const Apps = v.strictObject({
  /** Where calls to DingTalk go through; here, since it may ask for a password. */
  proxy: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/[^\s\\]+$/), v.check(isReadable))),
  apps: v.pipe(v.array(DingTalkApp), v.minLength(1)),
});
/** The secret of the apps: what DingTalk gave, and the way to it. */
export type Apps = v.InferOutput<typeof Apps>;

const key = v.pipe(v.string(), v.minLength(16));
const OwnKeys = v.strictObject({
  /** Seals what the tables keep. */
  sealingKey: key,
  /** Signs links and task pages, and makes ids. */
  linkKey: key,
  /** Is for sessions of people who signed in. */
  cookieKey: key,
});
/** The secret with the stage's own keys. Nothing in it is DingTalk's: who answers the anonymous reads this one alone. */
export type OwnKeys = v.InferOutput<typeof OwnKeys>;

/** Both secrets, for functions that need both. */
export type Secret = Apps & OwnKeys;

/** @throws ServiceError `bad_secret` that lists every bad member and no value. */
export async function loadApps(config: Config<typeof appsEnv>, limits = patient): Promise<Apps> {
  const apps = await load(Apps, { config, secretId: config.DINGTALK_SECRET_ID, limits });
  neverShow(secretsIn(apps));
  return apps;
}

/** @throws ServiceError `bad_secret` that lists every bad member and no value. */
export async function loadOwnKeys(config: Config<typeof ownKeysEnv>): Promise<OwnKeys> {
  const keys = await load(OwnKeys, { config, secretId: config.OWN_KEYS_SECRET_ID, limits: patient });
  neverShow(Object.values(keys));
  return keys;
}

/** @throws as the two do */
export async function loadSecrets(config: Config<typeof appsEnv & typeof ownKeysEnv>): Promise<Secret> {
  const [apps, keys] = await Promise.all([loadApps(config), loadOwnKeys(config)]);
  return { ...apps, ...keys };
}

type Place = {
  config: Pick<Config<typeof appsEnv>, 'AWS_REGION' | 'AWS_ENDPOINT_URL_SECRETS_MANAGER'>;
  secretId: string;
  limits: typeof patient;
};

async function load<S extends v.GenericSchema>(schema: S, { config, secretId, limits }: Place) {
  const region = config.AWS_REGION;
  const url = config.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? endpoint('secretsmanager', region);
  const call = createJsonCall({ url, service: 'secretsmanager', region, ...limits });
  const result = v.safeParse(schema, parseJson(await readSecret(call, secretId)));
  if (result.success) return result.output;
  const members = result.issues.map((issue) => `${v.getDotPath(issue) ?? '(secret)'} (${issue.type})`);
  throw new ServiceError(`secret ${secretId}`, {
    code: 'bad_secret',
    retryable: false,
    remedy: `Correct in the secret "${secretId}": ${[...new Set(members)].join(', ')}`,
  });
}

function secretsIn({ proxy, apps }: Apps) {
  const ofApps = apps.flatMap(({ appSecret, corpSecret, callbacks, cardSecrets }) => [
    appSecret,
    corpSecret,
    ...callbacks.flatMap(({ token, aesKey }) => [token, aesKey]),
    ...cardSecrets,
  ]);
  const password = proxy && new URL(proxy).password;
  return [password, password && decodeURIComponent(password), ...ofApps];
}

/** Whether all of an address can be read: a % in a password has to be written as %25. */
function isReadable(address: string): boolean {
  try {
    const { username, password } = new URL(address);
    return decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}
