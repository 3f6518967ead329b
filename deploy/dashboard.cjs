// One dashboard, in the order in which an operator asks: is anything wrong, do callbacks come in, do messages go out, does
// anything wait, and how much of the month is left.

const { Resources } = require('./alarms.cjs');
const { functions, queues, deadLetters } = require('./template.cjs');

/** @type {[id: string, resource: { Type: string }][]} */
const resources = Object.entries(Resources);
const alarmIds = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm').map(([id]) => id);

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
const ofDoors = (metric, stat) =>
  ['events', 'robot', 'cards'].map((door) => [
    ...['AWS/ApiGateway', metric, 'ApiId', '${HttpApi}', 'Stage', '$default'],
    ...['Method', 'POST', 'Resource', `/dingtalk/${door}`, { label: door, stat }],
  ]);

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
        alarms: alarmIds.map((id) => `\${${id}.Arn}`),
      },
    },
  ],
  [
    graph('Callbacks', ofDoors('Count', 'Sum')),
    graph('Callbacks: 99 of 100 answered within (ms)', ofDoors('IntegrationLatency', 'p99')),
    graph('Callbacks: lost on the way', [own('CallbacksRefused'), own('CallbacksNotStored'), own('MissedCallbacks')]),
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
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: { DashboardName: `dingdock-${STAGE}`, DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) } },
    },
  },
  Outputs: { Dashboard: { Value: { Ref: 'Dashboard' } } },
};
