// `npm run client:pack`: the package dingdock-client as a file that npm installs, in .local/.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildClient } from './client-package.ts';
import { pack } from './package-of.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.local', 'dingdock-client');
await buildClient(root, out);
pack(out, join(root, '.local'));
