import { createJsonCall } from '../aws/json-call.ts';
import { createRecordQueue } from '../aws/queues/record-queue.ts';
import { createStepFunction, createStepTasks } from '../aws/step-tasks.ts';
import { createDeedTable } from '../aws/tables/deed-table.ts';
import { createPeopleTable } from '../aws/tables/people-table.ts';
import { createApprovalTable } from '../aws/tables/records/approval-table.ts';
import { createButtonTable } from '../aws/tables/records/button-table.ts';
import { createDueTable } from '../aws/tables/records/due-table.ts';
import type { Config, followedEnv, followRecordsEnv, recordsEnv, stepsEnv } from '../base/config.ts';
import type { Log } from '../base/log.ts';
import { type ButtonForms, formWithButtons, isSameForm } from '../messages/render/card.ts';
import { type DingTalkConfig, dingtalkApps, findApp } from './apps.ts';
import { type AwsConfig, bus, clock, dynamodb, endpoint, keepingOf, sqs } from './clients.ts';
import type { Apps } from './secret.ts';

/** The queue of records to follow. What it did not take is told here, and found by the check that is due. */
export function recordQueue(config: AwsConfig & Config<typeof followedEnv>, log: Log) {
  const queue = createRecordQueue(sqs(config, config.RECORDS_QUEUE_URL), config.RECORDS_QUEUE_URL);
  return {
    async put(id: string, version: number | string) {
      await queue.put(id, version).catch((error: unknown) => {
        log.error('record-enqueue-failed', { record: id, error: error instanceof Error ? error.name : 'unknown' });
        throw error;
      });
    },
  };
}

/** What changing an approval takes. */
export function approvalChanges(config: AwsConfig & Config<typeof followedEnv>, log: Log) {
  const table = config.RECORDS_TABLE;
  return {
    approvals: createApprovalTable(dynamodb(config), table, clock.now, keepingOf(config, log)),
    queue: recordQueue(config, log),
  };
}

/** How fast a person answers is held with what they do to tasks. */
export function answerPace(config: AwsConfig & { TASKS_TABLE: string }) {
  return { deeds: createDeedTable(dynamodb(config), config.TASKS_TABLE, clock.now, clock.random) };
}

/** Records whose check is due. */
export function dueRecords(config: AwsConfig & Config<typeof followedEnv>, log: Log) {
  return {
    due: createDueTable(dynamodb(config), config.RECORDS_TABLE, keepingOf(config, log)),
    records: recordQueue(config, log),
  };
}

/** Made once: a second call finds a task ended by the first. What did not answer is tried when the record is looked at again. */
const ONCE = { attempts: 1, once: true };

/** Tasks of Step Functions, for the one function that may end them. */
export function stepTasks(config: Config<typeof stepsEnv>) {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_SFN: url = endpoint('states', region) } = config;
  return { stepTasks: createStepTasks(createJsonCall({ url, service: 'states', region, timeoutMs: 5_000, ...ONCE })) };
}

/** That function, for those who have an answer. It is given time to start. */
function stepFunction(config: AwsConfig & Config<typeof followRecordsEnv>) {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_LAMBDA: url = endpoint('lambda', region) } = config;
  const path = `/2015-03-31/functions/${config.ANSWER_STEP_FUNCTION}/invocations`;
  return createStepFunction(createJsonCall({ url, path, service: 'lambda', region, timeoutMs: 12_000, ...ONCE }));
}

/** Cards with buttons that were tried. */
export function buttonTable(config: AwsConfig & Config<typeof recordsEnv>) {
  return { buttons: createButtonTable(dynamodb(config), config.RECORDS_TABLE) };
}

/** The form of an app's cards with buttons, where a tap on one came back since the app is as it is. */
export function buttonForms(config: AwsConfig & Config<typeof recordsEnv>, secret: Apps): { buttonForms: ButtonForms } {
  const { buttons } = buttonTable(config);
  return {
    async buttonForms(app) {
      const { name, appKey, buttonCard } = findApp(secret.apps, app);
      const form = formWithButtons(buttonCard);
      const seen = await buttons.seen(name);
      const isSame = seen?.appKey === appKey && isSameForm(seen, form);
      return isSame ? form : undefined;
    },
  };
}

/** What asking for an approval and following it takes, beside what accepting a message does. */
export function approvalPorts(config: DingTalkConfig & Config<typeof followRecordsEnv>, secret: Apps, log: Log) {
  const appNamed = dingtalkApps(config, secret, log);
  return {
    ...approvalChanges(config, log),
    ...buttonForms(config, secret),
    people: createPeopleTable(dynamodb(config), config.TASKS_TABLE, clock.now),
    bus: bus(config),
    stepTasks: stepFunction(config),
    approvalApp(name?: string) {
      const { contacts, name: found } = appNamed(name);
      const { corpId, timeZone, language, title, quiet } = findApp(secret.apps, name);
      return { name: found, contacts, corpId, timeZone, language, quiet, sender: title ?? found };
    },
  };
}
