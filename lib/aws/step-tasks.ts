import * as v from 'valibot';
import { type StepTasks, TaskEnded } from '../approvals/answer-task.ts';
import { ServiceError } from '../base/errors.ts';
import type { JsonCall } from './json-call.ts';

/** What stays so at every try. */
const FINAL = ['InvalidToken', 'TaskDoesNotExist', 'TaskTimedOut', 'InvalidOutput', 'ValidationException'];

/** Tasks of Step Functions. */
export function createStepTasks(call: JsonCall): StepTasks {
  return {
    async end(task) {
      try {
        if ('output' in task) await call('AWSStepFunctions.SendTaskSuccess', task);
        else await call('AWSStepFunctions.SendTaskFailure', task);
        return { status: 'given' };
      } catch (error) {
        if (error instanceof ServiceError && FINAL.includes(error.code)) return { status: 'refused', code: error.code };
        throw error;
      }
    },
  };
}

/** The same by the one function that may: a grant to end one task is a grant to end each task of the account. */
export function createStepFunction(call: JsonCall): StepTasks {
  return {
    async end(task) {
      const answer = v.safeParse(TaskEnded, await call('lambda.InvokeFunction', task));
      // a function that failed answers 200 with its error
      if (!answer.success) throw new ServiceError('step-tasks.end', { code: 'function_failed', retryable: true });
      return answer.output;
    },
  };
}
