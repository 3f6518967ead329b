import * as v from 'valibot';
import { SourceList, SourcePreview, SourceView } from '../../contract/answers/sources.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { jsonFile, textFile } from '../request.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import type { Style } from '../terminal.ts';
import { commandsOf } from './records.ts';

function linesOf({ name, kind, to, address, key, seen }: SourceView, style: Style): string[] {
  const problem = seen?.lastProblem;
  return [
    `${name}  ${style.dim(`${kind} → ${to.join(', ')}`)}`,
    `  address  ${address}`,
    ...(key === undefined ? [] : [`  ${style.dim('the key stands in the address; it is not told again')}`]),
    ...(seen === undefined
      ? []
      : [
          `  received ${seen.received}, refused ${seen.refused}${seen.lastAt === undefined ? '' : `, last ${seen.lastAt}`}`,
        ]),
    ...(problem === undefined ? [] : [`  ${style.bad('✗')} ${problem.at} ${problem.code}: ${problem.reason}`]),
  ];
}

const read = commandsOf({
  name: 'source',
  path: 'sources',
  of: 'the sources: addresses for senders that exist',
  filters: {},
  list: SourceList,
  rows: ({ items }, style) => items.flatMap((found) => linesOf(found, style)),
  one: { by: 'name', schema: SourceView, lines: linesOf },
});

const put: Command = {
  name: 'source put',
  takes: '<name>',
  summary: 'make a source, or change it; its address is told once',
  options: {
    kind: { type: 'string', value: '<kind>', help: 'dingtalk-robot, alertmanager, sns or json' },
    to: { type: 'string', value: '<names>', help: 'destinations of what it says, with commas between' },
    topic: { type: 'string', value: '<arn>', help: 'of sns: the topics that may deliver, with commas between' },
    lambda: {
      type: 'boolean',
      help: 'of sns: the topics subscribe the function `receive-source`, and take no address',
    },
    language: { type: 'string', value: '<zh|en>', help: 'of what dingdock adds' },
    rotate: { type: 'boolean', help: 'make another key; the one before works for a day more' },
    body: { type: 'string', value: '<file>', help: 'the source as JSON, for what has no option here; `-` is stdin' },
  },
  examples: [
    'dingdock source put alarms --kind alertmanager --to ops',
    'dingdock source put aws --kind sns --to ops --topic arn:aws:sns:eu-west-1:123456789012:alarms',
    'dingdock source put ci --body source.json',
  ],
  async run(io, given) {
    const file = given.text('body');
    const [kind, to, topics] = [given.text('kind'), given.list('to'), given.list('topic')];
    if ((file === undefined) === (kind === undefined || to === undefined)) {
      throw new UsageError('source put takes --kind and --to, or --body');
    }
    const language = given.text('language');
    const ofSns = { ...(topics && { topics }), ...(given.flag('lambda') && { lambda: true }) };
    const chosen = { kind, to, ...ofSns, ...(language !== undefined && { language }) };
    const rules = file === undefined ? chosen : await jsonFile(file);
    const body = { ...Object(rules), ...(given.flag('rotate') && { rotateKey: true }) };
    if (io.dryRun) {
      io.answer({ name: given.word }, `would make the source ${given.word}`);
      return EXIT.done;
    }
    const api = apiOf(io, given, targetOf(io, given));
    const made = await api.call(SourceView, `PUT /sources/${encodeURIComponent(given.word)}`, body);
    io.answer(made, ...linesOf(made, io.style));
    return EXIT.done;
  },
};

const remove: Command = {
  name: 'source remove',
  takes: '<name>',
  summary: 'close a source: its key lets nobody in any more',
  examples: ['dingdock source remove alarms'],
  async run(io, given) {
    const name = encodeURIComponent(given.word);
    if (!io.dryRun) await apiOf(io, given, targetOf(io, given)).call(v.unknown(), `DELETE /sources/${name}`);
    const said = io.dryRun ? `would close ${name}` : `${io.style.good('✓')} ${name} is closed`;
    io.answer({ name, removed: !io.dryRun }, said);
    return EXIT.done;
  },
};

const attempt: Command = {
  name: 'source try',
  takes: '<name>',
  summary: 'what a body would become, without sending it',
  options: { body: { type: 'string', value: '<file>', help: 'what the sender would deliver; without it stdin' } },
  examples: ['dingdock source try alarms --body body.json'],
  async run(io, given) {
    const text = await textFile(given.text('body') ?? '-');
    const api = apiOf(io, given, targetOf(io, given));
    const preview = await api.call(SourcePreview, `POST /sources/${encodeURIComponent(given.word)}/preview`, text);
    const lines = preview.messages.flatMap(({ title, text: said, to, bytes, calls, mentions, priority }) => [
      `${io.style.dim(`→ ${to.join(', ')} · ${bytes} bytes · ${calls} calls · ${priority}${mentions.length > 0 ? ` · @${mentions.join(' @')}` : ''}`)}`,
      ...(title === undefined ? [] : [title]),
      said,
    ]);
    const none = preview.messages.length === 0 ? ['nothing would be sent'] : [];
    io.answer(
      preview,
      ...lines,
      ...none,
      ...(preview.note === undefined ? [] : [`${io.style.bad('✗')} ${preview.note}`]),
    );
    return EXIT.done;
  },
};

export const source = [...read, put, remove, attempt];
