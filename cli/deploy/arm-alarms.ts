import {
  EnableAlarmActionsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import type { StageAws } from './aws.ts';

/**
 * Lets those alarms ring that ring when nothing is told: made by the template, they would begin with a mail, since what is
 * new has not run yet. Each stands at "alarm" before it may ring, so that its first change is to "OK".
 */
export async function armAlarms({ cloudwatch }: StageAws, stage: string): Promise<void> {
  const silent: MetricAlarm[] = [];
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms(
    { client: cloudwatch },
    { AlarmNamePrefix: `dingdock-${stage}-`, AlarmTypes: ['MetricAlarm'] },
  ))
    silent.push(
      ...MetricAlarms.filter(
        ({ ActionsEnabled, TreatMissingData }) => ActionsEnabled === false && TreatMissingData === 'breaching',
      ),
    );
  const names = silent.flatMap(({ AlarmName }) => (AlarmName === undefined ? [] : [AlarmName]));
  for (const AlarmName of names)
    await cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'deployed; it has not run yet' }),
    );
  if (names.length > 0) await cloudwatch.send(new EnableAlarmActionsCommand({ AlarmNames: names }));
}
