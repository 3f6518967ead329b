import './fast-time.cjs';
import { appendFileSync } from 'node:fs';
import { asked } from '../asked.ts';
import { CASES } from './cases.ts';
import { runFlood } from './flood.ts';
import { MANNERS, SERVICES } from './front.ts';
import { runOutage, runPlan } from './outage.ts';
import { planOf } from './plan.ts';
import { floodLine, isFair, isGood, line } from './report.ts';
import { startChaosWorld } from './world.ts';

// `npm run chaos -- --outage <service>[,<service>…] --for <seconds>`: one outage, or several at once.
// `npm run chaos -- --case <case>`: something else than an outage (cases.ts).
// `npm run chaos -- --seed <number> --minutes <number>`: outages and deaths as the seed has them.
// TIME_SCALE (1 to 10) divides every pause, hold, lease, schedule and DingTalk's clock alike.
const MOST_SCALE = 10;
const FLOODED = 50;
const USAGE = `npm run chaos -- --outage <service>[,<service>…] --for <seconds> [--how ${MANNERS.join('|')}]
npm run chaos -- --case <case>[,<case>…] --for <seconds>
npm run chaos -- --seed <number> --minutes <number>
npm run chaos -- --flood <messages>
  --failed-list   waits for the hour in which DingTalk's failed list brings the events that no door took
  --load 0.2   a part of the load    --log <file>   adds the report to a file    --debug <file>   what the functions wrote
  TIME_SCALE=10 makes time pass ten times as fast
services: ${SERVICES.join(', ')}
cases: ${CASES.join(', ')}`;

const { values } = asked(USAGE, {
  outage: { type: 'string', default: '' },
  case: { type: 'string', default: '' },
  'failed-list': { type: 'boolean', default: false },
  for: { type: 'string', default: '90' },
  how: { type: 'string', default: 'fails' },
  seed: { type: 'string' },
  flood: { type: 'string' },
  minutes: { type: 'string', default: '10' },
  load: { type: 'string', default: '1' },
  log: { type: 'string' },
  debug: { type: 'string' },
});
const scale = Number(process.env.TIME_SCALE || 1);
const load = Number(values.load);
if (values.flood !== undefined) process.exit((await flood(Number(values.flood))) ? 0 : 1);
const what = troubleAsked();
if (what === undefined || !(load > 0) || !(scale >= 1 && scale <= MOST_SCALE)) {
  console.error(USAGE);
  process.exit(2);
}

console.log(`TIME_SCALE ${scale}: ${what.ms / 1000} s take ${Math.round(what.ms / scale / 1000)} s`);
for (const trouble of what.plan ?? []) console.log(`  ${JSON.stringify(trouble)}`);
const world = await startChaosWorld();
const verdict = what.plan
  ? await runPlan(world, { plan: what.plan, ms: what.ms, load, scale })
  : await runOutage(world, { ...what, load, scale });
const { died, spared } = world.deaths.told();
const struck = { ...world.faults.struck(), deaths: died.length };
report(line(`${what.name}, scale ${scale}, load ${load}`, verdict, struck));
if (values.debug) {
  const calls = [...died.map((call) => `died of ${call}`), ...spared.map((call) => `spared by ${call}`)];
  appendFileSync(values.debug, `${[...world.log, ...calls].join('\n')}\n`);
}
await world.stop();
process.exit(isGood(verdict) ? 0 : 1);

/** Answers whether it came evenly, and not too fast. */
async function flood(messages: number): Promise<boolean> {
  const world = await startChaosWorld();
  const verdict = await runFlood(world, messages, FLOODED);
  report(floodLine(`flood of ${messages} messages to ${FLOODED} destinations, scale ${scale}`, verdict));
  await world.stop();
  return isFair(verdict);
}

function report(told: string): void {
  console.log(told);
  if (values.log) appendFileSync(values.log, `${told}\n`);
}

/** What the command line asks for; undefined when that cannot be understood. */
function troubleAsked() {
  const manner = MANNERS.find((each) => each === values.how);
  if (values.seed !== undefined) {
    const [seed, ms] = [Number(values.seed), Number(values.minutes) * 60_000];
    if (!Number.isInteger(seed) || !(ms > 0)) return undefined;
    return {
      name: `seed ${seed}, ${values.minutes} min`,
      ms,
      services: [],
      cases: [],
      failedList: false,
      manner: MANNERS[0],
      plan: planOf(seed, ms),
    };
  }
  const names = [values.outage, values.case].map((each) => each.split(',').filter(Boolean));
  const services = SERVICES.filter((service) => names[0]?.includes(service));
  const cases = CASES.filter((each) => names[1]?.includes(each));
  const asked = names.flat();
  const ms = Number(values.for) * 1000;
  const isKnown = asked.length > 0 && services.length + cases.length === asked.length;
  if (!isKnown || manner === undefined || !(ms > 0)) return undefined;
  const failedList = values['failed-list'];
  const how = services.length > 0 ? [manner] : [];
  const name = [asked.join('+'), ...how, `${values.for} s`, ...(failedList ? ['with the failed list'] : [])].join(' ');
  return { name, ms, services, cases, failedList, manner, plan: undefined };
}
