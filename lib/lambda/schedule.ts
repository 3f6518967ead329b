import { ServiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { failure } from './failure.ts';

/** Independent pieces of work, by name. */
export type Jobs<D> = Record<string, (deps: D) => Promise<unknown>>;

/**
 * One Lambda behind a schedule. Each job runs whatever became of the others; the invocation fails when one of them did,
 * so that Lambda counts it and tries again: a job must bear being repeated.
 */
export function scheduleHandler<D>(ready: () => Promise<D>, log: Log, jobs: Jobs<D>) {
  return async (): Promise<void> => {
    const deps = await ready();
    const names = Object.keys(jobs);
    const outcomes = await Promise.allSettled(Object.values(jobs).map(async (job) => job(deps)));
    const failed = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ job: names[index] ?? '', reason: outcome.reason }] : [],
    );
    for (const { job, reason } of failed) log.error('job-failed', { job, ...failure(reason) });
    if (failed.length === 0) return;
    const operation = `schedule: ${failed.map(({ job }) => job).join(', ')}`;
    throw new ServiceError(operation, { code: 'job_failed', retryable: true, cause: failed[0]?.reason });
  };
}
