import { randomBytes } from 'node:crypto';
import { DingTalkRefusal } from '../../lib/base/dingtalk-errors.ts';
import type { DingTalkApp } from '../../lib/dingtalk/app.ts';
import type { DingTalk } from '../../lib/dingtalk/client.ts';
import { OLD_TAGS, registrationFaults } from '../../lib/dingtalk/doors/callback-registration.ts';
import type { Command, Given, Option } from '../command.ts';
import { chooseApp, dingtalkOf, writeCounts } from '../stage/app.ts';
import { type Target, targetOf } from '../stage/target.ts';
import { verifyCallback } from '../stage/verify-callback.ts';

type World = {
  given: Given;
  target: Target;
  app: DingTalkApp;
  dingtalk: DingTalk;
  /** Token and AES key of the door: those of the environment, else the app's. */
  key: { token: string; aesKey: string };
};
type Told = { ok: boolean; lines: string[] };
type Verb = Omit<Command, 'name' | 'run'> & { changes?: boolean; work(world: World): Promise<Told> };

const good = (line: string): Told => ({ ok: true, lines: [`✓ ${line}`] });
const bad = (...lines: string[]): Told => ({ ok: false, lines: lines.map((line) => `✗ ${line}`) });

const APP: Record<string, Option> = {
  app: {
    type: 'string',
    value: '<name>',
    help: "one of DINGTALK_APPS (also in .env); without those, it is the simulator's",
  },
};
const url: Option = { type: 'string', value: '<url>', help: 'where it goes' };
const replace: Option = { type: 'boolean', help: 'change what is registered' };

const VERBS: Record<string, Verb> = {
  verify: {
    takes: '[url]',
    summary: 'play DingTalk against an address and say what is wrong',
    options: {
      ...APP,
      receiver: { type: 'string', value: '<id>', help: 'whom to seal for; app key and corp id without it' },
    },
    examples: ['dingdock callback verify', 'dingdock callback verify https://…/dingtalk/events'],
    async work({ given, target, app, key }) {
      const address = given.word || `${await target.api()}/dingtalk/events`;
      const receiver = given.text('receiver');
      const receiverIds = receiver === undefined ? [app.appKey, app.corpId] : [receiver];
      const checks = await verifyCallback({ url: address, key, receiverIds, now: Date.now });
      const lines = checks.map(({ ok, text }) => `${ok ? '✓' : '✗'} ${text}`);
      return { ok: checks.every(({ ok }) => ok), lines };
    },
  },
  register: {
    summary: 'tell DingTalk where to push events (old API)',
    options: {
      ...APP,
      url,
      tags: { type: 'string', value: '<a,b>', help: 'kinds of events; all without it' },
      replace,
    },
    examples: ['dingdock callback register --url https://…/dingtalk/events'],
    changes: true,
    async work({ given, target, dingtalk: { callbacks }, key }) {
      const registration = { url: given.text('url') ?? '', ...key, tags: given.list('tags') ?? OLD_TAGS };
      const faults = registrationFaults(registration, target.simulated);
      if (faults.length > 0) return bad(...faults);
      await (given.flag('replace') ? callbacks.update(registration) : callbacks.register(registration));
      return good(`DingTalk pushes ${registration.tags.length} kinds of events to ${registration.url}`);
    },
  },
  show: {
    summary: 'what is registered',
    options: APP,
    examples: ['dingdock callback show'],
    async work({ dingtalk }) {
      const { url: address, tags } = await dingtalk.callbacks.get();
      return { ok: true, lines: [address, ...tags] };
    },
  },
  delete: {
    summary: 'no more pushes',
    options: APP,
    examples: ['dingdock callback delete'],
    changes: true,
    async work({ dingtalk }) {
      await dingtalk.callbacks.delete();
      return good('DingTalk pushes nothing any more');
    },
  },
  cards: {
    summary: 'tell DingTalk where taps on cards go',
    options: {
      ...APP,
      url,
      'route-key': { type: 'string', value: '<key>', help: 'the route of the cards (dingdock)' },
      replace,
    },
    examples: ['dingdock callback cards --url https://…/dingtalk/cards'],
    changes: true,
    async work({ given, app, dingtalk }) {
      const [address, routeKey] = [given.text('url') ?? '', given.text('route-key') ?? 'dingdock'];
      const [apiSecret] = app.cardSecrets;
      if (apiSecret === undefined) {
        const example = randomBytes(16).toString('hex');
        return bad(`anybody could click without a secret: put one into cardSecrets, such as ${example}`);
      }
      await dingtalk.cards.registerRoute({ routeKey, url: address, apiSecret, replace: given.flag('replace') });
      return good(`clicks on cards of the route ${routeKey} go to ${address}`);
    },
  },
};

export const callbacks: Command[] = Object.entries(VERBS).map(([verb, { changes, work, ...command }]) => ({
  name: `callback ${verb}`,
  ...command,
  async run(io, given) {
    if (io.dryRun && changes) {
      io.answer({ dryRun: true }, `would ${command.summary}`);
      return 0;
    }
    const target = targetOf(io, given);
    const app = chooseApp((await target.secret()).apps, given.text('app'));
    const [own] = app.callbacks;
    const key = {
      token: (io.env.DINGTALK_CALLBACK_TOKEN || own?.token) ?? '',
      aesKey: (io.env.DINGTALK_AES_KEY || own?.aesKey) ?? '',
    };
    const dingtalk = dingtalkOf(app, target);
    const told = await work({ given, target, app, dingtalk, key })
      .catch(refused)
      .finally(() => writeCounts(io, target));
    target.close();
    io.answer(told, ...told.lines);
    return told.ok ? 0 : 1;
  },
}));

function refused(error: unknown): Told {
  if (!(error instanceof DingTalkRefusal)) throw error;
  return bad(`DingTalk refused (${error.code}): ${error.remedy ?? error.description}`);
}
