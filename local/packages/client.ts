import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { declare, manifestOf } from './package-of.ts';

/** Builds the package `dingdock-client` into a folder, for `npm pack` there: one module and its types, no dependencies. */
export async function buildClient(root: string, out: string): Promise<void> {
  const source = join(root, 'client');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [join(source, 'client.ts')],
    outdir: out,
    bundle: true,
    platform: 'neutral',
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
  });
  declare(root, source, join(out, 'types'));
  for (const name of ['client/README.md', 'LICENSE'])
    cpSync(join(root, name), join(out, name.split('/').at(-1) ?? name));
  const manifest = { ...manifestOf(source), type: 'module', sideEffects: false, exports: EXPORTS };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

const EXPORTS = {
  '.': { types: './types/client.d.ts', default: './client.js' },
  './package.json': './package.json',
};
