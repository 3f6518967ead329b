// `npm run simulator:pack`: the package dingtalk-simulator as a file that npm installs, in .local/.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './package-of.ts';
import { buildSimulator } from './simulator-package.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.local', 'dingtalk-simulator');
await buildSimulator(root, out);
pack(out, join(root, '.local'));
