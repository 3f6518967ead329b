import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError, EXIT } from './exit.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Whether this runs in the repository; as a package of its own it has no template, no functions and no tools. */
const HERE = existsSync(join(ROOT, 'serverless.yml')) && existsSync(join(ROOT, 'cli', 'main.ts'));

/** The folder of the repository; undefined where this is a package of its own. */
export const repository = HERE ? ROOT : undefined;

/** The folder of the repository, for what cannot do without. @throws CliError where it or its tools are missing, with what to do */
export function needRepository(what: string): string {
  if (repository !== undefined) {
    if (!existsSync(join(repository, 'node_modules', '.without-dev'))) return repository;
    throw new CliError(EXIT.failed, 'no_tools', `${what} takes more packages than npm start has`, 'npm install');
  }
  const remedy = 'Have a clone of it, npm install there, and give the same command by npx dingdock';
  throw new CliError(EXIT.failed, 'no_repository', `${what} is done in dingdock's repository only`, remedy);
}
