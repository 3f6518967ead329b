import { Console } from 'node:console';
import { embeddedMetric, type Metric } from '../base/embedded-metric.ts';
import { redact } from '../base/redact.ts';

/** Lambda's own console writes the time and the request before a line, which then is no JSON. */
const { log: print } = new Console(process.stdout);

/** A line of output that is nothing but this JSON. */
export function writeLine(line: object): void {
  print(redact(JSON.stringify(line)));
}

/** Metrics as lines of output. Powertools' Metrics do the same, and cost a cold start some 12 ms (docs/operations.md). */
export function metricLines(stage = 'local', now: () => number = Date.now, write = writeLine): Metric {
  return (...counted) => write(embeddedMetric(stage, now(), counted));
}

/** Counts that are added up until `flush` tells them: one line for a batch instead of one for each. */
export type Counts = { count(name: string): void; flush(): void };

export function addedUp(metric: Metric): Counts {
  const counts = new Map<string, number>();
  return {
    count(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    flush() {
      for (const [name, count] of counts) metric(name, count, {});
      counts.clear();
    },
  };
}
