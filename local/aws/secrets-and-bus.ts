import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { parseObject } from '../../lib/base/json.ts';

export type BusEvent = { time: string; source: string; detailType: string; detail: unknown; bus: string };
export type Answer = { status: number; body: unknown };

const GetSecretValue = v.object({ SecretId: v.string() });
const PutEvents = v.object({
  Entries: v.array(
    v.object({
      Source: v.string(),
      DetailType: v.string(),
      Detail: v.string(),
      EventBusName: v.optional(v.string(), 'default'),
      Time: v.optional(v.number()),
    }),
  ),
});

const EndTask = v.object({ taskToken: v.string() });

type Options = { secrets: ReadonlyMap<string, string>; onEvent: (event: BusEvent) => void; region: string };

/** The calls of Secrets Manager, EventBridge and Step Functions that the functions make. Undefined for any other target. */
export function secretsAndBus({ secrets, onEvent, region }: Options) {
  const endTask = waitingTasks();
  return (target: string, body: string): Answer | undefined => {
    if (/^AWSStepFunctions\.SendTask(Success|Failure)$/.test(target)) return endTask(body);
    if (target === 'secretsmanager.GetSecretValue') {
      const { SecretId } = v.parse(GetSecretValue, JSON.parse(body));
      const secret = secrets.get(SecretId);
      if (secret === undefined) {
        const message = "Secrets Manager can't find the specified secret.";
        return { status: 400, body: { __type: 'ResourceNotFoundException', Message: message, message } };
      }
      const ARN = `arn:aws:secretsmanager:${region}:000000000000:secret:${SecretId}-local0`;
      const VersionId = '00000000-0000-0000-0000-000000000001';
      const answer = { ARN, Name: SecretId, VersionId, VersionStages: ['AWSCURRENT'], CreatedDate: 1_700_000_000 };
      return { status: 200, body: { ...answer, SecretString: secret } };
    }
    if (target === 'AWSEvents.PutEvents') {
      const { Entries } = v.parse(PutEvents, JSON.parse(body));
      const results = Entries.map((entry) => {
        const detail = parseObject(entry.Detail);
        if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
        const time = new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000).toISOString();
        onEvent({ time, source: entry.Source, detailType: entry.DetailType, detail, bus: entry.EventBusName });
        return { EventId: randomUUID() };
      });
      const failed = results.filter((result) => 'ErrorCode' in result).length;
      return { status: 200, body: { FailedEntryCount: failed, Entries: results } };
    }
    return undefined;
  };
}

/** No state machine runs here: a task waits whose token begins with `local-`, until it is ended. */
function waitingTasks() {
  const over = new Set<string>();
  return (body: string): Answer => {
    const { taskToken } = v.parse(EndTask, JSON.parse(body));
    const refused = (__type: string, message: string) => ({ status: 400, body: { __type, message } });
    if (!taskToken.startsWith('local-')) return refused('InvalidToken', 'Invalid token');
    if (over.has(taskToken)) return refused('TaskTimedOut', 'Task is timed out or was ended');
    over.add(taskToken);
    return { status: 200, body: {} };
  };
}
