import type * as v from 'valibot';
import { RequestUpload } from '../lib/files/share/request-upload.ts';
import { CONTENT_KINDS } from '../lib/messages/content.ts';
import { Destination } from '../lib/messages/destination.ts';
import { SendMessage } from '../lib/messages/send-message.ts';
import { DispatchTask } from '../lib/tasks/dispatch-task.ts';
import { ChangeTask } from '../lib/tasks/patch-task.ts';
import * as answers from './answers.ts';

/** One route as callers see it. Its path parameters stand in the path; faults are the same for all. */
export type Described = {
  route: string;
  id: string;
  summary: string;
  /** Name and meaning of each query or header parameter. */
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: { schema: v.GenericSchema; oneOf?: readonly string[]; examples: Record<string, unknown> };
  /** What comes back when all is well; a schema of JSON, or words about what else it is. */
  answers: Record<string, { of: string; schema?: v.GenericSchema }>;
  /** Answers to anybody: it has a proof of its own, or needs none. */
  open?: boolean;
};

const IDEMPOTENCY = {
  'Idempotency-Key': 'The same key with the same body is the same request: the first answer comes again.',
};
const CURSOR = { cursor: 'The `cursor` of the page before, for the next page.' };

export const ROUTES: Described[] = [
  {
    route: 'POST /messages',
    id: 'sendMessage',
    summary: 'Send one content to one or several destinations',
    headers: { ...IDEMPOTENCY, Prefer: '`wait=20` waits up to so many seconds (at most 25) for the outcome.' },
    body: {
      schema: SendMessage,
      oneOf: CONTENT_KINDS,
      examples: {
        text: { to: 'ops', text: '你好, world' },
        markdown: {
          to: ['project', 'zhangsan'],
          markdown: { title: 'Release', text: '### Release 1.2\n\n- faster' },
          expiresAt: '2036-01-31T08:00:00Z',
        },
        mention: { to: 'ops', text: 'The build is red', mention: { users: ['lisi'] }, priority: 'high' },
        card: {
          to: 'project',
          actionCard: {
            title: 'Deploy?',
            text: '### Deploy 1.2?',
            buttons: [{ title: 'Look', url: 'https://example.com/1.2' }],
          },
        },
      },
    },
    answers: {
      200: { of: 'What became of it, when `Prefer` asked to wait', schema: answers.MessageView },
      202: { of: 'It is kept and will be sent', schema: answers.MessageView },
    },
  },
  {
    route: 'GET /messages',
    id: 'listMessages',
    summary: 'Messages, the newest first. A page may be empty and still have a cursor',
    query: { to: 'Only those to this destination.', status: 'Only those with a delivery in this state.', ...CURSOR },
    answers: { 200: { of: 'A page', schema: answers.MessageList } },
  },
  {
    route: 'GET /messages/{id}',
    id: 'getMessage',
    summary: 'What became of a message at each destination',
    answers: { 200: { of: 'The message', schema: answers.MessageView } },
  },
  {
    route: 'POST /messages/{id}/recall',
    id: 'recallMessage',
    summary: 'Take a message back where DingTalk can',
    answers: { 200: { of: 'What was recalled, and what not and why', schema: answers.Recalled } },
  },
  {
    route: 'GET /messages/{id}/receipts',
    id: 'getReceipts',
    summary: 'Who has read a message, where DingTalk tells',
    answers: { 200: { of: 'Readers by destination', schema: answers.Receipts } },
  },
  {
    route: 'POST /tasks',
    id: 'dispatchTask',
    summary: 'Dispatch a task: a to-do for its assignees and a message that mentions them',
    headers: IDEMPOTENCY,
    body: {
      schema: DispatchTask,
      examples: {
        task: { title: '看一下新版本', assignees: ['zhangsan', 'lisi'], notify: 'ops', due: '2036-01-31T08:00:00Z' },
      },
    },
    answers: {
      201: { of: 'The task', schema: answers.TaskView },
      202: { of: 'It is kept; DingTalk did not answer yet and is asked again', schema: answers.TaskView },
    },
  },
  {
    route: 'GET /tasks',
    id: 'listTasks',
    summary: 'Tasks by due time, the open ones first. A page may be empty and still have a cursor',
    query: {
      assignee: 'Only those of this person, by userId; what they still have to do first.',
      status: '`open`, `closed`, `overdue`, or a status of the whole task.',
      dueBefore: 'Only those due before this moment.',
      ...CURSOR,
    },
    answers: { 200: { of: 'A page', schema: answers.TaskList } },
  },
  {
    route: 'PATCH /tasks/{id}',
    id: 'changeTask',
    summary:
      'Change a task: its fields, its people, how far somebody is, or all of it; everything that is asked or nothing',
    body: {
      schema: ChangeTask,
      examples: {
        edit: { title: '看一下 1.2', due: '2036-02-01T08:00:00Z', description: null },
        reassign: { add: ['wangwu'], remove: ['zhangsan'] },
        step: { step: { userId: 'lisi', state: 'done' }, comment: 'by telephone' },
        cancel: { status: 'cancelled' },
      },
    },
    answers: { 200: { of: 'The task; what DingTalk shows follows within seconds', schema: answers.TaskView } },
  },
  {
    route: 'GET /tasks/{id}',
    id: 'getTask',
    summary: 'A task and its state',
    answers: { 200: { of: 'The task', schema: answers.TaskView } },
  },
  {
    route: 'POST /files',
    id: 'requestUpload',
    summary: 'Ask for an address that takes one file, which is then shared',
    headers: IDEMPOTENCY,
    body: {
      schema: RequestUpload,
      examples: {
        pdf: {
          to: 'project',
          fileName: '合同.pdf',
          size: 2_000,
          contentType: 'application/pdf',
          caption: 'to be signed',
        },
      },
    },
    answers: { 201: { of: 'Where to PUT the file, for a quarter of an hour', schema: answers.UploadView } },
  },
  {
    route: 'GET /shares',
    id: 'listShares',
    summary: 'What became of the uploads of a day, the newest first',
    query: { day: 'A day (UTC) like 2026-01-31; without it, today.', ...CURSOR },
    answers: { 200: { of: 'A page', schema: answers.ShareList } },
  },
  {
    route: 'GET /shares/{id}',
    id: 'getShare',
    summary: 'What became of one upload',
    answers: { 200: { of: 'The share', schema: answers.ShareView } },
  },
  {
    route: 'DELETE /shares/{id}/link',
    id: 'revokeLink',
    summary: 'End the download link of a share at once',
    answers: { 204: { of: 'The link is revoked' } },
  },
  {
    route: 'PUT /destinations/{name}',
    id: 'putDestination',
    summary: 'Register a destination, or replace it',
    body: {
      schema: Destination,
      examples: {
        robot: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
        group: { kind: 'robot-group', openConversationId: 'cidProject=', files: { maxBytes: 1_000_000 } },
        people: { kind: 'work-notification', userIds: ['lisi'] },
      },
    },
    answers: { 200: { of: 'The destination without its secrets', schema: answers.DestinationView } },
  },
  {
    route: 'GET /destinations/{name}',
    id: 'getDestination',
    summary: 'A destination without its secrets',
    answers: { 200: { of: 'The destination', schema: answers.DestinationView } },
  },
  {
    route: 'DELETE /destinations/{name}',
    id: 'deleteDestination',
    summary: 'Forget a destination',
    answers: { 204: { of: 'It is gone' } },
  },
  {
    route: 'POST /destinations/{name}/test',
    id: 'testDestination',
    summary: 'Send a test message and wait for its outcome',
    answers: {
      200: { of: 'What became of it', schema: answers.MessageView },
      202: { of: 'It is still on its way', schema: answers.MessageView },
    },
  },
  {
    route: 'GET /conversations',
    id: 'listConversations',
    summary: 'Groups that events spoke of, with the id that a destination takes',
    query: { title: 'Only groups whose title begins so.', app: 'Of this app; without it, of the first.' },
    answers: { 200: { of: 'The groups', schema: answers.ConversationList } },
  },
  {
    route: 'GET /openapi.json',
    id: 'getOpenapi',
    summary: 'This description',
    answers: { 200: { of: 'OpenAPI 3.1' } },
  },
  {
    route: 'GET /health',
    id: 'getHealth',
    summary: 'Whether the API answers',
    answers: { 200: { of: 'It does', schema: answers.Health } },
    open: true,
  },
  {
    route: 'GET /f/{id}',
    id: 'openFile',
    summary: 'Open a download link',
    answers: {
      302: { of: 'To the file itself, for minutes' },
      404: { of: 'A page: there is no such link' },
      410: { of: 'A page: it has expired, is used up or was revoked' },
    },
    open: true,
  },
];
