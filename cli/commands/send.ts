import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import { UsageError } from '../usage.ts';

const Attempt = v.looseObject({
  code: v.optional(v.string()),
  reason: v.optional(v.string()),
  remedy: v.optional(v.string()),
});
const Delivery = v.looseObject({
  destination: v.string(),
  status: v.string(),
  attempts: v.optional(v.array(Attempt), []),
});
/** A message as the API shows it; without deliveries while nobody waits. */
export const MessageView = v.looseObject({
  id: v.string(),
  status: v.string(),
  deliveries: v.optional(v.array(Delivery), []),
});
export type MessageView = v.InferOutput<typeof MessageView>;

export const send: Command = {
  name: 'send',
  takes: '[text | -]',
  summary: 'send a message and wait for what becomes of it',
  options: {
    to: { type: 'string', value: '<names>', help: 'destinations, with commas between' },
    markdown: { type: 'string', value: '<title>', help: 'the text is Markdown, under this title' },
    body: { type: 'string', value: '<file>', help: 'a whole request as POST /messages takes it, `-` is stdin' },
    mention: { type: 'string', value: '<userIds>', help: 'people, or `all`' },
    high: { type: 'boolean', help: 'before what waits already' },
    'idempotency-key': { type: 'string', value: '<text>', help: 'the same key is the same message' },
    'no-wait': { type: 'boolean', help: 'do not wait for the outcome' },
  },
  examples: [
    "dingdock send --to ops '你好'",
    'uptime | dingdock send --to ops -',
    "dingdock send --to ops,project --markdown 'Deploy' '**done** in 3 min' --mention zhangsan",
    'dingdock send --body card.json --stage prod',
  ],
  async run(io, given) {
    const file = given.text('body');
    const words = given.positionals.join(' ');
    const body = await bodyOf(file, {
      to: given.list('to'),
      text: words === '-' && file === undefined ? (await stdin()).trimEnd() : words,
      markdown: given.text('markdown'),
      mention: given.list('mention'),
      high: given.flag('high'),
    });
    if (io.dryRun) {
      io.answer({ request: body }, `would send ${JSON.stringify(body)}`);
      return EXIT.done;
    }
    const api = apiOf(io, given, targetOf(io, given));
    const message = await api.call(MessageView, 'POST', '/messages', body, {
      'idempotency-key': given.text('idempotency-key') ?? randomUUID(),
      ...(!given.flag('no-wait') && { prefer: 'wait=20' }),
    });
    io.answer(message, ...linesOf(message, io.style));
    return exitOf(message, given.flag('no-wait'));
  },
};

type Words = {
  to: string[] | undefined;
  text: string;
  markdown: string | undefined;
  mention: string[] | undefined;
  high: boolean;
};

async function bodyOf(file: string | undefined, { to, text, markdown, mention, high }: Words): Promise<object> {
  if (file !== undefined) return jsonFile(file);
  const missing = [...(to ? [] : ['--to <names>']), ...(text === '' ? ['a text, or --body <file>'] : [])];
  if (missing.length > 0) throw new UsageError(`send needs ${missing.join(' and ')}`);
  return {
    to,
    ...(markdown === undefined ? { text } : { markdown: { title: markdown, text } }),
    ...(mention && { mention: mentionOf(mention) }),
    ...(high && { priority: 'high' }),
  };
}

/** User ids, or `all`. */
export function mentionOf(names: string[]) {
  const users = names.filter((name) => name !== 'all');
  return { ...(users.length > 0 && { users }), ...(names.includes('all') && { all: true }) };
}

/** @throws UsageError for a file that holds no JSON object. */
export async function jsonFile(file: string): Promise<object> {
  const text = file === '-' ? await stdin() : await readFile(file, 'utf8');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())), text);
  if (parsed.success) return parsed.output;
  throw new UsageError(`${file === '-' ? 'stdin' : file} is not a JSON object`);
}

async function stdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** What became of a message, with the reason and the remedy where it failed. */
export function linesOf(
  { id, status, deliveries }: MessageView,
  style: { good(t: string): string; bad(t: string): string; warn(t: string): string },
): string[] {
  const sign = (of: string) =>
    of === 'sent' ? style.good('✓') : /queued|sending/.test(of) ? style.warn('…') : style.bad('✗');
  const why = (delivery: MessageView['deliveries'][number]) => {
    const { code, reason, remedy } = delivery.attempts.at(-1) ?? {};
    return delivery.status === 'sent' ? [] : [code, reason, remedy].filter((word) => word !== undefined);
  };
  return [
    `${sign(status)} ${id} ${status}`,
    ...deliveries.map((each) => [`  ${each.destination}: ${each.status}`, ...why(each)].join(' · ')),
  ];
}

/** @param accepted whether nobody asked for more than that it is kept */
export function exitOf({ status }: MessageView, accepted = false): number {
  if (status === 'sent' || (accepted && status === 'queued')) return EXIT.done;
  return /^(queued|sending)$/.test(status) ? EXIT.pending : EXIT.failed;
}
