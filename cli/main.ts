// `dingdock …`: commands for whoever operates it.
import { existsSync } from 'node:fs';
import { callbackCommand } from './callback.ts';
import { UsageError } from './usage.ts';

const HELP = `dingdock callback verify [url]           play DingTalk against an address and say what is wrong
dingdock callback register --url <url>   tell DingTalk where to push events (old API), --replace to change it
dingdock callback show | delete          what is registered | no more pushes
dingdock callback cards --url <url>      tell DingTalk where clicks on cards go, --route-key <key>

Options: --app <name>, --tags a,b for register; --token, --aes-key, --receiver for verify.
The app comes from DINGTALK_APPS (also in .env); without it, it is the local simulator's.
`;

const [topic, ...rest] = process.argv.slice(2);
try {
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (topic === undefined || topic === 'help' || topic === '--help') process.stdout.write(HELP);
  else if (topic === 'callback') process.exitCode = await callbackCommand(rest, process.env, console.log);
  else throw new UsageError(`there is no command "${topic}"`);
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${HELP}`);
  else console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
