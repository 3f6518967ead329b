// `npm run simulator:pack`: the package dingtalk-simulator as a file that npm installs, in .local/.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSimulator } from './simulator-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.local', 'dingtalk-simulator');
await buildSimulator(root, out);
execFileSync('npm', ['pack', '--pack-destination', join(root, '.local')], {
  cwd: out,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
