import { randomUUID } from 'node:crypto';
import { MessageView } from '../../contract/answers/messages.ts';
import { MessagePlan } from '../../contract/answers/plans.ts';
import { replyIdOf } from '../../lib/events/published.ts';
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
    reply: {
      type: 'string',
      value: '<event>',
      help: 'answer what somebody wrote to the robot, by the id of its event',
    },
    app: { type: 'string', value: '<name>', help: 'the app whose robot heard that' },
    high: { type: 'boolean', help: 'before what waits already' },
    'idempotency-key': { type: 'string', value: '<text>', help: 'the same key is the same message' },
    'no-wait': { type: 'boolean', help: 'do not wait for the outcome' },
  },
  examples: [
    "dingdock send --to ops '你好'",
    'uptime | dingdock send --to ops -',
    "dingdock send --to ops,project --markdown 'Deploy' '**done** in 3 min' --mention zhangsan",
    'dingdock send --body card.json --stage prod',
    "dingdock send --reply msg2aR7w== '重启好了'",
  ],
  async run(io, given) {
    const file = given.text('body');
    const words = given.positionals.join(' ');
    const body = await bodyOf(file, {
      to: given.list('to'),
      reply: given.text('reply'),
      text: words === '-' && file === undefined ? (await stdin()).trimEnd() : words,
      markdown: given.text('markdown'),
      mention: given.list('mention'),
      high: given.flag('high'),
    });
    const api = apiOf(io, given, targetOf(io, given));
    const event = given.text('reply');
    if (io.dryRun) {
      if (event !== undefined) throw new UsageError('an answer to an event cannot be tried with --dry-run');
      const plan = await api.call(MessagePlan, 'POST /messages?dryRun=true', body);
      io.answer(plan, ...planLinesOf(plan, io.style));
      return EXIT.done;
    }
    const message = await api.call(
      MessageView,
      event === undefined ? 'POST /messages' : replyRoute(event, given.text('app')),
      event === undefined ? { confirm: true, ...body } : body,
      {
        'idempotency-key': given.text('idempotency-key') ?? randomUUID(),
        ...(given.flag('wait') && { prefer: 'wait=20' }),
      },
    );
    io.answer(message, ...linesOf(message, io.style));
    return exitOf(message, !given.flag('wait'));
  },
};

function replyRoute(event: string, app: string | undefined): `POST ${string}` {
  return `POST /events/${replyIdOf(event)}/reply${app === undefined ? '' : `?app=${encodeURIComponent(app)}`}`;
}

type Words = {
  to: string[] | undefined;
  reply: string | undefined;
  text: string;
  markdown: string | undefined;
  mention: string[] | undefined;
  high: boolean;
};

async function bodyOf(file: string | undefined, { to, reply, text, markdown, mention, high }: Words): Promise<object> {
  if (file !== undefined) return jsonFile(file);
  const missing = [
    ...(to || reply ? [] : ['--to <names> or --reply <event>']),
    ...(text === '' ? ['a text, or --body <file>'] : []),
  ];
  if (missing.length > 0) throw new UsageError(`send needs ${missing.join(' and ')}`);
  return {
    to,
    ...(markdown === undefined ? { text } : { markdown: { title: markdown, text } }),
    ...(mention && { mention: mentionOf(mention) }),
    ...(high && { priority: 'high' }),
  };
}
