import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startSimulator } from 'dingtalk-simulator';
import * as v from 'valibot';
import { createMergeTable } from '../../lib/aws/tables/merge-table.ts';
import { createMessageTable } from '../../lib/aws/tables/message-table.ts';
import { createPeopleTable } from '../../lib/aws/tables/people-table.ts';
import { createApprovalTable } from '../../lib/aws/tables/records/approval-table.ts';
import { createDueTable } from '../../lib/aws/tables/records/due-table.ts';
import { createTaskTable } from '../../lib/aws/tables/task-table.ts';
import { createIds } from '../../lib/base/ids.ts';
import { insideDingTalk } from '../../lib/base/visitor/inside-dingtalk.ts';
import { createSessions } from '../../lib/base/visitor/session.ts';
import { DingTalkApp } from '../../lib/dingtalk/app.ts';
import { createDingTalk } from '../../lib/dingtalk/client.ts';
import { createHttp } from '../../lib/dingtalk/transport/http.ts';
import type { Destination } from '../../lib/messages/destination.ts';
import type { OutboxItem } from '../../lib/messages/message.ts';
import { resolvePeople } from '../../lib/messages/people.ts';
import type { CardForm } from '../../lib/messages/render/card.ts';
import type { DispatchDeps } from '../../lib/tasks/dispatch-task.ts';
import { startMessageTable, startTables, startTaskTable } from './tables.ts';

const APP = {
  name: 'default',
  corpId: 'dingsimcorp',
  appKey: 'dingsimapp',
  appSecret: 'dingsimsecret',
  agentId: 1000001,
  operatorUserId: 'zhangsan',
  taskCard: { templateId: 'template', routeKey: 'route' },
  callbacks: [],
  cardSecrets: [],
};
const DESTINATIONS: Record<string, Destination> = {
  ops: { kind: 'custom-robot', accessToken: 'simopsrobot', secret: 'SECsimopsrobot' },
  project: { kind: 'robot-group', openConversationId: 'cidProject=' },
};

/** Told of each call that DingTalk counts. */
type Count = Parameters<typeof createDingTalk>[0]['count'];

/** Thrown by a process that is dead: nothing that it asks for happens any more. */
export class Dead extends Error {}

/** Tasks between the real tables and the simulated DingTalk, with a clock of the test's. */
export async function startTaskWorld(settings: object = {}) {
  const tables = await startTables('limits');
  await startMessageTable(tables.client, 'messages');
  await startTaskTable(tables.client, 'tasks');
  await startMessageTable(tables.client, 'records');
  const simulator = await startSimulator({ port: 0 });
  const token = await tokenOf(simulator.url);
  const app = v.parse(DingTalkApp, { ...APP, ...settings });
  const clock = { now: Date.parse('2026-06-01T04:00:00Z') };
  const now = () => clock.now;
  /** The form of cards with buttons, once a tap on one was seen. */
  const buttons: { form?: CardForm } = {};
  let ids = 0;

  /**
   * The ports of one process, which counts its calls to DingTalk and dies once its `dieAfter`th call that changes something outside was carried out; `calls`
   * says how many it made.
   */
  function ports({ dieAfter = 0, count = () => undefined }: { dieAfter?: number; count?: Count } = {}) {
    const life = { calls: 0, dead: false };
    async function around<T>(what: string, run: () => T | Promise<T>): Promise<T> {
      if (life.dead) throw new Dead(what);
      const number = /^(Get|Query)/.test(what) ? 0 : ++life.calls;
      const result = await run();
      if (number > 0 && number === dieAfter) life.dead = true;
      if (life.dead) throw new Dead(what);
      return result;
    }
    const commands: string[] = [];
    const client = new DynamoDBClient({
      endpoint: tables.url,
      region: 'us-east-1',
      credentials: tables.credentials,
    });
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const name = context.commandName ?? '';
        commands.push(name);
        return around(name, () => next(args));
      },
      { step: 'initialize' },
    );
    const http = createHttp();
    const dingtalk = createDingTalk({
      app,
      http: (request) => around('dingtalk', () => http(request)),
      count,
      tokens: { get: async () => token, reject: async () => token },
      urls: { api: simulator.url, oapi: simulator.url },
      now: Date.now,
      // the simulator counts a second's calls by the real clock, so a refused one waits for the next second
      sleep: (ms) => setTimeout(ms),
      random: () => 0,
    });
    const outbox: OutboxItem[] = [];
    const bus: { id: string; type: string; data: Record<string, unknown> }[] = [];
    const queue: string[] = [];
    const people = createPeopleTable(client, 'tasks', now);
    const { name, timeZone, language, taskCard, quiet, digest, operatorUserId } = app;
    const deps = {
      tasks: createTaskTable(client, { table: 'tasks', lists: 'records' }, now),
      approvals: createApprovalTable(client, 'records', now),
      due: createDueTable(client, 'records'),
      messages: createMessageTable(client, 'messages'),
      people,
      destinations: { get: async (destination: string) => DESTINATIONS[destination] },
      notQueued: () => undefined,
      most: { parts: 20, calls: 200 },
      merges: createMergeTable(client, 'messages', now),
      outbox: { put: (items: OutboxItem[]) => around('outbox', () => void outbox.push(...items)) },
      bus: { publish: (event: (typeof bus)[number]) => around('bus', () => void bus.push(event)) },
      stepTasks: { end: async () => ({ status: 'given' as const }) },
      queue: { put: (id: string) => around('queue', () => void queue.push(id)) },
      now,
      randomId: () => `id${ids++}`,
      ids: createIds('test', (bytes) => Buffer.alloc(bytes, ids++)),
      pageUrl,
      linkOf: (of: { id: string }, userId?: string) => insideDingTalk(pageUrl(of, userId)),
      approvalLink: ({ id }: { id: string }, userId?: string) =>
        `https://example.com/a/${id}?e=1${userId === undefined ? '' : `&p=${userId}`}`,
      sessions: createSessions({ key: 'key', now }),
      departures: { leftAt: async () => undefined },
      approvalUrl: ({ id }: { id: string }, userId?: string) =>
        `https://example.com/a/${id}?e=1${userId === undefined ? '' : `&p=${userId}`}`,
      approvalHolder: (_: string, { p }: { p?: string | undefined }) => ({
        ...(p !== undefined && { userId: p }),
        madeOn: 0,
      }),
      approvalApp: () => ({ ...dingtalk, name, corpId: 'dingsimcorp', timeZone, language, sender: '某公司', quiet }),
      buttonForms: async () => buttons.form,
      waiting: { take: async () => undefined },
      sleep: async () => undefined,
      digestOf: (of: string) => (of === name ? { digest, timeZone, language } : undefined),
      metric: () => undefined,
      taskApp: () => ({
        ...dingtalk,
        name,
        corpId: 'dingsimcorp',
        timeZone,
        language,
        sender: '某公司',
        taskCard,
        quiet,
        digest,
        async operator() {
          const ref = [{ userId: operatorUserId ?? '' }];
          return (await resolvePeople({ people, now }, { app: name, contacts: dingtalk.contacts }, '', ref)).people[0];
        },
      }),
    } satisfies DispatchDeps & Record<string, unknown>;
    return { deps, client, outbox, bus, queue, commands, life, close: () => client.destroy() };
  }

  return {
    ports,
    buttons,
    clock,
    client: tables.client,
    // biome-ignore lint/suspicious/noExplicitAny: the tests look into it with expect
    sim: async (method: string, path: string, body?: unknown): Promise<any> => {
      const response = await fetch(`${simulator.url}/_sim${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return response.json();
    },
    async close() {
      await simulator.close();
      await tables.close();
    },
  };
}

function pageUrl({ id }: { id: string }, userId?: string): string {
  return `https://example.com/t/${id}${userId === undefined ? '' : `?p=${userId}`}`;
}

async function tokenOf(url: string): Promise<string> {
  const response = await fetch(`${url}/v1.0/oauth2/accessToken`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ appKey: APP.appKey, appSecret: APP.appSecret }),
  });
  return v.parse(v.object({ accessToken: v.string() }), await response.json()).accessToken;
}
