import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DingTalkRefusal } from '../../lib/base/dingtalk-errors.ts';
import { OLD_TAGS, registrationFaults } from '../../lib/dingtalk/doors/callback-registration.ts';
import { COMMON, type Command, type Option } from '../command.ts';
import { chooseApp, dingtalkOf } from '../stage/app.ts';
import { dingtalkUrls, targetOf } from '../stage/target.ts';
import { verifyCallback } from '../stage/verify-callback.ts';
import { UsageError } from '../usage.ts';

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

  const { callbacks, cards } = dingtalkOf(app, dingtalkUrls(env, simulated));
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

const APP: Record<string, Option> = {
  app: {
    type: 'string',
    value: '<name>',
    help: "one of DINGTALK_APPS (also in .env); without those, it is the simulator's",
  },
};
const CHANGES = ['register', 'delete', 'cards'];

/** The words that are the callback command's own. */
function withoutCommon(args: string[]): string[] {
  return args.filter((arg, at) => !isCommon(arg) && !(isCommon(args[at - 1]) && takesValue(args[at - 1])));
}

function isCommon(arg = ''): boolean {
  return Object.keys(COMMON).includes(arg.replace(/^--/, '').replace(/=.*$/, ''));
}

function takesValue(arg = ''): boolean {
  return !arg.includes('=') && COMMON[arg.replace(/^--/, '')]?.type === 'string';
}

const address: Option = { type: 'string', value: '<url>', help: 'where it goes' };

function callback(verb: string, command: Omit<Command, 'name' | 'run'>): Command {
  const run: Command['run'] = async (io, given) => {
    if (io.dryRun && CHANGES.includes(verb)) {
      io.answer({ dryRun: true }, `would ${command.summary}`);
      return 0;
    }
    const target = targetOf(io, given);
    const env = target.local ? io.env : { ...io.env, DINGTALK_APPS: JSON.stringify((await target.secret()).apps) };
    const address =
      verb === 'verify' && given.positionals.length === 0 ? [`${await target.api()}/dingtalk/events`] : [];
    const own = withoutCommon(given.args);
    const lines: string[] = [];
    const code = await callbackCommand([verb, ...address, ...own], env, (line) =>
      io.json ? void lines.push(line) : io.say(line),
    );
    if (io.json) io.answer({ ok: code === 0, lines });
    return code;
  };
  return { name: `callback ${verb}`, ...command, run };
}

export const callbacks: Command[] = [
  callback('verify', {
    takes: '[url]',
    summary: 'play DingTalk against an address and say what is wrong',
    options: {
      ...APP,
      token: { type: 'string', value: '<text>', help: 'another token than the app has' },
      'aes-key': { type: 'string', value: '<text>', help: 'another AES key' },
      receiver: { type: 'string', value: '<id>', help: 'whom to seal for; app key and corp id without it' },
    },
    examples: ['dingdock callback verify', 'dingdock callback verify https://…/dingtalk/events'],
  }),
  callback('register', {
    summary: 'tell DingTalk where to push events (old API)',
    options: {
      ...APP,
      url: address,
      tags: { type: 'string', value: '<a,b>', help: 'kinds of events; all without it' },
      replace: { type: 'boolean', help: 'change what is registered' },
    },
    examples: ['dingdock callback register --url https://…/dingtalk/events'],
  }),
  callback('show', { summary: 'what is registered', options: APP, examples: ['dingdock callback show'] }),
  callback('delete', { summary: 'no more pushes', options: APP, examples: ['dingdock callback delete'] }),
  callback('cards', {
    summary: 'tell DingTalk where taps on cards go',
    options: {
      ...APP,
      url: address,
      'route-key': { type: 'string', value: '<key>', help: 'the route of the cards (dingdock)' },
      replace: { type: 'boolean', help: 'change what is registered' },
    },
    examples: ['dingdock callback cards --url https://…/dingtalk/cards'],
  }),
];

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
