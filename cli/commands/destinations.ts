import * as v from 'valibot';
import { DestinationList, DestinationView } from '../../contract/answers/destinations.ts';
import { MessageView } from '../../contract/answers/messages.ts';
import { RobotGroup, RobotUsers } from '../../contract/requests/destinations.ts';
import { defined } from '../../lib/base/defined.ts';
import type { Command, Given } from '../command.ts';
import { EXIT, UsageError } from '../exit.ts';
import { exitOf, linesOf } from '../outcome.ts';
import { jsonFile, stdin } from '../request.ts';
import { apiOf } from '../stage/api.ts';
import { targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';

const list: Command = {
  name: 'destinations list',
  summary: 'the names that messages go to',
  examples: ['dingdock destinations list', 'dingdock destinations list --stage prod --json'],
  async run(io, given) {
    const api = apiOf(io, given, targetOf(io, given));
    const found: DestinationList['items'] = [];
    let cursor: string | undefined;
    do {
      const page: DestinationList = await api.call(
        DestinationList,
        `GET /destinations${cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
      );
      found.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    const lines = found.map(({ name, kind, title }) =>
      [name.padEnd(20), io.style.dim(kind), ...(title === undefined ? [] : [title])].join(' '),
    );
    io.answer({ destinations: found }, ...(lines.length === 0 ? ['none'] : lines));
    return EXIT.done;
  },
};

const show: Command = {
  name: 'destinations show',
  takes: '<name>',
  summary: 'one destination, without its secrets',
  examples: ['dingdock destinations show ops'],
  async run(io, given) {
    const api = apiOf(io, given, targetOf(io, given));
    const found = await api.call(DestinationView, `GET /destinations/${encodeURIComponent(given.word)}`);
    io.answer(found, JSON.stringify(found, undefined, 2));
    return EXIT.done;
  },
};

const put: Command = {
  name: 'destinations put',
  takes: '<name>',
  summary: 'register or replace a destination; its secrets are sealed and never come out again',
  options: {
    body: {
      type: 'string',
      value: '<file>',
      help: 'the destination as JSON, `-` is stdin (keeps secrets out of the shell history)',
    },
    webhook: {
      type: 'string',
      value: '<url>',
      help: "a custom robot: the address that DingTalk's dialog shows, `-` is stdin",
    },
    'secret-env': { type: 'string', value: '<name>', help: 'the variable that holds its SEC… text, if it signs' },
    keyword: { type: 'string', value: '<word>', help: 'what it wants in each message, if it has keywords' },
    group: { type: 'string', value: '<id>', help: "a group of the app's robot: its openConversationId" },
    users: { type: 'string', value: '<userIds>', help: 'people, each one to one' },
    app: { type: 'string', value: '<name>', help: "one of the stage's DingTalk apps" },
  },
  examples: [
    'echo \'{"webhook":"https://…","secret":"SEC…"}\' | dingdock destinations put alerts --body -',
    'dingdock destinations put alerts --webhook - --secret-env SECRET < address.txt',
    'dingdock destinations put project --group cidProject=',
    'dingdock destinations put boss --users zhangsan',
  ],
  async run(io, given) {
    const name = encodeURIComponent(given.word);
    const [file, group, userIds] = [given.text('body'), given.text('group'), given.list('users')];
    const webhook = given.text('webhook');
    const chosen = [file, group, userIds, webhook].filter((way) => way !== undefined);
    if (chosen.length !== 1)
      throw new UsageError('destinations put takes one of --body, --webhook, --group and --users');
    const body =
      file === undefined ? bodyOf(io, given, webhook === '-' ? (await stdin()).trim() : webhook) : await jsonFile(file);
    if (io.dryRun) {
      io.answer({ name }, `would register ${name}`);
      return EXIT.done;
    }
    const api = apiOf(io, given, targetOf(io, given));
    const stored = await api.call(DestinationView, `PUT /destinations/${name}`, body);
    io.answer(
      stored,
      `${io.style.good('✓')} ${stored.name} is registered; try it: dingdock destinations test ${stored.name}`,
    );
    return EXIT.done;
  },
};

/** A destination by its options. */
function bodyOf({ env }: Io, given: Given, webhook?: string): object {
  const [group, app] = [given.text('group'), given.text('app')];
  const [variable, keyword] = [given.text('secret-env'), given.text('keyword')];
  const secret = variable === undefined ? undefined : env[variable];
  if (variable !== undefined && !secret) throw new UsageError(`the variable ${variable} is empty`);
  if (webhook !== undefined) return defined({ webhook, secret, keyword });
  const robot =
    group === undefined
      ? { kind: RobotUsers.entries.kind.literal, userIds: given.list('users') }
      : { kind: RobotGroup.entries.kind.literal, openConversationId: group };
  return defined({ ...robot, app });
}

const remove: Command = {
  name: 'destinations remove',
  takes: '<name>',
  summary: 'forget a destination; what waits for it fails',
  examples: ['dingdock destinations remove alerts'],
  async run(io, given) {
    const name = encodeURIComponent(given.word);
    if (!io.dryRun) await apiOf(io, given, targetOf(io, given)).call(v.unknown(), `DELETE /destinations/${name}`);
    io.answer(
      { name, removed: !io.dryRun },
      io.dryRun ? `would remove ${name}` : `${io.style.good('✓')} ${name} is gone`,
    );
    return EXIT.done;
  },
};

const test: Command = {
  name: 'destinations test',
  takes: '<name>',
  summary: 'send a test message there and say what became of it',
  examples: ['dingdock destinations test ops'],
  async run(io, given) {
    const name = encodeURIComponent(given.word);
    if (io.dryRun) {
      io.answer({ name }, `would send a test message to ${name}`);
      return EXIT.done;
    }
    const message = await apiOf(io, given, targetOf(io, given)).call(MessageView, `POST /destinations/${name}/test`);
    io.answer(message, ...linesOf(message, io.style));
    return exitOf(message);
  },
};

export const destinations = [list, show, put, remove, test];
