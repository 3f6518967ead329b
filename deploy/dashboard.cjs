// One dashboard, in the order in which an operator asks: is anything wrong, do callbacks come in, do messages go out, does
// anything wait, and how much of the month is left.

const { Resources } = require('./alarms.cjs');
const { functions, queues, deadLetters } = require('./template.cjs');

/** @type {{ Type: string, Properties: { AlarmName?: string } }[]} */
const resources = Object.values(Resources);
// by name, since a stage with nobody to tell has none of them
const alarms = resources.flatMap(({ Properties: { AlarmName } }) => (AlarmName === undefined ? [] : [AlarmName]));
const arnOf = (name) => `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}`;

const WIDTH = 24;
const HEIGHT = 6;
const STAGE = '${sls:stage}';
const own = (name, label = name) => ['dingdock', name, 'stage', STAGE, { label }];
const ofQueue = (id, metric) => ['AWS/SQS', metric, 'QueueName', `\${${id}.QueueName}`, { label: id }];
const ofApi = (metric, more = {}) => ['AWS/ApiGateway', metric, 'ApiId', '${HttpApi}', { label: metric, ...more }];
const ofFunctions = (metric) =>
  Object.keys(functions).map((name) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    `dingdock-${STAGE}-${name}`,
    { label: name },
  ]);
const ofDoor = (metric, stat) => [
  ...['AWS/Lambda', metric, 'FunctionName', `dingdock-${STAGE}-receive-callback`],
  { label: metric, stat },
];

const graph = (title, metrics, stat = 'Sum') => ({
  type: 'metric',
  properties: { title, metrics, stat, period: 300, view: 'timeSeries', region: '${AWS::Region}' },
});
const working = queues.filter((id) => !deadLetters.includes(id));

const ROWS = [
  [
    {
      type: 'alarm',
      properties: {
        title: 'Alarms: what to do is in docs/operations.md',
        alarms: alarms.map(arnOf),
      },
    },
  ],
  [
    graph('Callbacks', [ofDoor('Invocations', 'Sum')]),
    graph('Callbacks: 99 of 100 answered within (ms), without starts', [ofDoor('Duration', 'p99')]),
    graph(
      'Callbacks: slow, or lost on the way',
      ['CallbacksSlow', 'CallbacksRefused', 'CallbacksNotStored', 'MissedCallbacks'].map((name) => own(name)),
    ),
    graph('Events published', [own('EventsPublished')]),
  ],
  [
    graph(
      'Messages',
      ['MessagesSent', 'MessagesFailed', 'MessagesUnknown', 'MessagesExpired'].map((name) => own(name)),
    ),
    graph('Held back by DingTalk', [own('ThrottleBlocks'), own('EgressBans')]),
    graph('Brought back', [own('RequeuedMessages'), own('MessagesNotQueued')]),
    graph('Near the quota of the month: calls so far', [own('QuotaNear')], 'Maximum'),
  ],
  [
    graph(
      'Waiting',
      working.map((id) => ofQueue(id, 'ApproximateNumberOfMessagesVisible')),
      'Maximum',
    ),
    graph(
      'Oldest (s)',
      working.map((id) => ofQueue(id, 'ApproximateAgeOfOldestMessage')),
      'Maximum',
    ),
    graph(
      'Dead letters',
      deadLetters.map((id) => ofQueue(id, 'ApproximateNumberOfMessagesVisible')),
      'Maximum',
    ),
    graph('Tokens', [own('TokenRefreshesFailed'), own('TokenStoreUnreachable')]),
  ],
  [
    graph('API', [ofApi('Count'), ofApi('4xx'), ofApi('5xx')]),
    graph('API: 99 of 100 answered within (ms)', [ofApi('Latency', { stat: 'p99' })]),
    graph('Failures', [own('RequestsFailed'), own('RecordsFailed'), own('JobsFailed')]),
  ],
  [
    graph('Functions: errors', ofFunctions('Errors')),
    graph('Functions: throttled', ofFunctions('Throttles')),
    graph('Functions: at a time', ofFunctions('ConcurrentExecutions'), 'Maximum'),
    graph('Functions: longest (ms)', ofFunctions('Duration'), 'Maximum'),
  ],
];

const widgets = ROWS.flatMap((row, y) =>
  row.map((widget, x) => {
    const width = WIDTH / row.length;
    return { ...widget, x: x * width, y: y * HEIGHT, width, height: HEIGHT };
  }),
);

module.exports = {
  Conditions: { WithDashboard: { 'Fn::Equals': ['${param:dashboard}', 'true'] } },
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Condition: 'WithDashboard',
      Properties: { DashboardName: `dingdock-${STAGE}`, DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) } },
    },
  },
  Outputs: { Dashboard: { Condition: 'WithDashboard', Value: { Ref: 'Dashboard' } } },
};
