import './fast-time.cjs';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MANNERS, SERVICES } from './front.ts';
import { runOutage, runPlan } from './outage.ts';
import { planOf } from './plan.ts';
import { isGood, line } from './report.ts';
import { startChaosWorld } from './world.ts';

// `npm run chaos -- --outage <service>[,<service>…] --for <seconds>`: one outage, or several at once.
// `npm run chaos -- --seed <number> --minutes <number>`: outages and deaths as the seed has them.
// TIME_SCALE (1 to 10) divides every pause, hold, lease, schedule and DingTalk's clock alike.
const MOST_SCALE = 10;
const USAGE = `npm run chaos -- --outage <service>[,<service>…] --for <seconds> [--how ${MANNERS.join('|')}]
npm run chaos -- --seed <number> --minutes <number>
  --load 0.2   a part of the load    --log <file>   adds the report to a file    --debug <file>   what the functions wrote
  TIME_SCALE=10 makes time pass ten times as fast
services: ${SERVICES.join(', ')}`;

const { values } = parseArgs({
  options: {
    outage: { type: 'string', default: '' },
    for: { type: 'string', default: '90' },
    how: { type: 'string', default: 'fails' },
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    load: { type: 'string', default: '1' },
    log: { type: 'string' },
    debug: { type: 'string' },
  },
});
const scale = Number(process.env.TIME_SCALE || 1);
const load = Number(values.load);
const what = asked();
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
const told = line(`${what.name}, scale ${scale}, load ${load}`, verdict, world.faults.struck());
console.log(told);
if (values.log) appendFileSync(values.log, `${told}\n`);
if (values.debug) appendFileSync(values.debug, `${world.log.join('\n')}\n`);
await world.stop();
process.exit(isGood(verdict) ? 0 : 1);

/** What the command line asks for; undefined when that cannot be understood. */
function asked() {
  const manner = MANNERS.find((each) => each === values.how);
  if (values.seed !== undefined) {
    const [seed, ms] = [Number(values.seed), Number(values.minutes) * 60_000];
    if (!Number.isInteger(seed) || !(ms > 0)) return undefined;
    return {
      name: `seed ${seed}, ${values.minutes} min`,
      ms,
      services: [],
      manner: MANNERS[0],
      plan: planOf(seed, ms),
    };
  }
  const names = values.outage.split(',');
  const services = SERVICES.filter((service) => names.includes(service));
  const ms = Number(values.for) * 1000;
  if (services.length !== names.length || manner === undefined || !(ms > 0)) return undefined;
  return { name: `${services.join('+')} ${manner} ${values.for} s`, ms, services, manner, plan: undefined };
}
