import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createButtonTable } from '../../../lib/aws/tables/records/button-table.ts';
import { DingTalkRefusal } from '../../../lib/base/dingtalk-errors.ts';
import type { DingTalkApp } from '../../../lib/dingtalk/app.ts';
import type { DingTalk } from '../../../lib/dingtalk/client.ts';
import { cardParams, formWithButtons, trialId } from '../../../lib/messages/render/card.ts';
import { WORDS } from '../../../lib/messages/words/words.ts';
import { chooseApp, dingtalkOf } from '../../stage/app.ts';
import { refusalOf, SCOPES } from './app-checks.ts';
import { bad, type Finding, good } from './causes.ts';
import type { Check, World } from './check.ts';

const LOOK_MS = 500;
/** A tap at the last moment is still on its way. */
const LATE_MS = 60_000;

/**
 * A card with a button that calls back, to a person who is asked to tap it. Once the tap came back through the deployed
 * functions, cards have such buttons: nothing but a tap shows whether template, route, secret and address are right.
 */
export function cardTap(person: string, waitMs: number): Check {
  return {
    name: `card ${person}`,
    async run(world) {
      const { apps } = await world.target.secret();
      const app = chooseApp(apps, world.given.text('app'));
      const dingtalk = dingtalkOf(app, world.target);
      return tried(world, { app, dingtalk, person, waitMs }).catch((error: unknown) => [
        refusalOf(`card ${app.name}`, app, error, SCOPES.cards),
      ]);
    },
  };
}

type Trial = { app: DingTalkApp; dingtalk: DingTalk; person: string; waitMs: number };

async function tried({ io, target }: World, { app, dingtalk: { cards }, person, waitMs }: Trial): Promise<Finding[]> {
  const check = `card ${app.name}`;
  const [apiSecret] = app.cardSecrets;
  if (apiSecret === undefined)
    return [bad(check, 'no-tap', 'the app has no cardSecrets, so its door for cards refuses every tap')];
  const form = formWithButtons(app.buttonCard);
  const { routeKey } = form;
  const url = `${await target.api()}/dingtalk/${encodeURIComponent(app.name)}/cards`;
  const goesTo = await routeTo(cards, { routeKey, url, apiSecret });

  const words = WORDS[app.language].trial;
  const outTrackId = trialId(randomUUID());
  const shown = (text: string) => ({ title: words.title, text, tail: '' });
  const taps = { id: 'trial', all: [{ tap: 'tap', text: words.button }] };
  const buttons = createButtonTable(target.dynamodb, target.table('records'));
  const until = io.now() + waitMs + LATE_MS;
  await buttons.try(outTrackId, { app: app.name, userId: person, appKey: app.appKey, ...form, until });
  const params = cardParams(form, shown(words.text), taps);
  await cards.createAndDeliver({ outTrackId, ...form, params, to: { userId: person } });
  io.progress(`waiting for ${person} to tap the button on the card …`);

  const isTapped = async () => (await buttons.seen(app.name))?.card === outTrackId;
  const end = io.now() + waitMs;
  let tapped = await isTapped();
  while (!tapped && io.now() < end) {
    await sleep(LOOK_MS, undefined, { signal: io.signal });
    tapped = await isTapped();
  }
  await cards.update({ outTrackId, params: cardParams(form, shown(tapped ? words.seen : words.over)) });
  if (tapped) return [good(check, 'the tap came back: cards have buttons that call back from now on')];
  const where = goesTo === url ? `taps of the route ${routeKey} go to ${url}` : `${goesTo}; they should go to ${url}`;
  return [bad(check, 'no-tap', `no tap of ${person} came back; ${where}`)];
}

type Route = { routeKey: string; url: string; apiSecret: string };

/** Where taps go. A route that is there is left alone: another stage may have it. */
async function routeTo(cards: DingTalk['cards'], route: Route): Promise<string> {
  try {
    return (await cards.registerRoute({ ...route, replace: false })).url ?? route.url;
  } catch (error) {
    if (error instanceof DingTalkRefusal && error.code === 'param.callbackRouteKeyExist')
      return `the route ${route.routeKey} was registered before, and DingTalk does not say for which address`;
    throw error;
  }
}
