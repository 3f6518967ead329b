import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stackClient } from '../../support/stack-client.ts';

/** The schema of a new kind: several groups by their old ids, a call each. */
const SCHEMA = `
export const OldGroups = v.strictObject({ kind: v.literal('old-groups'), chatIds: v.array(Id), ...byApp });
`;
/** Its object: other contents, sizes, batches and calls than any kind has. */
const OBJECT = `
import { type DestinationOf, type Kind, notCarried } from './kind.ts';

export const oldGroups: Kind<DestinationOf<'old-groups'>> = {
  carries: ['text', 'actionCard'],
  mentions: [],
  maxButtons: 1,
  maxBytes: 600,
  quota: 'api',
  batches: (to) => to.chatIds.map((chatId) => ({ ...to, chatIds: [chatId] })),
  reach: ({ chatIds }) => ({ departments: chatIds.length }),
  render(content) {
    const text = 'text' in content ? content.text : '';
    const msg = { msgtype: 'text', text: { content: \`[old] \${text}\` } };
    return { form: 'msg', msg, measured: msg };
  },
  async send({ appNamed }, { app, chatIds: [chatId = ''] }, { rendered }) {
    if (rendered.form !== 'msg') throw notCarried();
    return { receipt: (await appNamed(app).conversations.sendToChat({ chatId, msg: rendered.msg })).messageId };
  },
  async readers(_, { chatIds }) {
    return { read: chatIds };
  },
};
`;

const COPIED = ['contract', 'functions', 'lib', 'serverless.yml'];
const LINKED = ['deploy', 'local', 'node_modules', 'openapi.json', 'package.json', 'simulator'];

const root = projectWith();
afterAll(() => rmSync(root, { recursive: true, force: true }));
const { api, send, request, messagesIn, urls } = await stackClient({}, { root });

test('with its schema and its object a kind of destination is known to all types', () => {
  // it prints what is wrong, and fails then
  expect(execFileSync('node_modules/.bin/tsc', ['-p', join(root, 'tsconfig.json')], { encoding: 'utf8' })).toBe('');
});

test('it is registered, shown and listed', async () => {
  const old = { kind: 'old-groups', chatIds: ['chatOps', 'chatProject'] };
  expect((await api('PUT', '/destinations/old', { ...old, chatId: 'chatOps' })).body.errors).toHaveLength(1);
  expect((await api('PUT', '/destinations/old', old)).status).toBe(200);
  expect((await api('GET', '/destinations/old')).body).toEqual({ name: 'old', ...old });
  expect((await api('GET', '/destinations')).body.items).toContainEqual({ name: 'old', kind: 'old-groups' });
});

test('a message there is planned, accepted, sent and told', async () => {
  const said = { to: 'old', text: 'to both groups' };
  const planned = await api('POST', '/messages?dryRun=true', said);
  const plan = { kind: 'old-groups', calls: 2, quota: 'api', reach: { departments: 2 } };
  expect(planned.body.deliveries).toMatchObject([plan]);

  const { body } = await send(said);
  expect(body).toMatchObject({ status: 'sent', deliveries: [{ destination: 'old', status: 'sent' }] });
  for (const group of ['cidOps=', 'cidProject='])
    expect((await messagesIn(group)).map(({ text }: { text: string }) => text)).toEqual(['[old] to both groups']);

  const receipts = await api('GET', `/messages/${body.id}/receipts`);
  expect(receipts.body.deliveries).toEqual([{ destination: 'old', read: ['chatOps', 'chatProject'] }]);
  const recalled = await api('POST', `/messages/${body.id}/recall`);
  expect(recalled.body.deliveries).toMatchObject([{ outcome: 'not_recalled' }]);
  expect(recalled.body.deliveries[0].reason).toContain('a old-groups cannot recall');
});

test('its limits hold: contents, buttons, bytes', async () => {
  const card = { title: 't', text: 't', buttons: [1, 2].map((n) => ({ title: `${n}`, url: 'https://example.com' })) };
  const buttons = (await send({ to: 'old', actionCard: card })).body.errors;
  expect(buttons).toMatchObject([{ code: 'too_many_buttons' }]);
  const carried = (await send({ to: 'ops', oa: { url: 'https://example.com', head: { text: 't' }, body: {} } })).body;
  expect(JSON.stringify(carried)).not.toContain('old-groups');
  const markdown = await send({ to: 'old', markdown: { title: 't', text: 't' } });
  expect(markdown.body.errors).toMatchObject([{ code: 'content_not_carried' }]);
  const split = await api('POST', '/messages?dryRun=true', { to: 'old', text: '好 '.repeat(300) });
  expect(split.body.deliveries).toMatchObject([{ calls: 6 }]);
});

test('a file that it does not carry goes there as a card with a link', async () => {
  expect((await request('PUT', `${urls.aws}/uploads/share/old/report.pdf`, 'a report')).status).toBe(200);
  const last = async () => (await messagesIn('cidOps=')).at(-1)?.text;
  await expect.poll(last).toContain('report.pdf');
});

/** The project as it is, with these two: nothing else is written. */
function projectWith(): string {
  const copy = mkdtempSync(join(tmpdir(), 'dingdock-kind-'));
  for (const part of COPIED) cpSync(part, join(copy, part), { recursive: true });
  for (const part of LINKED) symlinkSync(resolve(part), join(copy, part));
  const { exclude } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
  const files = { extends: resolve('tsconfig.json'), include: ['contract', 'functions', 'lib'], exclude };
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(files));
  const edit = (file: string, from: string, to: string) => {
    const text = readFileSync(join(copy, file), 'utf8');
    expect(text.split(from), `${file}: ${from}`).toHaveLength(2);
    writeFileSync(join(copy, file), text.replace(from, to));
  };
  edit('contract/requests/destinations.ts', '  Conversation,\n]', '  Conversation,\n  OldGroups,\n]');
  edit('contract/requests/destinations.ts', '\n/** A named target', `${SCHEMA}\n/** A named target`);
  edit('contract/answers/destinations.ts', 'Conversation, KINDS', 'Conversation, KINDS, OldGroups');
  edit(
    'contract/answers/destinations.ts',
    '  ConversationView,\n]',
    '  ConversationView,\n  v.object({ ...name, ...OldGroups.entries }),\n]',
  );
  writeFileSync(join(copy, 'lib/messages/kinds/old-groups.ts'), OBJECT);
  edit('lib/messages/kinds/kinds.ts', '  conversation,\n}', `  conversation,\n  'old-groups': oldGroups,\n}`);
  edit('lib/messages/kinds/kinds.ts', 'import type { Kind }', `import { oldGroups } from './old-groups.ts';\n$&`);
  return copy;
}
