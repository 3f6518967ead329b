import { awsOf } from '../../deploy/aws.ts';
import { readStack, type StageStack } from '../../deploy/stack.ts';
import { bad, type Finding, good } from './causes.ts';
import type { Check } from './check.ts';

const CHECK = 'alarms';

/** Somebody is told when something is wrong. */
export const alarms: Check = {
  name: CHECK,
  async run({ target: { stage, region, local } }) {
    if (local) return [];
    const aws = awsOf(region);
    try {
      const stack = await readStack(aws.cloudformation, stage);
      if (stack?.chosen === undefined) return [];
      const { alarmEmail, alarmTopicArn } = stack.chosen;
      if (alarmTopicArn !== undefined) return [good(CHECK, `alarms go to ${alarmTopicArn}`)];
      if (alarmEmail === undefined)
        return [bad(CHECK, 'no-alarms', 'nobody is told when something is wrong', give(stage, region))];
      return [await confirmed(aws.sns, stack, alarmEmail)];
    } finally {
      aws.close();
    }
  },
};

const give = (stage: string, region: string) =>
  `Give an address: dingdock deploy --stage ${stage} --region ${region} alarmEmail=…`;

/** AWS sends nothing to an address that has not agreed. */
async function confirmed(
  sns: ReturnType<typeof awsOf>['sns'],
  { resources }: StageStack,
  address: string,
): Promise<Finding> {
  const { ListSubscriptionsByTopicCommand } = await import('@aws-sdk/client-sns');
  const TopicArn = resources.find(({ id }) => id === 'AlarmTopic')?.name;
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  const own = Subscriptions.find(({ Endpoint }) => Endpoint === address);
  if (own?.SubscriptionArn?.startsWith('arn:')) return good(CHECK, `alarms go to ${address}`);
  const more = 'Follow the link in the mail of "AWS Notifications".';
  return bad(CHECK, 'no-alarms', `${address} has not agreed to get alarms, so AWS sends none`, more);
}
