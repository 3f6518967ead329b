import { randomUUID } from 'node:crypto';
import { MessageView } from '../../contract/answers/messages.ts';
import { MessagePlan } from '../../contract/answers/plans.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { exitOf, linesOf, planLinesOf } from '../outcome.ts';
import { jsonFile, mentionOf, stdin } from '../request.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';

export const send: Command = {
  name: 'send',
  takes: '[text...]',
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
    const api = apiOf(io, given, targetOf(io, given));
    if (io.dryRun) {
      const plan = await api.call(MessagePlan, 'POST /messages?dryRun=true', body);
      io.answer(plan, ...planLinesOf(plan, io.style));
      return EXIT.done;
    }
    const message = await api.call(
      MessageView,
      'POST /messages',
      { confirm: true, ...body },
      {
        'idempotency-key': given.text('idempotency-key') ?? randomUUID(),
        ...(given.flag('wait') && { prefer: 'wait=20' }),
      },
    );
    io.answer(message, ...linesOf(message, io.style));
    return exitOf(message, !given.flag('wait'));
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
