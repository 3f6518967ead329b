import { afterEach, expect, test } from 'vitest';
import { redact } from '../../../lib/base/redact.ts';
import { loadApps, loadOwnKeys } from '../../../lib/compose/secret.ts';
import { startServer } from '../dingtalk/server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

// These stay known to whatever else runs in this process (lib/base/redact.ts), so no other test has them.
const APP = {
  ...{ name: 'default', corpId: 'dingcorp', appKey: 'dingkey', appSecret: 'app-secret-of-this-test' },
  ...{ callbacks: [], cardSecrets: [] },
};
const KEYS = {
  sealingKey: 'sealing-key-of-this-test',
  linkKey: 'link-key-of-this-test',
  cookieKey: 'cookie-key-of-this-test',
};

/** Where a function reads this secret. */
async function managerWith(secret: object) {
  const SecretString = JSON.stringify(secret);
  const server = await startServer(() => ({ body: { SecretString } }));
  closers.push(server.close);
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  return { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url };
}

/** The secret of the apps with these members too. */
async function load(more: object) {
  return loadApps({ ...(await managerWith({ apps: [APP], ...more })), DINGTALK_SECRET_ID: 'dingdock/test' });
}

test('keys of our own are a secret apart, and nothing of DingTalk may stand there', async () => {
  const own = async (secret: object) =>
    loadOwnKeys({ ...(await managerWith(secret)), OWN_KEYS_SECRET_ID: 'dingdock/test/keys' });
  expect(await own(KEYS)).toEqual(KEYS);
  expect(redact(`signed with ${KEYS.linkKey}`)).toBe('signed with …');
  for (const secret of [{ ...KEYS, apps: [APP] }, { ...KEYS, linkKey: 'short' }, { sealingKey: KEYS.sealingKey }]) {
    await expect(own(secret)).rejects.toMatchObject({
      code: 'bad_secret',
      remedy: expect.stringMatching(/^Correct in the secret "dingdock\/test\/keys": (apps|linkKey)/),
    });
  }
  await expect(load(KEYS)).rejects.toMatchObject({ code: 'bad_secret' });
});

test('a proxy may have a password, which is never shown in either spelling', async () => {
  const proxy = 'http://user:geheimes%40wort@proxy.example:3128';
  expect(await load({ proxy })).toMatchObject({ proxy });
  expect(redact(`at ${proxy} with geheimes@wort`)).toBe('at http://user:…@proxy.example:3128 with …');
});

test.each([
  'proxy.example:3128',
  'socks5://proxy.example',
  'http:proxy.example:3128',
  'http:\\\\proxy.example',
  'http://proxy.example:3128\n',
  'http://user:100%@proxy.example',
  'http://[',
  'http://:3128',
])('%j is no proxy, and the secret says so without its value', async (proxy) => {
  await expect(load({ proxy })).rejects.toMatchObject({
    code: 'bad_secret',
    remedy: expect.stringMatching(/^Correct in the secret "dingdock\/test": proxy \(\w+\)$/),
  });
});
