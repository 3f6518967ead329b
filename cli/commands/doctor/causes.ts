/**
 * What can be wrong, the exit code that says so to a script, and what to do about it. Where several are wrong the first
 * in this order decides the code: what comes later often follows from what comes earlier.
 */
export const CAUSES = {
  'api-unreachable': [
    10,
    'Start the local stack (npm start), or name the stage: --stage and --region, or DINGDOCK_URL.',
  ],
  'key-unknown': [
    11,
    'Make a key: dingdock keys create <name> --scope …, and give it in DINGDOCK_API_KEY or by --key-env.',
  ],
  'key-expired': [12, 'Make a new key with the same name, so that its Idempotency-Keys go on: dingdock keys create.'],
  'key-revoked': [13, 'Somebody ended this key on purpose: ask, then make another with dingdock keys create.'],
  clock: [14, 'Set the clock of this machine (NTP): DingTalk takes a signature for one hour, AWS for some minutes.'],
  'bad-secret': [15, 'Write the secret anew: dingdock init.'],
  'dingtalk-unreachable': [16, 'Let this network reach api.dingtalk.com and oapi.dingtalk.com: proxy, NAT, firewall.'],
  credentials: [
    17,
    'Compare appKey and appSecret with Client ID and Client Secret in the console: Credentials and basic information.',
  ],
  'ip-not-allowed': [
    18,
    "Add the address to the app's server egress IPs in the console (or to the robot's IP list in its group).",
  ],
  'address-banned': [
    19,
    'DingTalk lifts the ban by itself in five minutes; more than 10,000 calls in 20 s bring it about.',
  ],
  permission: [20, 'Grant the app the scope in the console, then publish a version.'],
  'wrong-corp': [
    21,
    'corpId is not the organisation of this app: take it from the console (top right), then dingdock init.',
  ],
  'wrong-receiver': [
    22,
    'Events are sealed for another id than the functions expect: app key (console), corp id (old API), suite key (ISV).',
  ],
  'callback-key': [
    23,
    'Token or AES key differ between the secret and the console: enter the same ones on both sides.',
  ],
  'callback-unreachable': [
    24,
    'DingTalk must reach the callback address from outside, over HTTPS, without a redirect.',
  ],
  'sign-encoded-twice': [
    25,
    'Encode the signature once: give raw base64 to a client that encodes its parameters, or encode it yourself.',
  ],
  'sign-clock': [
    26,
    'The timestamp is not now in milliseconds: mend the clock or the unit, and sign each message anew.',
  ],
  'sign-mode': [
    27,
    'The robot\'s security setting is another one: with "sign" on, store its secret; without it, leave sign out.',
  ],
  'sign-secret': [28, "Copy the robot's secret (SEC…, whole) once more and register the destination with it."],
  keyword: [29, "Let the text hold one of the robot's keywords, or change the robot's security setting to sign."],
  'robot-gone': [
    30,
    "The webhook's access_token is not known any more: create the robot anew and register the destination.",
  ],
  'unknown-receiver': [
    31,
    'The group or person is not known to DingTalk, or not in the range of this app: check the id.',
  ],
  refused: [32, 'Look the code up in the log, or in GET /messages/{id}.'],
  'stuck-queue': [33, 'reconcile has not come by: look at its errors with dingdock tail, and at its schedule.'],
  'dead-letters': [34, 'See why with dingdock dlq show <queue>, mend it, then dingdock dlq redrive <queue>.'],
  quota: [35, 'Buy calls, or send less until the month ends: dingdock quota.'],
  'no-alarms': [36, 'Until then only dingdock doctor and the log tell.'],
  'no-tap': [
    37,
    'Cards keep their link buttons. Was it tapped? Then set the route anew (dingdock callback cards --url … --replace), see that cardSecrets has its secret, or give the app a template of its own (buttonCard).',
  ],
} as const satisfies Record<string, readonly [exit: number, remedy: string]>;

export type Cause = keyof typeof CAUSES;

/** What one check found. */
export type Finding = { check: string; ok: boolean; text: string; cause?: Cause; remedy?: string };

export const good = (check: string, text: string): Finding => ({ check, ok: true, text });

/** @param more what to do in this very case, before the general remedy */
export function bad(check: string, cause: Cause, text: string, more?: string): Finding {
  const [, remedy] = CAUSES[cause];
  return { check, ok: false, cause, text, remedy: more === undefined ? remedy : `${more} ${remedy}` };
}

/** The exit code of what was found: 0 when all is well. */
export function exitOf(findings: readonly Finding[]): number {
  const codes = findings.flatMap(({ cause }) => (cause === undefined ? [] : [CAUSES[cause][0]]));
  return codes.length === 0 ? 0 : Math.min(...codes);
}
