import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { unzipSync } from 'fflate';
import * as v from 'valibot';
import type { Template } from '../local/template/template.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
const Stack = v.object({ Resources: v.record(v.string(), v.object({ Properties: v.optional(v.unknown()) })) });
const Lambda = v.object({ FunctionName: v.string(), MemorySize: v.number(), Timeout: v.number() });
/** Settings of serverless-esbuild around esbuild's own. */
const NOT_ESBUILD = ['exclude', 'plugins'];

/** What `npm run package` makes, unpacked: the file of each function, and the bytes of its zip. */
export async function packageFunctions(dir: string, template: Template) {
  const zips = join(dir, 'zips');
  await promisify(execFile)(process.execPath, [serverless, 'package', '--package', zips], { cwd: root });
  const settings = settingsOf(join(zips, 'cloudformation-template-update-stack.json'));
  return new Map(
    [...template.functions].map(([name, { handler }]) => {
      const zip = readFileSync(join(zips, `${name}.zip`));
      const folder = join(dir, name);
      const files = unzipSync(zip);
      for (const [path, bytes] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
      }
      const file = join(folder, handler.replace(/\.\w+$/, '.js'));
      const { memoryMb = 0, timeoutS = 0 } = settings.get(name) ?? {};
      return [name, { file, bytes: readFileSync(file).length, zipBytes: zip.length, memoryMb, timeoutS }] as const;
    }),
  );
}

/** How much memory and time each function gets, by its name. */
function settingsOf(template: string) {
  const { Resources } = v.parse(v.pipe(v.string(), v.parseJson(), Stack), readFileSync(template, 'utf8'));
  const functions = Object.values(Resources).map(({ Properties }) => v.safeParse(Lambda, Properties));
  return new Map(
    functions.flatMap(({ success, output }) => {
      if (!success) return [];
      const { FunctionName, MemorySize: memoryMb, Timeout: timeoutS } = output;
      return [[nameIn(FunctionName), { memoryMb, timeoutS }] as const];
    }),
  );
}

/** `dingdock-dev-send-message` is send-message. */
const nameIn = (functionName: string) => functionName.split('-').slice(2).join('-');

export type Packaged = Awaited<ReturnType<typeof packageFunctions>>;

/** A peer's handler, bundled with the very options of serverless.yml. */
export async function bundlePeer(dir: string, template: Template, name: string) {
  const file = join(dir, `peer-${name}`, 'handler.js');
  const options = Object.entries(template.bundling).filter(([option]) => !NOT_ESBUILD.includes(option));
  const entryPoints = [join(root, 'bench/peers', `${name}.ts`)];
  await build({ ...Object.fromEntries(options), absWorkingDir: root, entryPoints, outfile: file, logLevel: 'error' });
  return { file, bytes: readFileSync(file).length };
}
