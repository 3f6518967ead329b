/**
 * Granted, though the end-to-end tests need not come by: paths of a bad day, of a race, or of another set-up, and why
 * each is granted all the same. `function action resource`, the resource by the end of its ARN; `*` is any function.
 */
export const RARE_GRANTS: Record<string, string> = {
  '* logs:CreateLogStream *': 'Lambda itself writes what a function prints',
  '* logs:PutLogEvents *': 'Lambda itself writes what a function prints',
  '* sqs:GetQueueAttributes *': 'Lambda asks before it polls a queue; reconcile before it clears the failed list',
  '* dynamodb:GetItem tokens': 'any function that calls DingTalk reads the token; a warm one has it in memory',
  '* dynamodb:UpdateItem tokens': 'whoever finds the token old renews it; mostly another was first',
  '* dynamodb:UpdateItem keys': 'when a key was used is noted once in ten minutes; mostly another function was first',
  'send-message dynamodb:UpdateItem messages': 'the queue took the message not: the watch over messages shall',
  'dispatch-task dynamodb:GetItem messages': 'a repeat of a dispatch that died half-way finds its message',
  'dispatch-task dynamodb:UpdateItem messages': 'the queue took the message not: the watch over messages shall',
  'dispatch-task sqs:SendMessage tasks.fifo': 'DingTalk did not answer: the task is followed later',
  'follow-task dynamodb:GetItem messages': 'a repeat of a step that died half-way finds its message',
  'follow-task dynamodb:UpdateItem messages': 'the queue took the message not: the watch over messages shall',
  'follow-task sqs:ChangeMessageVisibility tasks.fifo':
    'a task that others follow just now, or that DingTalk did not take',
  'follow-task dynamodb:DeleteItem tasks': 'somebody who was taken off a task has it on no list',
  'chase-tasks dynamodb:GetItem messages': 'a repeat of a run that died half-way finds its digest',
  'chase-tasks dynamodb:UpdateItem messages': 'the queue took the digest not: the watch over messages shall',
  'chase-tasks sqs:SendMessage schedule-dead-letters': 'Lambda itself puts there what failed',
  'chase-tasks dynamodb:DeleteItem *': 'digests of an app that has none any more',
  'share-file dynamodb:GetItem messages': 'a repeat of a share that died half-way finds its message',
  'share-file dynamodb:UpdateItem messages': 'the queue took the message not: the watch over messages shall',
  'share-file s3:GetObjectVersion *': 'the notification names a version where the operator switched versions on',
  'open-link s3:GetObjectVersion *': 'the link names a version where the operator switched versions on',
  'manage-destinations dynamodb:DeleteItem destinations': 'DELETE /destinations/{name}',
  'deliver-message dynamodb:UpdateItem shares': 'an upload that failed lets the next worker upload at once',
  'deliver-message sqs:SendMessage outbox-dead-letters.fifo': 'a message that broke its worker five times',
  'handle-event sqs:ChangeMessageVisibility events': 'an event that could not be handled is tried again',
  'share-file sqs:ChangeMessageVisibility uploads': 'an upload that another worker has, or that failed, is tried again',
  'fetch-file dynamodb:GetItem events': 'two workers have the same file: one looks what the other made of it',
  'fetch-file sqs:ChangeMessageVisibility inbound': 'a file that could not be fetched is tried again',
  'fetch-file s3:AbortMultipartUpload *': 'an upload of many parts failed half-way: its parts are let go',
  'reconcile sqs:SendMessage schedule-dead-letters': 'Lambda itself puts there what failed twice',
};
