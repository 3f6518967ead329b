import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

/** What of a workspace's manifest holds for the package too. */
const Manifest = v.object({
  name: v.string(),
  version: v.string(),
  description: v.string(),
  license: v.string(),
  keywords: v.array(v.string()),
  engines: v.object({ node: v.string() }),
});

/** The manifest of a workspace, without what only holds in the repository. */
export function manifestOf(source: string): v.InferOutput<typeof Manifest> {
  return v.parse(v.pipe(v.string(), v.parseJson(), Manifest), readFileSync(join(source, 'package.json'), 'utf8'));
}

/** `npm pack` of a built folder. */
export function pack(folder: string, into: string): void {
  const options = { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' } as const;
  execFileSync('npm', ['pack', '--pack-destination', into], options);
}

/** Declarations of a workspace, by the compiler of the project. */
export function declare(root: string, source: string, out: string): void {
  const command = [join(root, 'node_modules/typescript/bin/tsc'), '-p', source, '--outDir', out];
  execFileSync(process.execPath, command, { stdio: 'inherit' });
}
