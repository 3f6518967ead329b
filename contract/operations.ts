import type * as v from 'valibot';
import { ApprovalList, ApprovalView } from './answers/approvals.ts';
import { ConversationList } from './answers/conversations.ts';
import { DestinationList, DestinationView } from './answers/destinations.ts';
import { IncidentList, IncidentView } from './answers/incidents.ts';
import { MessageChanged, MessageList, MessageView, Recalled, Receipts } from './answers/messages.ts';
import { MessageOrPlan, TaskPlan } from './answers/plans.ts';
import { Health } from './answers/service.ts';
import { ShareList, ShareView } from './answers/shares.ts';
import { SourceList, SourcePreview, SourceView } from './answers/sources.ts';
import { TaskList, TaskView } from './answers/tasks.ts';
import { UploadView } from './answers/uploads.ts';
import { Grant, Usage } from './answers/usage.ts';
import type { ProblemCode } from './problems.ts';
import type { CALLER_ROUTES } from './routes.ts';

/** What callers read of a route (openapi.json). No function loads it. */
type Operation = {
  id: string;
  tag: Tag;
  summary: string;
  description?: string;
  headers?: Record<string, string>;
  /** Bodies as they may be sent. */
  examples?: Record<string, unknown>;
  /** What comes back when all is well; a schema of JSON, or words about what else it is. */
  answers: Record<number, { of: string; schema?: v.GenericSchema }>;
  /** What may go wrong, beside what may at every route. */
  errors?: readonly ProblemCode[];
};

export const TAGS = {
  Messages: 'Send one content to named destinations, and see what became of it.',
  Tasks: 'Dispatch a task as a to-do and a message, and follow it until it is done.',
  Approvals: 'Ask people for a decision in DingTalk, and hear it once it is made.',
  Files: 'Share files, and see what became of each upload.',
  Destinations: 'Named targets of messages: robots, groups, people. Their secrets go in and never come out.',
  Sources: 'Addresses for senders that exist: robots of DingTalk, Alertmanager, Grafana, SNS, any JSON.',
  Service: 'The API itself.',
} as const;
type Tag = keyof typeof TAGS;

const IDEMPOTENCY = {
  'Idempotency-Key':
    'The same key with the same body is the same request: the first answer comes again. 1 to 255 printable characters.',
};

/** What a page of a list is refused for. */
const PAGED = ['invalid_query', 'invalid_cursor', 'list_not_allowed'] as const;

/** What each request is refused for that makes something once. */
const MADE = ['invalid_json', 'invalid_idempotency_key', 'invalid_request', 'idempotency_key_reused'] as const;

const DRY_RUN =
  '`?dryRun=true` checks all that the request would be checked for, and answers what would be sent. It keeps and sends nothing.';

export const OPERATIONS = {
  'POST /messages': {
    id: 'sendMessage',
    tag: 'Messages',
    summary: 'Send one content to one or several destinations',
    description: DRY_RUN,
    headers: {
      ...IDEMPOTENCY,
      Prefer:
        '`wait=20` waits up to so many seconds (at most 25) for the outcome; where too many wait already, it is answered at once.',
    },
    examples: {
      text: { to: 'ops', text: '你好, world' },
      markdown: {
        to: ['project', 'zhangsan'],
        markdown: { title: 'Release', text: '### Release 1.2\n\n- faster' },
        expiresAt: '2036-01-31T08:00:00Z',
      },
      link: {
        to: 'ops',
        link: { title: 'Release 1.2', text: 'What is new', url: 'https://example.com/1.2' },
      },
      mention: { to: 'ops', text: 'The build is red', mention: { users: ['lisi'] }, priority: 'high' },
      image: { to: 'project', image: { mediaId: 's3:media/chart.png' } },
      voice: { to: 'project', voice: { mediaId: 's3:media/hello.amr', durationMs: 3_000 } },
      file: { to: 'project', file: { mediaId: 's3:media/report.pdf', fileName: 'report.pdf' } },
      card: {
        to: 'project',
        actionCard: {
          title: 'Deploy?',
          text: '### Deploy 1.2?',
          buttons: [{ title: 'Look', url: 'https://example.com/1.2' }],
        },
      },
      interactive: {
        to: 'project',
        card: { templateId: '589420e2-c1e2-46ef-a5ed-b8728e654da9.schema', params: { markdown: '**running**' } },
      },
      feedCard: {
        to: 'ops',
        feedCard: {
          items: [{ title: 'Release 1.2', url: 'https://example.com/1.2', pictureUrl: 'https://example.com/1.2.png' }],
        },
      },
      oa: {
        to: 'notice',
        oa: {
          url: 'https://example.com/invoices/7',
          head: { text: 'Invoice', color: 'FF5C6BC0' },
          body: { title: 'Invoice 7', form: [{ key: 'Amount:', value: '120 CNY' }] },
        },
      },
    },
    answers: {
      200: { of: 'What became of it, when `Prefer` asked to wait; of a dry run, the plan', schema: MessageOrPlan },
      202: { of: 'It is kept and will be sent', schema: MessageView },
    },
    errors: [...MADE, 'invalid_query', 'in_the_past', 'too_far_ahead', 'expires_unsent', 'too_many_calls'],
  },
  'GET /messages': {
    id: 'listMessages',
    tag: 'Messages',
    summary: 'Messages, the newest first',
    description: 'A page may be empty and still have a cursor: the search goes on from there.',
    answers: { 200: { of: 'A page', schema: MessageList } },
    errors: PAGED,
  },
  'GET /messages/{id}': {
    id: 'getMessage',
    tag: 'Messages',
    summary: 'What became of a message at each destination',
    answers: { 200: { of: 'The message', schema: MessageView } },
    errors: ['unknown_message'],
  },
  'PATCH /messages/{id}': {
    id: 'changeMessage',
    tag: 'Messages',
    summary: 'Change what a sent card shows',
    description: 'DingTalk changes cards only. Another message is refused: take it back, and send another.',
    examples: { card: { card: { params: { markdown: '**done**' } } } },
    answers: { 200: { of: 'Where the card shows it now, and where not and why', schema: MessageChanged } },
    errors: ['invalid_json', 'invalid_request', 'not_changeable', 'unknown_message'],
  },
  'POST /messages/{id}/recall': {
    id: 'recallMessage',
    tag: 'Messages',
    summary: 'Take a message back where DingTalk can',
    answers: { 200: { of: 'What was recalled, and what not and why', schema: Recalled } },
    errors: ['unknown_message'],
  },
  'POST /messages/{id}/resend': {
    id: 'resendMessage',
    tag: 'Messages',
    summary: 'Send a message again where it ended unsent',
    description:
      'First mend what its attempts tell. It goes as a new message, without the times of the first, to the destinations where that failed, expired or is unknown; people who have a part of it get it twice. What stands in the dead letters is put back as it is. Asked again, it is the same message. The answer is the message that is on its way.',
    answers: { 202: { of: 'It is on its way', schema: MessageView } },
    errors: ['invalid_request', 'unknown_message', 'nothing_unsent', 'not_resendable'],
  },
  'GET /messages/{id}/receipts': {
    id: 'getReceipts',
    tag: 'Messages',
    summary: 'Who has read a message, where DingTalk tells',
    answers: { 200: { of: 'Readers by destination', schema: Receipts } },
    errors: ['unknown_message'],
  },
  'POST /events/{id}/reply': {
    id: 'replyToEvent',
    tag: 'Messages',
    summary: 'Answer what somebody wrote to the robot, where it was written',
    description:
      'By the session webhook while it lives, else by the robot of the app. The event `robot.message` has this address in `links.reply`. The answer is a message as any other.',
    headers: {
      ...IDEMPOTENCY,
      Prefer: '`wait=20` waits up to so many seconds (at most 25) for the outcome.',
    },
    examples: {
      text: { text: '重启好了' },
      mention: { markdown: { title: 'Restart', text: '**done** in 3 min' }, mention: { users: ['zhangsan'] } },
    },
    answers: {
      200: { of: 'What became of it, when `Prefer` asked to wait', schema: MessageView },
      202: { of: 'It is kept and will be sent', schema: MessageView },
    },
    errors: [...MADE, 'invalid_query', 'in_the_past', 'unknown_event', 'too_late', 'not_reachable', 'too_many_calls'],
  },
  'POST /tasks': {
    id: 'dispatchTask',
    tag: 'Tasks',
    summary: 'Dispatch a task: a to-do for its assignees and a message that mentions them',
    description: `${DRY_RUN} People are looked up as they would be otherwise.`,
    headers: IDEMPOTENCY,
    examples: {
      task: { title: '看一下新版本', assignees: ['zhangsan', 'lisi'], notify: 'ops', due: '2036-01-31T08:00:00Z' },
      people: {
        title: 'Renew the certificate',
        assignees: [{ mobile: '13800000001' }, { userId: 'lisi' }],
        due: '2036-01-31T08:00:00Z',
        remindBefore: 60,
        data: { ticket: 'OPS-7' },
      },
    },
    answers: {
      200: { of: 'Of a dry run, the plan', schema: TaskPlan },
      201: { of: 'The task', schema: TaskView },
      202: { of: 'It is kept; DingTalk did not answer yet and is asked again', schema: TaskView },
    },
    errors: [
      ...MADE,
      'too_many_calls',
      'invalid_query',
      'in_the_past',
      'unknown_person',
      'person_not_visible',
      'no_task_card',
      'unknown_app',
    ],
  },
  'GET /tasks': {
    id: 'listTasks',
    tag: 'Tasks',
    summary: 'Tasks by due time, the open ones first',
    description: 'Of a person, what they still have to do comes first. A page may be empty and still have a cursor.',
    answers: { 200: { of: 'A page', schema: TaskList } },
    errors: PAGED,
  },
  'GET /tasks/{id}': {
    id: 'getTask',
    tag: 'Tasks',
    summary: 'A task and its state',
    answers: { 200: { of: 'The task', schema: TaskView } },
    errors: ['unknown_task'],
  },
  'PATCH /tasks/{id}': {
    id: 'changeTask',
    tag: 'Tasks',
    summary: 'Change a task: its fields, its people, how far an assignee is, or all of it',
    description: 'Everything that is asked is done, or nothing. `null` takes a field away.',
    examples: {
      edit: { title: '看一下 1.2', due: '2036-02-01T08:00:00Z', description: null },
      reassign: { add: ['wangwu'], remove: ['zhangsan'] },
      step: { step: { userId: 'lisi', state: 'done' }, comment: 'by telephone' },
      cancel: { status: 'cancelled' },
    },
    answers: { 200: { of: 'The task; what DingTalk shows follows within seconds', schema: TaskView } },
    errors: [
      'invalid_json',
      'invalid_request',
      'unknown_task',
      'in_the_past',
      'unknown_person',
      'person_not_visible',
      'not_an_assignee',
      'task_closed',
      'not_due',
      'nobody_left',
      'too_many_people',
    ],
  },
  'POST /approvals': {
    id: 'askApproval',
    tag: 'Approvals',
    summary: 'Ask people for a decision',
    description: '`Prefer: wait=20` waits for the decision, 25 s at most. What nobody decides in time is never a yes.',
    headers: {
      ...IDEMPOTENCY,
      Prefer: '`wait=20` waits up to so many seconds (25 at most) for the decision.',
    },
    examples: {
      deploy: { question: 'Deploy 1.4?', approvers: { people: ['zhangsan', 'lisi'], quorum: 2 }, to: 'ops' },
      choices: {
        question: '发布到哪里？',
        choices: [
          { id: 'staging', label: '预发' },
          { id: 'production', label: '生产', comment: true },
          { id: 'reject' },
        ],
        approvers: { people: ['lisi'] },
        onExpire: 'reject',
      },
    },
    answers: {
      201: { of: 'The approval, decided if that was waited for', schema: ApprovalView },
      202: { of: 'It is kept; DingTalk did not answer yet and is asked again', schema: ApprovalView },
    },
    errors: [
      ...MADE,
      'too_many_calls',
      'in_the_past',
      'unknown_person',
      'person_not_visible',
      'quorum_too_large',
      'unknown_app',
    ],
  },
  'GET /approvals': {
    id: 'listApprovals',
    tag: 'Approvals',
    summary: 'Approvals, the newest first',
    answers: { 200: { of: 'A page', schema: ApprovalList } },
    errors: PAGED,
  },
  'GET /approvals/{id}': {
    id: 'getApproval',
    tag: 'Approvals',
    summary: 'An approval and its state',
    description: '`Prefer: wait=20` waits for the decision, 25 s at most.',
    headers: { Prefer: '`wait=20` waits up to so many seconds (25 at most) for the decision.' },
    answers: { 200: { of: 'The approval', schema: ApprovalView } },
    errors: ['unknown_approval'],
  },
  'DELETE /approvals/{id}': {
    id: 'withdrawApproval',
    tag: 'Approvals',
    summary: 'Withdraw a question that is not decided yet',
    answers: { 200: { of: 'The approval', schema: ApprovalView } },
    errors: ['unknown_approval', 'approval_closed'],
  },
  'POST /files': {
    id: 'requestUpload',
    tag: 'Files',
    summary: 'Ask for an address that takes one file, which is then shared',
    headers: IDEMPOTENCY,
    examples: {
      pdf: {
        to: 'project',
        fileName: '合同.pdf',
        size: 2_000,
        contentType: 'application/pdf',
        caption: 'to be signed',
        link: { days: 7, views: 10 },
      },
    },
    answers: { 201: { of: 'Where to PUT the file, for a quarter of an hour', schema: UploadView } },
    errors: [...MADE, 'too_many_calls'],
  },
  'GET /shares': {
    id: 'listShares',
    tag: 'Files',
    summary: 'What became of the uploads of a day, the newest first',
    answers: { 200: { of: 'A page', schema: ShareList } },
    errors: PAGED,
  },
  'GET /shares/{id}': {
    id: 'getShare',
    tag: 'Files',
    summary: 'What became of one upload',
    answers: { 200: { of: 'The share', schema: ShareView } },
    errors: ['unknown_share'],
  },
  'DELETE /shares/{id}/link': {
    id: 'revokeLink',
    tag: 'Files',
    summary: 'End the download link of a share at once',
    answers: { 204: { of: 'The link is revoked' } },
    errors: ['unknown_share', 'no_link'],
  },
  'GET /destinations': {
    id: 'listDestinations',
    tag: 'Destinations',
    summary: 'The registered destinations by their names',
    answers: { 200: { of: 'The destinations', schema: DestinationList } },
    errors: PAGED,
  },
  'PUT /destinations/{name}': {
    id: 'putDestination',
    tag: 'Destinations',
    summary: 'Register a destination, or replace it',
    examples: {
      pasted: {
        webhook: 'https://oapi.dingtalk.com/robot/send?access_token=simopsrobot',
        secret: 'SECsimopsrobot',
      },
      robot: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot', keyword: '告警' },
      pool: {
        kind: 'custom-robot-pool',
        robots: [{ accessToken: 'simopsrobot', secret: 'SECsimopsrobot' }],
        pace: { messages: 10, perMs: 60_000 },
        merge: { windowMs: 5_000 },
      },
      group: { kind: 'robot-group', openConversationId: 'cidProject=', files: { maxBytes: 1_000_000 } },
      robotUsers: { kind: 'robot-users', userIds: ['zhangsan'] },
      people: { kind: 'work-notification', userIds: ['lisi'] },
    },
    answers: { 200: { of: 'The destination without its secrets', schema: DestinationView } },
    errors: ['invalid_json', 'invalid_request', 'invalid_name'],
  },
  'GET /destinations/{name}': {
    id: 'getDestination',
    tag: 'Destinations',
    summary: 'A destination without its secrets',
    answers: { 200: { of: 'The destination', schema: DestinationView } },
    errors: ['unknown_destination'],
  },
  'DELETE /destinations/{name}': {
    id: 'deleteDestination',
    tag: 'Destinations',
    summary: 'Forget a destination',
    answers: { 204: { of: 'It is gone' } },
  },
  'POST /destinations/{name}/test': {
    id: 'testDestination',
    tag: 'Destinations',
    summary: 'Send a test message and wait for its outcome',
    headers: IDEMPOTENCY,
    answers: {
      200: { of: 'What became of it', schema: MessageView },
      202: { of: 'It is still on its way', schema: MessageView },
    },
    errors: ['invalid_idempotency_key', 'idempotency_key_reused', 'unknown_destination'],
  },
  'GET /conversations': {
    id: 'listConversations',
    tag: 'Destinations',
    summary: 'Groups that events spoke of, with the id that a destination takes',
    answers: { 200: { of: 'The groups', schema: ConversationList } },
    errors: PAGED,
  },
  'GET /sources': {
    id: 'listSources',
    tag: 'Sources',
    summary: 'All sources, without their keys',
    answers: { 200: { of: 'The sources', schema: SourceList } },
    errors: ['list_not_allowed'],
  },
  'GET /incidents': {
    id: 'listIncidents',
    tag: 'Sources',
    summary: 'Incidents, those that fired newest first',
    answers: { 200: { of: 'A page', schema: IncidentList } },
    errors: PAGED,
  },
  'GET /incidents/{id}': {
    id: 'getIncident',
    tag: 'Sources',
    summary: 'An incident with its history',
    answers: { 200: { of: 'The incident', schema: IncidentView } },
    errors: ['unknown_incident'],
  },
  'PUT /sources/{name}': {
    id: 'putSource',
    tag: 'Sources',
    summary: 'Make a source, or change it',
    description:
      'The answer to the first request has the key, and the address to give to the sender. They are not told again.',
    examples: {
      robot: { kind: 'dingtalk-robot', to: 'ops' },
      alertmanager: { kind: 'alertmanager', to: 'ops' },
      sns: { kind: 'sns', to: 'ops', topics: ['arn:aws:sns:eu-west-1:123456789012:alarms'] },
      json: { kind: 'json', to: 'ops', template: { title: '{{ job }}', text: '**{{ job }}** {{ result }}' } },
    },
    answers: { 200: { of: 'The source; with its key when it is new or was rotated', schema: SourceView } },
    errors: ['invalid_json', 'invalid_request', 'too_many_calls', 'invalid_name'],
  },
  'GET /sources/{name}': {
    id: 'getSource',
    tag: 'Sources',
    summary: 'A source, and what came by it',
    answers: { 200: { of: 'The source', schema: SourceView } },
    errors: ['unknown_source'],
  },
  'DELETE /sources/{name}': {
    id: 'deleteSource',
    tag: 'Sources',
    summary: 'Close a source: its key lets nobody in any more',
    answers: { 204: { of: 'It is closed' } },
  },
  'POST /sources/{name}/preview': {
    id: 'previewSource',
    tag: 'Sources',
    summary: 'What a body would become, without sending it',
    description: 'The body is what the sender would deliver, as it stands: JSON, a form, or a text.',
    answers: { 200: { of: 'The messages', schema: SourcePreview } },
    errors: ['unknown_source'],
  },
  'GET /usage': {
    id: 'getUsage',
    tag: 'Service',
    summary: "The month's calls to DingTalk beside what the edition allows",
    answers: { 200: { of: 'The calls by quota and act', schema: Usage } },
    errors: ['list_not_allowed'],
  },
  'GET /grant': {
    id: 'getGrant',
    tag: 'Service',
    summary: 'What the key of the request may do',
    answers: { 200: { of: 'Its grant', schema: Grant } },
  },
  'GET /openapi.json': {
    id: 'getOpenapi',
    tag: 'Service',
    summary: 'This description',
    answers: { 200: { of: 'OpenAPI 3.1' } },
  },
  'GET /docs': {
    id: 'readDocs',
    tag: 'Service',
    summary: 'This description as a page for people',
    answers: { 200: { of: 'A page' } },
  },
  'GET /console': {
    id: 'openConsole',
    tag: 'Service',
    summary: 'What goes on, as a page for people',
    description: 'Open: it holds nothing by itself, and asks this API with the key of its reader.',
    answers: { 200: { of: 'A page' } },
  },
  'GET /health': {
    id: 'getHealth',
    tag: 'Service',
    summary: 'Whether the API answers',
    answers: { 200: { of: 'It does', schema: Health } },
  },
  'HEAD /f/{id}': {
    id: 'lookAtFile',
    tag: 'Files',
    summary: 'Look whether a download link still opens; counts nothing',
    answers: {
      200: { of: 'It opens' },
      404: { of: 'There is no such link' },
      410: { of: 'It has expired' },
    },
  },
  'GET /f/{id}': {
    id: 'openFile',
    tag: 'Files',
    summary: 'Open a download link',
    answers: {
      302: { of: 'To the file itself, for minutes' },
      404: { of: 'A page: there is no such link' },
      410: { of: 'A page: it has expired, is used up or was revoked' },
    },
  },
} as const satisfies Record<keyof typeof CALLER_ROUTES, Operation>;

type Answers<A> = {
  [S in keyof A]: A[S] extends { schema: infer Schema extends v.GenericSchema }
    ? { status: S; body: v.InferOutput<Schema>; headers?: Record<string, string> }
    : { status: number; body?: unknown; headers?: Record<string, string> };
}[keyof A];
/** What a route may answer, as a type; a route for others than callers answers what it likes. */
export type AnswerOf<K extends string> = K extends keyof typeof OPERATIONS
  ? Answers<(typeof OPERATIONS)[K]['answers']>
  : { status: number; body?: unknown; headers?: Record<string, string> };
