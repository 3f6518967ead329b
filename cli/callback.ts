import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { OLD_TAGS, registrationFaults } from '../lib/dingtalk/callback-registration.ts';
import { DingTalkRefusal } from '../lib/dingtalk/errors.ts';
import { chooseApp, dingtalkOf } from './app.ts';
import { UsageError } from './usage.ts';
import { verifyCallback } from './verify-callback.ts';

type Env = Record<string, string | undefined>;
type Print = (line: string) => void;

const OPTIONS = {
  app: { type: 'string' },
  url: { type: 'string' },
  tags: { type: 'string' },
  replace: { type: 'boolean' },
  token: { type: 'string' },
  'aes-key': { type: 'string' },
  receiver: { type: 'string' },
  'route-key': { type: 'string' },
} as const;

/** `dingdock callback …`. @returns the exit code: 1 when something is wrong that the output names. */
export async function callbackCommand(args: string[], env: Env, print: Print): Promise<number> {
  const { values, positionals } = parse(args);
  const [verb, address] = positionals;
  const { app, simulated } = chooseApp(env, values.app);
  const [key] = app.callbacks;
  const token = values.token ?? key?.token ?? '';
  const aesKey = values['aes-key'] ?? key?.aesKey ?? '';

  if (verb === 'verify') {
    const url = address ?? `http://127.0.0.1:${env.API_PORT || 3000}/dingtalk/events`;
    const receiverIds = values.receiver === undefined ? [app.appKey, app.corpId] : [values.receiver];
    const checks = await verifyCallback({ url, key: { token, aesKey }, receiverIds, now: Date.now });
    for (const { ok, text } of checks) print(`${ok ? '✓' : '✗'} ${text}`);
    return checks.every(({ ok }) => ok) ? 0 : 1;
  }

  const { callbacks, cards } = dingtalkOf(env, app, simulated);
  return told(print, async () => {
    switch (verb) {
      case 'register': {
        const url = values.url ?? '';
        const registration = { url, token, aesKey, tags: values.tags?.split(',') ?? OLD_TAGS };
        const faults = registrationFaults(registration, simulated);
        for (const fault of faults) print(`✗ ${fault}`);
        if (faults.length > 0) return 1;
        await (values.replace ? callbacks.update(registration) : callbacks.register(registration));
        print(`✓ DingTalk pushes ${registration.tags.length} kinds of events to ${url}`);
        return 0;
      }
      case 'show': {
        const { url, tags } = await callbacks.get();
        print(`${url}\n${tags.join('\n')}`);
        return 0;
      }
      case 'delete':
        await callbacks.delete();
        print('✓ DingTalk pushes nothing any more');
        return 0;
      case 'cards': {
        const { url = '', 'route-key': routeKey = 'dingdock', replace = false } = values;
        const [apiSecret] = app.cardSecrets;
        if (apiSecret === undefined) {
          print(
            `✗ anybody could click without a secret: put one into cardSecrets, such as ${randomBytes(16).toString('hex')}`,
          );
          return 1;
        }
        await cards.registerRoute({ routeKey, url, apiSecret, replace });
        print(`✓ clicks on cards of the route ${routeKey} go to ${url}`);
        return 0;
      }
      default:
        throw new UsageError(`callback takes verify, register, show, delete or cards, not "${verb ?? ''}"`);
    }
  });
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function told(print: Print, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DingTalkRefusal)) throw error;
    print(`✗ DingTalk refused (${error.code}): ${error.remedy ?? error.description}`);
    return 1;
  }
}
