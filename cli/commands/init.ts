import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { DingTalkApp } from '../../lib/dingtalk/app.ts';
import type { Command, Given } from '../command.ts';
import { CliError, EXIT, UsageError } from '../exit.ts';
import { readOrRestore, secretsOf, writeStored } from '../stage/stage-secret.ts';
import { dingtalkUrls, targetOf } from '../stage/target.ts';
import type { Io } from '../terminal.ts';
import { examineCredentials } from './doctor/app-checks.ts';
import { CAUSES } from './doctor/causes.ts';

/** What is asked for: the option, the variable that may hold it, the question, and whether it is hidden. */
const QUESTIONS = [
  {
    member: 'corpId',
    option: 'corp-id',
    variable: 'DINGTALK_CORP_ID',
    ask: 'corpId (console, top right)',
    hidden: false,
  },
  { member: 'appKey', option: 'app-key', variable: 'DINGTALK_APP_KEY', ask: 'Client ID (AppKey)', hidden: false },
  {
    member: 'appSecret',
    option: undefined,
    variable: 'DINGTALK_APP_SECRET',
    ask: 'Client Secret (AppSecret), hidden',
    hidden: true,
  },
  { member: 'agentId', option: 'agent-id', variable: 'DINGTALK_AGENT_ID', ask: 'AgentId', hidden: false },
] as const;

const Stored = v.looseObject({ apps: v.array(v.looseObject({ name: v.string() })) });
type Stored = v.InferOutput<typeof Stored>;

/** Keys of the stage's own (lib/compose/secret.ts). */
const OWN_KEYS = ['sealingKey', 'linkKey', 'cookieKey'];
const StoredKeys = v.record(v.string(), v.string());

export const init: Command = {
  name: 'init',
  summary:
    "take an app's credentials, try them at DingTalk, and write the secrets: of a stage, or .env for the local stack",
  options: {
    name: { type: 'string', value: '<name>', help: 'how the app is called here (default)' },
    'corp-id': { type: 'string', value: '<id>', help: 'the organisation (DINGTALK_CORP_ID)' },
    'app-key': { type: 'string', value: '<key>', help: 'Client ID (DINGTALK_APP_KEY)' },
    'agent-id': { type: 'string', value: '<n>', help: 'AgentId (DINGTALK_AGENT_ID)' },
    operator: { type: 'string', value: '<userId>', help: 'who creates to-dos and acts in the drive' },
    file: { type: 'string', value: '<file>', help: 'another file than .env' },
  },
  examples: [
    'dingdock init --stage prod --region eu-central-1   # asks for what is missing',
    'DINGTALK_APP_SECRET=… dingdock init --corp-id ding… --app-key ding… --agent-id 123456789 --stage prod',
    'dingdock init                                      # .env: npm start then talks to the real DingTalk',
  ],
  async run(io, given) {
    const target = targetOf(io, given);
    const name = given.text('name') ?? 'default';
    const answers = await ask(io, given);
    const places = secretsOf(target);
    const before = target.local ? readEnvFile(fileOf(given)) : parsed(Stored, await readOrRestore(io, places.apps));
    const keysBefore = target.local ? {} : parsed(StoredKeys, await readOrRestore(io, places.ownKeys));
    const app = appOf(
      name,
      answers,
      given.text('operator'),
      before?.apps.find((each) => each.name === name),
    );
    const urls = dingtalkUrls(io.env, false);
    const found = await examineCredentials(app, urls);
    if (!found.ok && found.cause) {
      throw new CliError(CAUSES[found.cause][0], found.cause, `${found.text}; nothing was written`, found.remedy);
    }
    io.say(`${io.style.good('✓')} ${found.text}`);
    const apps = [...(before?.apps.filter((each) => each.name !== name) ?? []), app];
    const where = target.local ? fileOf(given) : `the secret ${places.apps.name} in ${target.region}`;
    if (!io.dryRun) {
      if (target.local) writeEnvFile(fileOf(given), apps);
      else {
        await writeStored(io.env, places.ownKeys, JSON.stringify({ ...freshKeys(), ...keysBefore }));
        await writeStored(io.env, places.apps, JSON.stringify({ ...before, apps }));
      }
    }
    const next = target.local ? 'npm start' : `dingdock deploy --stage ${target.stage} --region ${target.region}`;
    const [key] = app.callbacks;
    io.answer(
      { app: name, written: !io.dryRun, to: where, callback: { token: key?.token, aesKey: key?.aesKey } },
      io.dryRun
        ? `would write the app "${name}" to ${where}`
        : `${io.style.good('✓')} the app "${name}" stands in ${where}`,
      '',
      "For DingTalk's console, event subscription (HTTP push); they are secret:",
      `  token   ${key?.token}`,
      `  AES key ${key?.aesKey}`,
      '',
      `Next: ${next}, then dingdock doctor${target.local ? '' : ` --stage ${target.stage}`}`,
    );
    return EXIT.done;
  },
};

type Answers = Record<(typeof QUESTIONS)[number]['member'], string>;

/** From the options, the environment, or the person at the terminal; what is still missing is told at once. */
async function ask(io: Io, given: Given): Promise<Answers> {
  const answers: Partial<Answers> = {};
  const missing: string[] = [];
  for (const { member, option, variable, ask: question, hidden } of QUESTIONS) {
    const known = (option && given.text(option)) || io.env[variable];
    const value = (known || (await io.ask(question, hidden)))?.trim();
    if (value) answers[member] = value;
    else missing.push(option === undefined ? variable : `--${option} or ${variable}`);
  }
  const { corpId, appKey, appSecret, agentId } = answers;
  if (corpId && appKey && appSecret && agentId) return { corpId, appKey, appSecret, agentId };
  throw new UsageError(
    `init needs ${missing.join(', ')}; the secret is taken from the environment or a prompt, never from an option`,
  );
}

/** The app as the secret holds it. Keys that were chosen before stay, since the console has them too. */
function appOf(
  name: string,
  { agentId, ...answers }: Answers,
  operator: string | undefined,
  before: object | undefined,
): DingTalkApp {
  const fresh = { callbacks: [{ token: text(32), aesKey: text(43) }], cardSecrets: [text(32)] };
  const wanted = {
    ...fresh,
    ...before,
    name,
    ...answers,
    agentId: Number(agentId),
    ...(operator !== undefined && { operatorUserId: operator }),
  };
  const parsed = v.safeParse(DingTalkApp, wanted);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => v.getDotPath(issue) ?? issue.message);
  throw new UsageError(`this is no app: look at ${[...new Set(faults)].join(', ')}`);
}

/** Letters and digits, which is what DingTalk takes for a token and an AES key (callbacks.md §1.1, §1.5). */
function text(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
}

/** Keys that were made before stay: what they sealed and signed is in use. */
function freshKeys() {
  return Object.fromEntries(OWN_KEYS.map((name) => [name, text(48)]));
}

function parsed<S extends v.GenericSchema>(schema: S, stored: string | undefined): v.InferOutput<S> | undefined {
  if (stored === undefined) return undefined;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), stored);
  if (read.success) return read.output;
  throw new CliError(
    EXIT.failed,
    'bad_secret',
    'there is a secret already, and it is not one of dingdock',
    'Look at it, and delete it if nobody needs it.',
  );
}

function fileOf(given: Given): string {
  return given.text('file') ?? '.env';
}

const LINE = /^DINGTALK_APPS=(.*)$/m;

function readEnvFile(file: string): Stored | undefined {
  const line = existsSync(file) ? LINE.exec(readFileSync(file, 'utf8'))?.[1]?.replace(/^'(.*)'$/, '$1') : undefined;
  const apps = v.safeParse(v.pipe(v.string(), v.parseJson(), Stored.entries.apps), line);
  return apps.success ? { apps: apps.output } : undefined;
}

/** One line of the file, readable by nobody else; the others stay. */
function writeEnvFile(file: string, apps: object[]): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const rest = before.replace(/^DINGTALK_APPS=.*\n?/m, '');
  const separator = rest === '' || rest.endsWith('\n') ? '' : '\n';
  writeFileSync(file, `${rest}${separator}DINGTALK_APPS='${JSON.stringify(apps)}'\n`, { mode: 0o600 });
}
