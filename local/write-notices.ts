// `npm run notices`: writes THIRD-PARTY-NOTICES.txt anew from what the bundles of the functions carry.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carriedPackages, noticesOf } from './notices.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
writeFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), noticesOf(await carriedPackages(root)));
