import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startSimulator } from 'dingtalk-simulator';
import { build } from 'esbuild';
import { noticesOf, packagesIn } from '../notices.ts';
import { declare, manifestOf } from './package-of.ts';

const HEAD = `dingtalk-simulator carries code of the packages below, each under the licence that is given with it.
It is under the MIT licence itself, see the file LICENSE.
`;

/** CommonJS, since jest loads nothing else by itself; a module finds its files by import.meta.url, which is not there. */
const HERE = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;";

/** Packages that ws tries for speed. */
const OPTIONAL = ['bufferutil', 'utf-8-validate'];

/**
 * Builds the package `dingtalk-simulator` into a folder, for `npm pack` there: one file with all its code, the page, types,
 * and no dependencies. Any Node from 20 on runs it.
 */
export async function buildSimulator(root: string, out: string): Promise<void> {
  const source = join(root, 'simulator');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(source, 'simulator.ts'), join(source, 'preload.ts'), join(source, 'gateway/own-origin.ts')],
    entryNames: '[name]',
    outdir: out,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    external: OPTIONAL,
    banner: { js: HERE },
    define: { 'import.meta.url': 'importMetaUrl' },
    metafile: true,
  });
  cpSync(join(source, 'page'), join(out, 'page'), { recursive: true });
  for (const name of ['README.md', 'python']) cpSync(join(source, name), join(out, name), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
  writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packagesIn(root, metafile), HEAD));
  writeFileSync(join(out, 'command.cjs'), COMMAND, { mode: 0o755 });
  writeFileSync(join(out, 'openapi.json'), `${JSON.stringify(await controlDocument(), null, 2)}\n`);
  writeTypes(root, out);
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ ...manifestOf(source), ...ENTRIES }, null, 2)}\n`);
}

const COMMAND = `#!/usr/bin/env node
require('./simulator.cjs').commandLine(process.argv.slice(2), process.env);
`;

const ENTRIES = {
  bin: { 'dingtalk-simulator': 'command.cjs' },
  main: './simulator.cjs',
  types: './types/simulator.d.ts',
  exports: {
    '.': { types: './types/simulator.d.ts', default: './simulator.cjs' },
    './own-origin': { types: './types/gateway/own-origin.d.ts', default: './own-origin.cjs' },
    './preload': './preload.cjs',
    './openapi.json': './openapi.json',
    './package.json': './package.json',
  },
};

/** The OpenAPI document of the control API, as a running simulator gives it. */
async function controlDocument(): Promise<unknown> {
  const simulator = await startSimulator({ port: 0 });
  try {
    return await (await fetch(`${simulator.url}/_sim/openapi.json`)).json();
  } finally {
    await simulator.close();
  }
}

/** By the compiler of the project, which also tells what a Node of the oldest kind would not know. */
function writeTypes(root: string, out: string): void {
  const all = join(out, 'all-types');
  declare(root, join(root, 'simulator'), all);
  const needed = ['simulator.d.ts', 'gateway/own-origin.d.ts'];
  // grows while it is gone through
  for (const file of needed) {
    const text = readFileSync(join(all, file), 'utf8');
    const named = [...text.matchAll(/from '(\.[^']+)\.ts'/g)].map(([, path]) => join(dirname(file), `${path}.d.ts`));
    needed.push(...named.filter((each) => !needed.includes(each)));
    mkdirSync(dirname(join(out, 'types', file)), { recursive: true });
    writeFileSync(join(out, 'types', file), text);
  }
  rmSync(all, { recursive: true });
}
