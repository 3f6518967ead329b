import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as v from 'valibot';
import { noticesOf, packagesIn } from '../notices.ts';

const HEAD = `dingdock-cli carries code of the packages below, each under the licence that is given with it.
It is under the MIT licence itself, see the file LICENSE.
`;

/** Packages that are loaded as CommonJS ask for what Node has by require. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** What Node 20 does not have yet is added there. */
const COMMAND = `#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
if (args.length === 1 && /^(--version|-V|version)$/.test(args[0])) {
  console.log(JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).version);
} else {
  Map.groupBy ??= (items, keyOf) => {
    const groups = new Map();
    for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
    return groups;
  };
  Promise.withResolvers ??= () => {
    let settle;
    const promise = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    return { promise, ...settle };
  };
  await import('./main.js');
}
`;

/**
 * Builds the package `dingdock-cli` into a folder, for `npm pack` there: the command line with all that it loads, without
 * dependencies. A command's code is read when it is called. Any Node from 20 on runs it.
 */
export async function buildCli(root: string, out: string): Promise<void> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'cli/main.ts')],
    outdir: out,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    // classes are told apart by their names
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    // the simulator is a package of its own
    external: ['dingtalk-simulator'],
    banner: { js: REQUIRE },
    metafile: true,
  });
  for (const name of ['cli/README.md', 'LICENSE']) cpSync(join(root, name), join(out, name.split('/').at(-1) ?? name));
  writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packagesIn(root, metafile), HEAD));
  writeFileSync(join(out, 'dingdock.mjs'), COMMAND);
  chmodSync(join(out, 'dingdock.mjs'), 0o755);
  // of the repository's own: dependencies and scripts are nothing to a package with all its code inside
  const { version, license, engines } = v.parse(Manifest, readFileSync(join(root, 'package.json'), 'utf8'));
  const manifest = {
    ...{ name: 'dingdock-cli', version },
    description: DESCRIPTION,
    license,
    engines,
    type: 'module',
    bin: BIN,
  };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const Manifest = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ version: v.string(), license: v.string(), engines: v.object({ node: v.string() }) }),
);
const DESCRIPTION = "dingdock's command line: send by hand, ask, and operate a stage";
const BIN = { dingdock: 'dingdock.mjs' };
