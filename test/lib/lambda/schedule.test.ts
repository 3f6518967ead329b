import { expect, test } from 'vitest';
import { ServiceError } from '../../../lib/base/errors.ts';
import { scheduleHandler } from '../../../lib/lambda/schedule.ts';
import { memoryLog } from '../../support/memory-log.ts';

test('a job that fails stops no other, is logged once, and fails the invocation, so that Lambda tries again', async () => {
  const { log, lines } = memoryLog();
  const done: string[] = [];
  const run = scheduleHandler(async () => 'deps', log, {
    first: async () => {
      throw new ServiceError('first.step', { code: 'broken', retryable: true });
    },
    second: async (deps) => void done.push(`second with ${deps}`),
    third: async () => {
      throw new TypeError('a bug');
    },
  });
  await expect(run()).rejects.toMatchObject({ code: 'job_failed', operation: 'schedule: first, third' });
  expect(done).toEqual(['second with deps']);
  expect(lines).toEqual([
    { level: 'error', event: 'job-failed', fields: { job: 'first', code: 'broken', operation: 'first.step' } },
    { level: 'error', event: 'job-failed', fields: { job: 'third', code: 'TypeError' } },
  ]);
});

test('when every job succeeds the invocation does, and nothing is logged', async () => {
  const { log, lines } = memoryLog();
  await scheduleHandler(async () => undefined, log, { only: async () => undefined })();
  expect(lines).toEqual([]);
});
