import { createTaskQueue } from '../aws/queues/task-queue.ts';
import { createDeedTable } from '../aws/tables/deed-table.ts';
import { createPeopleTable } from '../aws/tables/people-table.ts';
import { createTaskTable } from '../aws/tables/task-table.ts';
import type { Config, followEnv, tasksEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import { withinMonth } from '../messages/limits/quota.ts';
import { resolvePeople } from '../messages/people.ts';
import { type DingTalkConfig, dingtalkApps, findApp } from './apps.ts';
import { type AwsConfig, bus, clock, dynamodb, keepingOf, sqs } from './clients.ts';
import { callMeter } from './meter.ts';
import type { Apps } from './secret.ts';

/** What changing a task takes: the record, and the queue of those to follow. What that did not take is told here. */
export function taskChanges(config: AwsConfig & Config<typeof tasksEnv>, log: Log) {
  const queue = createTaskQueue(sqs(config, config.TASKS_QUEUE_URL), config.TASKS_QUEUE_URL);
  const notQueued = (taskId: string) => (error: unknown) => {
    log.error('task-enqueue-failed', { taskId, error: error instanceof Error ? error.name : 'unknown' });
    throw error;
  };
  return {
    tasks: createTaskTable(
      dynamodb(config),
      { table: config.TASKS_TABLE, lists: config.RECORDS_TABLE },
      clock.now,
      keepingOf(config, log),
    ),
    deeds: createDeedTable(dynamodb(config), config.TASKS_TABLE, clock.now, clock.random),
    queue: { put: (taskId: string, version: number | string) => queue.put(taskId, version).catch(notQueued(taskId)) },
  };
}

/** What following a task takes, beside what accepting a message does. */
export function taskPorts(config: DingTalkConfig & Config<typeof followEnv>, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  const people = createPeopleTable(dynamodb(config), config.TASKS_TABLE, clock.now);
  const gate = { meter: callMeter(config), now: clock.now };
  const gated =
    <A extends unknown[], T>(call: (...asked: A) => Promise<T>) =>
    (...asked: A) =>
      withinMonth(gate, 'api', () => call(...asked));
  return {
    ...taskChanges(config, log),
    people,
    bus: bus(config),
    taskApp(name?: string) {
      const { operatorUserId, todos, cards, ...app } = appNamed(name);
      const { corpId, timeZone, language, title, taskCard, quiet, digest } = findApp(secret.apps, name);
      return {
        ...app,
        todos: {
          create: gated(todos.create),
          update: gated(todos.update),
          setDone: gated(todos.setDone),
          remove: gated(todos.remove),
        },
        cards: { createAndDeliver: gated(cards.createAndDeliver), update: gated(cards.update) },
        corpId,
        timeZone,
        language,
        sender: title ?? app.name,
        taskCard,
        quiet,
        digest,
        async operator() {
          if (operatorUserId === undefined) return undefined;
          const found = await resolvePeople({ people, now: clock.now }, { app: app.name, contacts: app.contacts }, '', [
            { userId: operatorUserId },
          ]);
          return found.people[0];
        },
      };
    },
  };
}

/** When each app's people get the list of their tasks. */
export function digestPorts({ apps }: Apps) {
  return { digestOf: (name: string) => apps.find((app) => app.name === name) };
}
