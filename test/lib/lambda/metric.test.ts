import { expect, test } from 'vitest';
import { addedUp, metricLines } from '../../../lib/lambda/metric.ts';

test('what a batch counts is one line of the embedded metric format, and nothing where nothing was counted', () => {
  const lines: object[] = [];
  const counts = addedUp(
    metricLines(
      'prod',
      () => 7,
      (line) => void lines.push(line),
    ),
  );
  counts.flush();
  expect(lines).toEqual([]);
  for (let n = 0; n < 10; n += 1) counts.count('MessagesSent');
  counts.flush();
  counts.flush();
  expect(lines).toMatchObject([{ _aws: { Timestamp: 7 }, stage: 'prod', MessagesSent: 10 }]);
});
