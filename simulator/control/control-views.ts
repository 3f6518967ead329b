import { waitingPushes } from '../api/callback/failed-list.ts';
import { dentryById, describeDentry } from '../api/drive/drive.ts';
import { readObject } from '../api/drive/object-store.ts';
import { fileOf } from '../api/file-shelf.ts';
import { billView } from '../gateway/billing.ts';
import { briefCall, callsTo } from '../gateway/calls.ts';
import { limitsView } from '../gateway/limits.ts';
import { groupBy } from '../world/group-by.ts';
import type { Message } from '../world/message.ts';
import type { StoredFile } from '../world/records.ts';
import { isOff, refusals } from '../world/refusals.ts';
import type { State } from '../world/state.ts';
import type { Control } from './control-input.ts';

/** What the control API shows. */
export function views(state: State): Control {
  return {
    'GET /messages': ({ query }) => {
      const conversation = query.get('conversation');
      const found = state.messages.filter((m) => conversation === null || m.conversation === conversation);
      // a page of history: the last ones before an id
      const before = found.findIndex((message) => message.id === query.get('before'));
      const limit = Number(query.get('limit') ?? 0);
      return limit > 0 ? found.slice(0, before === -1 ? undefined : before).slice(-limit) : found;
    },
    'GET /limits': () => ({ ...limitsView(state), billed: billView(state) }),
    'GET /calls/:id': ({ params }) =>
      state.calls.find((call) => call.id === params.id) ?? missing('no such call, or no longer kept'),
    'GET /calls': ({ query }) => callsTo(state, { path: query.get('path'), words: query.get('words') }),
    'GET /todos': ({ query }) => state.todos.filter((todo) => !todo.deleted || query.get('deleted') === 'true'),
    'GET /work-notifications': () => state.workTasks,
    'GET /pushes': ({ query }) =>
      state.pushes.filter((push) => query.get('door') === null || push.door === query.get('door')),
    'GET /failed-list': () => waitingPushes(state),
    'GET /faults': () => state.faults,
    'GET /refusals': () => refusals,
    'GET /settings': () => ({ ...state.settings, callbackUrl: state.callbackUrl ?? null }),
    'GET /drive': () => ({
      spaces: state.drive.spaces,
      dentries: state.drive.dentries.map((dentry) => ({
        ...describeDentry(state, dentry),
        ...(dentry.object ? { sha256: dentry.object.sha256 } : {}),
      })),
    }),
    'GET /files': () => state.files.map(facts),
    'GET /files/:id': ({ params }) => {
      const dentry = dentryById(state, params.id ?? '');
      if (dentry?.object) return attachment(dentry.name, 'application/octet-stream', readObject(dentry.object));
      const file = fileOf(state, params.id ?? '');
      return file?.data
        ? attachment(file.fileName, file.contentType, new Uint8Array(file.data))
        : missing('no such file');
    },
    'GET /downloads/:name': ({ params, header }) => {
      // the object store signs over the content type: a request that has one is refused (files.md §7)
      if (header('content-type') !== undefined && !isOff(state, 'download.signed-type'))
        return xml('SignatureDoesNotMatch');
      const link = state.downloadLinks.get(params.name?.replace(/\.file$/, '') ?? '');
      const late = link && link.expiresAt <= state.clock.now() && !isOff(state, 'download.expired');
      if (!link || late) return xml('AccessDenied');
      const file = fileOf(state, link.mediaId);
      if (!file?.data) return missing('no such file');
      return new Response(new Uint8Array(file.data), { headers: { 'content-type': 'application/octet-stream' } });
    },
    'GET /state': () => ({
      now: new Date(state.clock.now()).toISOString(),
      clockOffsetMs: state.clock.offset(),
      url: state.url,
      callbackUrl: state.callbackUrl ?? null,
      streams: state.streams.length,
      settings: state.settings,
      ...limitsView(state),
      corpId: state.tenant.corpId,
      people: state.tenant.people,
      groups: state.tenant.groups,
      app: state.tenant.apps[0]?.name,
      messages: latest(state),
      todos: state.todos.filter((todo) => !todo.deleted),
      calls: state.calls.slice(-RECENT).map(briefCall),
      pushes: state.pushes.slice(-RECENT),
      faults: state.faults,
    }),
  };
}

/** The newest messages of each conversation; older ones are fetched on scrolling. */
function latest(state: State): Message[] {
  const byConversation = groupBy(state.messages, (message) => message.conversation);
  return [...byConversation.values()].flatMap((list) => list.slice(-RECENT));
}

/** A file without its bytes, which may be dropped when the shelf is full. */
export function facts({ data, ...file }: StoredFile) {
  return { ...file, kept: data !== undefined };
}

function attachment(name: string, type: string, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>): Response {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'x-content-type-options': 'nosniff',
    },
  });
}

function missing(error: string): Response {
  return Response.json({ error }, { status: 404 });
}

function xml(code: string): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`;
  return new Response(text, { status: 403, headers: { 'content-type': 'application/xml' } });
}

const RECENT = 100;
