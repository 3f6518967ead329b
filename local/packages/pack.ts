// `npm run client:pack`, `cli:pack`, `simulator:pack`: a package of its own as a file that npm installs, in .local/.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCli } from './cli.ts';
import { buildClient } from './client.ts';
import { pack } from './package-of.ts';
import { buildSimulator } from './simulator.ts';

const BUILDS = {
  client: { name: 'dingdock-client', build: buildClient },
  cli: { name: 'dingdock-cli', build: buildCli },
  simulator: { name: 'dingtalk-simulator', build: buildSimulator },
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const [which] = process.argv.slice(2);
if (which !== 'client' && which !== 'cli' && which !== 'simulator')
  throw new Error(`one of ${Object.keys(BUILDS).join(', ')}`);
const { name, build } = BUILDS[which];
const out = join(root, '.local', name);
await build(root, out);
pack(out, join(root, '.local'));
