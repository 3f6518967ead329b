/** Tells a count to whoever watches; its dimensions are names, never ids. */
export type Metric = (name: string, count: number, dimensions: Record<string, string>) => void;

/** One line of CloudWatch's embedded metric format, of which CloudWatch makes a metric by itself. */
export function metricLines(service: string, now: () => number, write: (line: string) => void): Metric {
  return (name, count, given) => {
    const dimensions = { service, ...given };
    const metric = {
      Namespace: 'dingdock',
      Dimensions: [Object.keys(dimensions)],
      Metrics: [{ Name: name, Unit: 'Count' }],
    };
    write(JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics: [metric] }, ...dimensions, [name]: count }));
  };
}
