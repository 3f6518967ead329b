import { expect, test } from 'vitest';
import { createSeal } from '../../../lib/base/seal.ts';
import { createSessions } from '../../../lib/base/visitor/session.ts';
import { comeBack, takeCode } from '../../../lib/sign-in/doors.ts';
import type { SignInDeps } from '../../../lib/sign-in/sign-in.ts';

const ASKED = 'asked DingTalk';

/** Doors whose every call to DingTalk would tell on them. */
function doors(granted: boolean): SignInDeps & { addresses: string[] } {
  const addresses: string[] = [];
  const never = () => Promise.reject(new Error(ASKED));
  return {
    addresses,
    app: () => ({
      name: 'default',
      corpId: 'c',
      appKey: 'k',
      sender: '某公司',
      language: 'zh',
      signIn: true,
      codes: { userOfCode: never, userOfAuthCode: never },
      contacts: { memberOfUnionId: never },
    }),
    sessions: createSessions({ key: 'key', now: () => 0 }),
    departures: { leftAt: async () => undefined },
    isListed: () => false,
    states: { spend: async () => true },
    tries: {
      async take(address) {
        addresses.push(address);
        return granted ? { granted } : { granted, retryAt: 60_000 };
      },
    },
    seal: createSeal('key', 'sign-in'),
    publicUrl: 'https://dock.example',
    loginUrl: 'https://login.example/oauth2/auth',
    now: () => 0,
    random: () => 'state',
  };
}

const code = { headers: { 'sec-fetch-site': 'same-origin' }, query: {}, body: { code: 'x' }, address: '192.0.2.1' };

test('who tries too often from one address is told so, and DingTalk is not asked', async () => {
  const deps = doors(false);
  expect(await takeCode(deps, code)).toMatchObject({ status: 429, body: { code: 'rate_exceeded' } });
  expect(await comeBack(deps, code)).toMatchObject({
    status: 429,
    body: expect.stringMatching(/请稍候[\s\S]*Not so fast/),
  });
  expect(deps.addresses).toEqual(['192.0.2.1', '192.0.2.1']);
  await expect(takeCode(doors(true), code)).rejects.toThrow(ASKED);
});

test('a browser that does not say which site asks is known by the origin, on either name of the stage', async () => {
  const from = (headers: Record<string, string>) => takeCode(doors(false), { ...code, headers });
  const host = 'abc.execute-api.example';
  for (const origin of ['https://dock.example', `https://${host}`])
    expect(await from({ origin, host })).toMatchObject({ status: 429 });
  for (const headers of [{ host }, { host, origin: 'null' }, { host, origin: 'https://dock.example.evil.example' }])
    expect(await from(headers)).toMatchObject({ status: 400, body: { code: 'foreign_page' } });
});
