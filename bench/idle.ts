import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { render } from '../deploy/render.ts';
import type { Bed } from './bed.ts';
import { pricesOf } from './cost.ts';
import { root } from './packaged.ts';
import { type Row, row } from './row.ts';

const HOURS = 730;
const MINUTES = HOURS * 60;
/** Lambda asks each queue with so many pollers, each of which waits 20 s for an answer. */
const POLLS_PER_MINUTE = 5 * 3;
/** A run of a schedule that finds nothing to do, rounded up. */
const EMPTY_RUN_S = 0.1;
const EMPTY_RUN_READS = 2;

const Resource = v.looseObject({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) });
const Template = v.looseObject({ Resources: v.record(v.string(), Resource) });
const Queue = v.object({ EventSourceArn: v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) }) });
const Fifo = v.object({ FifoQueue: v.literal(true) });
const Alarm = v.object({ Metrics: v.optional(v.array(v.looseObject({ MetricStat: v.optional(v.unknown()) }))) });
const Rule = v.object({ ScheduleExpression: v.pipe(v.string(), v.regex(/^rate\(\d+ minutes?\)$/)) });
const Stage = v.object({
  DefaultRouteSettings: v.optional(v.object({ DetailedMetricsEnabled: v.optional(v.boolean(), false) })),
});
const Environment = v.object({ Environment: v.object({ Variables: v.record(v.string(), v.unknown()) }) });

/** What is paid for by the month for a stage that does nothing: a line by part, with how many of it there are. */
export type Part = { what: string; count: number; dollars: number };

/** Counts in a packaged template what AWS charges by the month, whatever the stage does. */
export function idleBill(packaged: Record<string, unknown>): Part[] {
  const prices = pricesOf();
  const { Resources } = v.parse(Template, render(packaged));
  const all = Object.values(Resources);
  const of = <T>(type: string, schema: v.GenericSchema<unknown, T>): T[] =>
    all.filter(({ Type }) => Type === type).map(({ Properties }) => v.parse(schema, Properties));

  const environments = of('AWS::Lambda::Function', Environment).map((each) => each.Environment.Variables);
  const secrets = new Set(
    environments.flatMap((each) =>
      Object.entries(each).flatMap(([name, id]) => (/_SECRET_ID$/.test(name) ? [id] : [])),
    ),
  ).size;
  const queues = of('AWS::Lambda::EventSourceMapping', Queue).map((each) => each.EventSourceArn['Fn::GetAtt'][0]);
  const fifo = queues.filter((id) => v.is(Fifo, Resources[id]?.Properties)).length;
  const polls = POLLS_PER_MINUTE * MINUTES;
  const rates = of('AWS::Events::Rule', Rule).map(({ ScheduleExpression }) => Number(/\d+/.exec(ScheduleExpression)));
  const runs = rates.reduce((sum, minutes) => sum + MINUTES / minutes, 0);
  const run =
    prices.lambdaRequestsPerMillion +
    EMPTY_RUN_S * 0.5 * prices.lambdaArm64PerGBSecond * 1e6 +
    EMPTY_RUN_READS * prices.dynamodbReadUnitsPerMillion;
  const watched = of('AWS::CloudWatch::Alarm', Alarm).map(
    ({ Metrics = [{ MetricStat: {} }] }) => Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length,
  );
  const metrics = watched.reduce((sum, count) => sum + count, 0);
  const routes = of('AWS::ApiGatewayV2::Route', v.unknown()).length;
  const detailed = of('AWS::ApiGatewayV2::Stage', Stage).some(
    (each) => each.DefaultRouteSettings?.DetailedMetricsEnabled,
  );
  const count = (type: string) => all.filter(({ Type }) => Type === type).length;
  const [dashboards, gateways] = [count('AWS::CloudWatch::Dashboard'), count('AWS::EC2::NatGateway')];
  return [
    { what: 'secrets', count: secrets, dollars: secrets * prices.secretPerMonth },
    {
      what: 'queues that Lambda asks for work',
      count: queues.length,
      dollars:
        (polls * (fifo * prices.sqsFifoPerMillion + (queues.length - fifo) * prices.sqsStandardPerMillion)) / 1e6,
    },
    { what: 'functions that run by the clock', count: rates.length, dollars: (runs * run) / 1e6 },
    { what: 'metrics that alarms look at', count: metrics, dollars: metrics * prices.alarmMetricPerMonth },
    // six of each route: AWS charges them like metrics of one's own
    {
      what: 'detailed metrics of routes',
      count: detailed ? routes : 0,
      dollars: detailed ? routes * 6 * prices.customMetricPerMonth : 0,
    },
    { what: 'dashboards', count: dashboards, dollars: dashboards * prices.dashboardPerMonth },
    {
      what: 'NAT gateways with an address',
      count: gateways,
      dollars: gateways * HOURS * (prices.natGatewayPerHour + prices.publicIpv4PerHour),
    },
  ];
}

export const sumOf = (parts: readonly Part[]) => parts.reduce((sum, { dollars }) => sum + dollars, 0);

/** Stages and options that the documents tell the bill of. */
export const IDLE_STAGES: Record<string, string[]> = {
  'a stage without alarms': [],
  '`alarmEmail=…` or `alarmTopicArn=…`': ['alarmEmail=ops@example.com'],
  'alarms and `dashboard=true`': ['alarmEmail=ops@example.com', 'dashboard=true'],
  'alarms and `network=nat`': ['alarmEmail=ops@example.com', 'network=nat'],
};

/** The table of docs/deploy.md. */
export function tableOfIdle(bills: Record<string, readonly Part[]>): string {
  const lines = Object.entries(bills).map(([stage, parts]) => {
    const told = parts
      .filter(({ count }) => count > 0)
      .map(({ what, count, dollars }) => `${what} (${count}) ${dollars.toFixed(2)}`);
    return `| ${stage} | ${sumOf(parts).toFixed(2)} | ${told.join('; ')} |`;
  });
  return ['| stage | $ a month | of what |', '|---|---|---|', ...lines].join('\n');
}

/** The idle bill of each stage, part by part; docs/deploy.md follows. */
export async function run(bed: Bed): Promise<Row[]> {
  const rows: Row[] = [];
  const bills: Record<string, Part[]> = {};
  for (const [stage, params] of Object.entries(IDLE_STAGES)) {
    const parts = idleBill(await templateOf(join(bed.dir, `idle-${rows.length}`), params));
    bills[stage] = parts;
    const line = (name: string, dollars: number, goal?: string) =>
      rows.push(row({ bench: 'idle', name: `${stage}: ${name}`, unit: '$ a month', ...(goal && { goal }) }, [dollars]));
    for (const { what, count, dollars } of parts) if (count > 0) line(`${what} (${count})`, dollars);
    line('all', sumOf(parts), params.includes('network=nat') ? undefined : '≤ 10');
  }
  const text = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(
    DOCUMENT,
    text.replace(PLACE, () => `<!-- idle -->\n${tableOfIdle(bills)}\n<!-- /idle -->`),
  );
  return rows;
}

const DOCUMENT = join(root, 'docs/deploy.md');
const PLACE = /<!-- idle -->\n[\s\S]*?<!-- \/idle -->/;

async function templateOf(folder: string, params: readonly string[]): Promise<Record<string, unknown>> {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const words = ['package', '--stage', 'prod', '--package', folder, ...params.map((each) => `--param=${each}`)];
  await promisify(execFile)(process.execPath, [serverless, ...words], {
    cwd: root,
    env: { ...process.env, TEMPLATE_ONLY: '1' },
  });
  return JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}
