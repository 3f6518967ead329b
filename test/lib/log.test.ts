import { expect, test, vi } from 'vitest';
import { createLog } from '../../lib/base/log.ts';
import { metricLines } from '../../lib/lambda/metric.ts';

/** What a piece of code writes to the two outputs, line by line. */
function written(run: () => void): Record<string, unknown>[] {
  vi.stubEnv('POWERTOOLS_DEV', 'false');
  const lines: string[] = [];
  const keep = (text: unknown) => {
    lines.push(...String(text).split('\n').filter(Boolean));
    return true;
  };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation(keep);
  run();
  out.mockRestore();
  errors.mockRestore();
  return lines.map((line) => JSON.parse(line));
}

test('a line that alarms count is its metric too, for its stage', () => {
  const [line] = written(() => createLog('deliver-message', 'prod').warn('message-failed', { messageId: 'm_1' }));
  expect(line).toMatchObject({ level: 'WARN', message: 'message-failed', messageId: 'm_1', MessagesFailed: 1 });
  expect(line).toMatchObject({
    stage: 'prod',
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        { Namespace: 'dingdock', Dimensions: [['stage']], Metrics: [{ Name: 'MessagesFailed', Unit: 'Count' }] },
      ],
    },
  });
});

test('a line that nobody counts has no metric', () => {
  const [line] = written(() => createLog('deliver-message', 'prod').warn('retry-scheduled', { messageId: 'm_1' }));
  expect(line).not.toHaveProperty('_aws');
});

test('a metric is for the whole stage and by its dimensions, on a line that is nothing but JSON', () => {
  const [line] = written(() => metricLines('prod', () => 1)('QuotaNear', 4000, { quota: 'api' }));
  expect(line).toEqual({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'dingdock',
          Dimensions: [['stage'], ['stage', 'quota']],
          Metrics: [{ Name: 'QuotaNear', Unit: 'Count' }],
        },
      ],
    },
    stage: 'prod',
    quota: 'api',
    QuotaNear: 4000,
  });
});
