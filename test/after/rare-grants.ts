/** What Lambda itself asks in a function's name. `function action resource`; `*` is any. */
export const LAMBDAS_OWN: Record<string, string> = {
  '* logs:CreateLogStream *': 'it writes what a function prints',
  '* logs:PutLogEvents *': 'it writes what a function prints',
  '* sqs:GetQueueAttributes *': 'it asks before it polls a queue',
};

/**
 * Granted, though no end-to-end test comes by, and why all the same: written as above, the resource by the end of its ARN.
 * Five at most: a path that a test can take is taken, as on bad days (test/e2e/bad-days.test.ts).
 */
export const RARE_GRANTS: Record<string, string> = {
  '* dynamodb:Query messages':
    'who repeats an act after a message of thousands of outcomes went out reads them with their message',
  '* dynamodb:UpdateItem tokens': 'who finds the token old renews it; most of them find that another did',
  '* sqs:SendMessage schedule-dead-letters':
    'Lambda puts there what a schedule or a topic asked for and the function did not do',
  'follow-record lambda:InvokeFunction answer-step':
    "it is called at Lambda's own address, which counts no grants here",
};
