import { join } from 'node:path';
import { folderIn, install, run } from './scratch.ts';

/** The kinds of Node on which our packages run. */
export const NODES = ['20', '22', '24'];
const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** `npm pack` of a built folder. @returns the file */
export async function packed(built: string): Promise<string> {
  const [one] = JSON.parse((await run('npm', ['pack', '--json', '--silent'], { cwd: built })).trim());
  return join(built, one.filename);
}

/** Brings each kind of Node into the scratch folder, as npm has it. @returns where one is */
export async function bringNodes(scratch: string): Promise<(version: string) => string> {
  await install(
    folderIn(scratch, 'nodes'),
    ...NODES.map((version) => `node-${version}@npm:node-${platform}@${version}`),
  );
  return (version) => join(scratch, 'nodes/node_modules', `node-${version}`, 'bin/node');
}
