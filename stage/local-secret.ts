import * as v from 'valibot';
import { DingTalkApp } from '../lib/dingtalk/app.ts';
import { LocalProblem } from './local-ports.ts';

export const API_KEY = 'local';

export type LocalKeys = v.InferOutput<typeof LocalKeys>;
const key = v.pipe(v.string(), v.minLength(16));
const LocalKeys = v.object({ apiKey: key, sealingKey: key, linkKey: key, cookieKey: key });
/** The keys of a stack with the simulator, where there is nothing to protect. */
export const KNOWN_KEYS: LocalKeys = {
  apiKey: API_KEY,
  sealingKey: 'local-sealing-key',
  linkKey: 'local-link-key-of-the-stack',
  cookieKey: 'local-cookie-key-of-the-stack',
};
/** Where those of a stack with the real DingTalk are kept, in the state folder. */
export const KEYS_FILE = 'keys.json';
export const LocalKeysText = v.pipe(v.string(), v.parseJson(), LocalKeys);

/** The app that the simulator knows. */
export const SIMULATED_APP = v.parse(DingTalkApp, {
  name: 'default',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  robotCode: 'dingsimapp',
  operatorUserId: 'zhangsan',
  drive: { folder: 'dingdock' },
  callbacks: [{ token: 'simcallbacktoken', aesKey: 'simsimsimsimsimsimsimsimsimsimsimsimsimsim0' }],
  taskCard: { templateId: 'dingdock-task', routeKey: 'dingdock-task' },
  cardSecrets: ['simcardsecret'],
});

const Apps = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.array(v.unknown()),
    v.pipe(
      v.object({ apps: v.array(v.unknown()) }),
      v.transform(({ apps }) => apps),
    ),
  ]),
  v.array(DingTalkApp),
  v.minLength(1),
);

/** The secret with the stage's own keys. */
export function ownKeysSecretOf({ apiKey: _, ...own }: LocalKeys): string {
  return JSON.stringify(own);
}

/**
 * The secret of the apps. `apps` is the text of DINGTALK_APPS: a list, or an object with `apps`. Without it the app is the
 * simulated one, with what `over` has otherwise.
 */
export function appsSecretOf(apps: string | undefined, over: object = {}): string {
  if (apps === undefined) return JSON.stringify({ apps: [{ ...SIMULATED_APP, ...over }] });
  const given = v.safeParse(Apps, apps);
  if (given.success) return JSON.stringify({ apps: given.output });
  const faults = given.issues.map((issue) => `${v.getDotPath(issue) ?? 'it'} (${issue.type})`);
  throw new LocalProblem(
    `DINGTALK_APPS is not a JSON list of apps; wrong or missing: ${[...new Set(faults)].join(', ')}`,
  );
}
