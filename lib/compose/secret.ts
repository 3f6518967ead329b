import * as v from 'valibot';
import { createJsonCall } from '../aws/json-call.ts';
import { readSecret } from '../aws/secret.ts';
import type { Config, secretEnv } from '../base/config.ts';
import { ServiceError } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { neverShow } from '../base/redact.ts';
import { DingTalkApp } from '../dingtalk/app.ts';
import { endpoint, patient } from './clients.ts';

const Secret = v.strictObject({
  sealingKey: v.pipe(v.string(), v.minLength(16)),
  /** Where calls to DingTalk go through; here, since it may ask for a password. */
  proxy: v.optional(v.pipe(v.string(), v.regex(/^https?:\/\/[^\s\\]+$/), v.check(isReadable))),
  apps: v.pipe(v.array(DingTalkApp), v.minLength(1)),
});
/** The stage's secret: the DingTalk apps and the key that seals what the tables keep. */
export type Secret = v.InferOutput<typeof Secret>;

/** @throws ServiceError `bad_secret` that lists every bad member and no value. */
export async function loadSecret(config: Config<typeof secretEnv>, limits = patient): Promise<Secret> {
  const region = config.AWS_REGION;
  const url = config.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? endpoint('secretsmanager', region);
  const call = createJsonCall({ url, service: 'secretsmanager', region, ...limits });
  const text = await readSecret(call, config.DINGTALK_SECRET_ID);
  const result = v.safeParse(Secret, parseJson(text));
  if (result.success) {
    neverShow(secretsIn(result.output));
    return result.output;
  }
  const members = result.issues.map((issue) => `${v.getDotPath(issue) ?? '(secret)'} (${issue.type})`);
  throw new ServiceError(`secret ${config.DINGTALK_SECRET_ID}`, {
    code: 'bad_secret',
    retryable: false,
    remedy: `Correct in the secret "${config.DINGTALK_SECRET_ID}": ${[...new Set(members)].join(', ')}`,
  });
}

function secretsIn({ sealingKey, proxy, apps }: Secret) {
  const ofApps = apps.flatMap(({ appSecret, corpSecret, callbacks, cardSecrets }) => [
    appSecret,
    corpSecret,
    ...callbacks.flatMap(({ token, aesKey }) => [token, aesKey]),
    ...cardSecrets,
  ]);
  const password = proxy && new URL(proxy).password;
  return [sealingKey, password, password && decodeURIComponent(password), ...ofApps];
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
