/** Counts something in CloudWatch; its dimensions are names, never ids. */
export type Metric = (name: string, count: number, dimensions: Record<string, string>) => void;

/** The namespace of all metrics of this project in CloudWatch. */
const NAMESPACE = 'dingdock';

/**
 * The members that make a line of JSON a line of CloudWatch's embedded metric format, of which CloudWatch makes a metric
 * by itself: for the whole stage, which is what alarms look at, and by the dimensions given. Those are names, never ids.
 */
export function embeddedMetric(
  stage: string,
  at: number,
  [name, count, dimensions = {}]: Parameters<Metric> | [string, number],
) {
  const names = Object.keys(dimensions);
  const metric = {
    Namespace: NAMESPACE,
    Dimensions: [['stage'], ...(names.length === 0 ? [] : [['stage', ...names]])],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  return { _aws: { Timestamp: at, CloudWatchMetrics: [metric] }, stage, ...dimensions, [name]: count };
}
