// The alarms. Each names its section of docs/operations.md. A test checks that the section exists and that the code
// writes the metric: by its log line (lib/base/log.ts, COUNTED) or by `metric('…')`. They are made where there is somebody to
// tell (alarmEmail, alarmTopicArn): each costs by the month for every metric that it looks at.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { functions, queues, deadLetters } = require('./template.cjs');

const MINUTE = 60;
const own = (name, stat = 'Sum') => ({
  Namespace: 'dingdock',
  MetricName: name,
  Dimensions: [{ Name: 'stage', Value: '${sls:stage}' }],
  stat,
});
const ofQueue = (id, name) => ({
  Namespace: 'AWS/SQS',
  MetricName: name,
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
  stat: 'Maximum',
});
const ofFunction = (name, metric) => ({
  Namespace: 'AWS/Lambda',
  MetricName: metric,
  Dimensions: [{ Name: 'FunctionName', Value: `dingdock-\${sls:stage}-${name}` }],
  stat: 'Sum',
});
const ofApi = (name) => ({
  Namespace: 'AWS/ApiGateway',
  MetricName: name,
  Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
  stat: 'Sum',
});

const kebab = (id) => id.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** The most seconds that the oldest record of a queue may wait. Messages in the outbox wait for DingTalk's rate limit. */
const OLDEST_S = { OutboxQueue: 3600, UploadsQueue: 1800, InboundQueue: 1800, EventsQueue: 300 };

const MOST_METRICS = 10; // that an alarm computes with
/** So many throttled runs are no longer the ups and downs of a small account: Lambda tries records of a queue again. */
const MANY_THROTTLES = 10;

/**
 * What crashed or found no room within a quarter of an hour: errors of these functions, and throttles once they are many.
 * Behind the API (`byCallers`) a run without room is a 5xx, which requests-failing hears already.
 */
function failing(name, { of: names, says, when, byCallers = false }) {
  const metrics = byCallers ? ['Errors'] : ['Errors', 'Throttles'];
  const at = MOST_METRICS / metrics.length;
  const parts = [];
  for (let from = 0; from < names.length; from += at) parts.push(names.slice(from, from + at));
  const sum = (ids) => ids.map((id) => `FILL(${id}, 0)`).join(' + ');
  const math = (ids) => {
    const [errors, throttles] = [ids.slice(0, ids.length / metrics.length), ids.slice(ids.length / metrics.length)];
    if (throttles.length === 0) return sum(errors);
    return `${sum(errors)} + IF(${sum(throttles)} >= ${MANY_THROTTLES}, ${sum(throttles)}, 0)`;
  };
  return Object.fromEntries(
    parts.map((some, index) => [
      index === 0 ? name : `${name}-${index + 1}`,
      {
        says: `${says} (${some.join(', ')})`,
        of: metrics.flatMap((metric) => some.map((each) => ofFunction(each, metric))),
        ...{ math, when, minutes: 15, section: name },
      },
    ]),
  );
}

/** Functions that are called by such an event; the door of callbacks has an alarm of its own. */
const by = (event) =>
  Object.entries(functions)
    .filter(([name, { events }]) => name !== 'receive-callback' && events.some((each) => event in each))
    .map(([name]) => name);

const called = Object.keys(functions).filter((name) => functions[name].events.length === 0);

/** `when`: this value or more in a period of `minutes`; `last`: in this many periods in a row. */
const ALARMS = {
  'callback-slow': {
    says: 'Callbacks are answered slowly: DingTalk gives up after 1.2 to 2.5 s and pushes again',
    of: [own('CallbacksSlow')],
    ...{ when: 3, minutes: 15 },
  },
  'callback-not-stored': {
    says: 'A callback could not be stored',
    of: [own('CallbacksNotStored')],
    when: 1,
    minutes: 5,
  },
  ...failing('callback-failing', {
    of: ['receive-callback'],
    says: 'The callback function fails or is throttled',
    when: 1,
  }),
  'callback-refused': {
    says: 'Many callbacks with a wrong signature, key or receiver',
    of: [own('CallbacksRefused')],
    ...{ when: 20, minutes: 5 },
  },
  'callbacks-missed': {
    says: 'DingTalk could not push some events; they were fetched from its failed list',
    of: [own('MissedCallbacks')],
    ...{ when: 1, minutes: 60 },
  },
  'push-quota-exhausted': {
    says: 'The monthly pushes are used up: DingTalk no longer sends what people write to the robot',
    of: [own('PushQuotaExhausted')],
    ...{ when: 1, minutes: 60 },
  },
  'messages-failing': {
    says: 'More than 10 % of the messages fail',
    of: [own('MessagesFailed'), own('MessagesSent')],
    math: ([failed, sent]) => `IF(${failed} >= 5, 100 * ${failed} / (${failed} + FILL(${sent}, 0)), 0)`,
    ...{ when: 10, minutes: 15 },
  },
  'messages-unknown': {
    says: 'Deliveries are unconfirmed: the messages may have arrived or not',
    of: [own('MessagesUnknown')],
    ...{ when: 3, minutes: 15 },
  },
  'messages-not-queued': {
    says: 'Messages were stored but could not be queued; they are sent later',
    of: [own('MessagesNotQueued')],
    ...{ when: 1, minutes: 5 },
  },
  'throttle-blocks': {
    says: 'DingTalk often answers that messages are sent too fast',
    of: [own('ThrottleBlocks')],
    ...{ when: 10, minutes: 15 },
  },
  'egress-banned': {
    says: 'DingTalk has banned our egress address for some minutes',
    of: [own('EgressBans')],
    when: 1,
    minutes: 5,
  },
  'quota-near': {
    says: '80 or 95 % of the monthly calls are used',
    of: [own('QuotaNear', 'Maximum')],
    ...{ when: 1, minutes: 60 },
  },
  'quota-used-up': {
    says: 'The monthly calls are used up',
    of: [own('QuotaUsedUp', 'Maximum')],
    ...{ when: 1, minutes: 60 },
  },
  'token-failing': {
    says: 'No access token can be fetched from DingTalk',
    of: [own('TokenRefreshesFailed')],
    ...{ when: 3, minutes: 15 },
  },
  'token-store-unreachable': {
    says: 'The token table cannot be reached: each function fetches its own token',
    of: [own('TokenStoreUnreachable')],
    ...{ when: 3, minutes: 15 },
  },
  'requests-failing': { says: 'API requests end with a 5xx', of: [ofApi('5xx')], when: 5, minutes: 5 },
  ...failing('api-failing', {
    of: by('httpApi'),
    says: 'Functions of the API crash or run out of time',
    ...{ when: 2, byCallers: true },
  }),
  ...failing('workers-failing', {
    // what no event calls, a function of a queue calls
    of: [...by('sqs').filter((name) => !by('httpApi').includes(name)), ...called],
    says: 'Functions of the queues crash, run out of time, or are throttled',
    when: 2,
  }),
  ...failing('schedules-failing', {
    of: by('schedule'),
    says: 'Functions of the schedule fail, or are throttled',
    when: 3,
  }),
  'records-failing': {
    says: 'Records of the queues fail and are retried',
    of: [own('RecordsFailed')],
    when: 20,
    minutes: 15,
  },
  'jobs-failing': { says: 'Scheduled jobs fail', of: [own('JobsFailed')], when: 2, minutes: 15 },
  'schedule-stopped': {
    says: 'reconcile does not run: the failed list is not fetched, and stuck messages are not queued again',
    of: [ofFunction('reconcile', 'Invocations')],
    ...{ below: 1, minutes: 15, missing: 'breaching' },
  },
  'chasing-stopped': {
    says: 'chase-tasks does not run: no task reminders are sent',
    of: [ofFunction('chase-tasks', 'Invocations')],
    ...{ below: 1, minutes: 15, missing: 'breaching' },
  },
  ...Object.fromEntries(
    deadLetters.map((id) => [
      kebab(id),
      {
        says: `There are records in ${id}`,
        of: [ofQueue(id, 'ApproximateNumberOfMessagesVisible')],
        when: 1,
        minutes: 5,
      },
    ]),
  ),
  ...Object.fromEntries(
    queues
      .filter((id) => !deadLetters.includes(id))
      .map((id) => [
        `${kebab(id)}-stuck`,
        {
          says: `The oldest record in ${id} has waited too long`,
          of: [ofQueue(id, 'ApproximateAgeOfOldestMessage')],
          ...{ when: OLDEST_S[id] ?? 900, minutes: 5, last: 2 },
        },
      ]),
  ),
};

const oneOf = ({ stat, ...metric }, period) => ({
  ...metric,
  Statistic: stat,
  Period: period,
});
const someOf = (metrics, math, period) => {
  const ids = metrics.map((_, index) => `m${index}`);
  const parts = metrics.map(({ stat, ...Metric }, index) => ({
    Id: ids[index],
    MetricStat: { Metric, Stat: stat, Period: period },
    ReturnData: false,
  }));
  return { Metrics: [{ Id: 'e', Expression: math(ids), ReturnData: true }, ...parts] };
};

const ACTIONS = {
  'Fn::If': [
    'WithAlarmTopic',
    ['${param:alarmTopicArn}'],
    { 'Fn::If': ['WithAlarmEmail', [{ Ref: 'AlarmTopic' }], { Ref: 'AWS::NoValue' }] },
  ],
};

const runbook = readFileSync(join(__dirname, '..', 'docs', 'operations.md'), 'utf8');

/** What the runbook says of an alarm, as plain text: a mail has no links into a repository. */
function sectionOf(name) {
  const text = new RegExp(`^### ${name}\\n(.+)$`, 'm').exec(runbook)?.[1] ?? '';
  return text
    .replaceAll('**', '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('--stage prod', '--stage ${sls:stage}');
}

const alarm = (name, { says, of, math, when, below, minutes, last = 1, section = name, missing = 'notBreaching' }) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Condition: 'WithAlarms',
  Properties: {
    AlarmName: `dingdock-\${sls:stage}-${name}`,
    AlarmDescription: `${says}. ${sectionOf(section)} (docs/operations.md#${section})`,
    ...(math ? someOf(of, math, minutes * MINUTE) : oneOf(of[0], minutes * MINUTE)),
    ComparisonOperator: below === undefined ? 'GreaterThanOrEqualToThreshold' : 'LessThanThreshold',
    Threshold: when ?? below,
    EvaluationPeriods: last,
    TreatMissingData: missing,
    // Of a function that has not run yet the metric is missing too: `dingdock deploy` lets it ring from then on.
    ...(missing === 'breaching' && { ActionsEnabled: false }),
    // No OKActions: each alarm of a new stage would begin with a mail.
    AlarmActions: ACTIONS,
  },
});

const idOf = (name) => `${name.replaceAll(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase())}Alarm`;
const alarms = Object.entries(ALARMS).map(([name, each]) => [idOf(name), alarm(name, each)]);

module.exports = {
  Conditions: {
    WithAlarms: { 'Fn::Not': [{ 'Fn::Equals': ['${param:alarmEmail}${param:alarmTopicArn}', ''] }] },
    WithAlarmTopic: { 'Fn::Not': [{ 'Fn::Equals': ['${param:alarmTopicArn}', ''] }] },
    WithAlarmEmail: { 'Fn::Not': [{ 'Fn::Equals': ['${param:alarmEmail}', ''] }] },
  },
  Resources: {
    // Not encrypted with an AWS managed key: CloudWatch could not publish to it. The alarms' texts are above.
    AlarmTopic: {
      Type: 'AWS::SNS::Topic',
      Condition: 'WithAlarmEmail',
      Properties: { Subscription: [{ Protocol: 'email', Endpoint: '${param:alarmEmail}' }] },
    },
    AlarmTopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Condition: 'WithAlarmEmail',
      Properties: {
        Topics: [{ Ref: 'AlarmTopic' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'FromAlarms',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'AlarmTopic' },
              Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            },
            {
              Sid: 'TlsOnly',
              Effect: 'Deny',
              Principal: '*',
              Action: 'sns:Publish',
              Resource: { Ref: 'AlarmTopic' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
    ...Object.fromEntries(alarms),
  },
};
