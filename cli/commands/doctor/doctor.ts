import type { Command } from '../../command.ts';
import { EXIT } from '../../exit.ts';
import { spanOf } from '../../span.ts';
import { writeCounts } from '../../stage/app.ts';
import { targetOf } from '../../stage/target.ts';
import type { Io } from '../../terminal.ts';
import { alarms } from './alarm-check.ts';
import { apps, clock } from './app-checks.ts';
import { cardTap } from './card-check.ts';
import { CAUSES, exitOf, type Finding } from './causes.ts';
import type { Check } from './check.ts';
import { destination } from './destination-check.ts';
import { signIn } from './sign-in-check.ts';
import { examineSignedUrl } from './signed-url.ts';
import { api, limits, queues } from './stage-checks.ts';

const CHECKS: readonly Check[] = [api, clock, apps, signIn, queues, limits, alarms];

export const doctor: Command = {
  name: 'doctor',
  summary: 'look for what is wrong, from the key to the queues, and say what to do about each',
  options: {
    to: { type: 'string', value: '<names>', help: 'also send a test message to these destinations' },
    card: {
      type: 'string',
      value: '<userId>',
      help: 'also send this person a card with a button, and wait for the tap: from then on cards have buttons that call back',
    },
    app: { type: 'string', value: '<name>', help: 'the app that sends the card (the first)' },
    wait: { type: 'string', value: '<2m>', help: 'how long to wait for the tap (2m)' },
    'signed-url': {
      type: 'string',
      value: '<url>',
      help: 'only examine a robot\'s signed address that DingTalk calls "sign not match", with the secret in DINGTALK_ROBOT_SECRET; sends nothing',
    },
  },
  examples: [
    'dingdock doctor',
    'dingdock doctor --stage prod --to ops --json',
    'dingdock doctor --stage prod --card zhangsan',
    "dingdock doctor --signed-url 'https://oapi.dingtalk.com/robot/send?access_token=…&timestamp=…&sign=…'",
  ],
  async run(io, given) {
    const address = given.text('signed-url');
    if (address !== undefined)
      return told(io, examineSignedUrl(address, io.env.DINGTALK_ROBOT_SECRET || undefined, io.now()));
    const target = targetOf(io, given);
    const person = given.text('card');
    const sends = [
      ...(given.list('to') ?? []).map(destination),
      ...(person === undefined ? [] : [cardTap(person, spanOf('wait', given.text('wait') ?? '2m'))]),
    ];
    const checks = [...CHECKS, ...sends];
    if (io.dryRun) {
      io.answer({ checks: checks.map(({ name }) => name) }, ...checks.map(({ name }) => `would look at: ${name}`));
      return EXIT.done;
    }
    const findings: Finding[] = [];
    for (const check of checks) {
      io.progress(`looking at ${check.name} …`);
      findings.push(...(await check.run({ io, given, target }).catch((error: unknown) => [broken(check, error)])));
    }
    await writeCounts(io, target);
    target.close();
    return told(io, findings);
  },
};

/** What kept a check from looking at all. */
function broken({ name }: Check, error: unknown): Finding {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    check: name,
    ok: false,
    text: `could not be looked at: ${text}`,
    cause: 'refused',
    remedy: 'AWS credentials, region and stage: are they right, and is the stage deployed?',
  };
}

function told(io: Io, findings: readonly Finding[]): number {
  const { style } = io;
  const lines = findings.flatMap(({ check, ok, text, remedy, cause }) =>
    ok
      ? [`${style.good('✓')} ${check}: ${text}`]
      : [`${style.bad('✗')} ${check}: ${text}`, `  → ${remedy} ${style.dim(`[${cause}]`)}`],
  );
  const exit = exitOf(findings);
  const withCodes = findings.map((found) => ({ ...found, ...(found.cause && { exit: CAUSES[found.cause][0] }) }));
  io.answer({ ok: exit === 0, exit, findings: withCodes }, ...lines);
  return exit;
}
