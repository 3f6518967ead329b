import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import * as esbuild from 'esbuild';
import * as v from 'valibot';
import { bundleOptions } from './bundle.ts';
import { readTemplate } from './template/template.ts';

/** A package of which a function's bundle carries code. */
export type Carried = { name: string; version: string; license: string; texts: string[] };

const Manifest = v.object({ name: v.string(), version: v.string(), license: v.string() });
const INSIDE = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENSE_FILE = /^(licen[cs]e|copying|notice)(\.\w+)?$/i;

/** MIT No Attribution. */
const FREE_OF_NOTICE = 'MIT-0';

/** Addresses are no part of a bundle. */
const NOWHERE = { stage: 'local', queuesUrl: 'http://127.0.0.1', params: { publicUrl: '' } };

const OF_FUNCTIONS = `dingdock's functions are bundled with code of the packages below, each under the licence that is given with it.
dingdock itself is under the MIT licence, see the file LICENSE. \`npm run notices\` writes this file anew.
`;
const LINE = '-'.repeat(80);

/** The packages whose code is in the bundles of the functions, by name and version. Builds in memory, writes nothing. */
export async function carriedPackages(root: string): Promise<Carried[]> {
  const template = readTemplate(join(root, 'serverless.yml'), NOWHERE);
  const options = bundleOptions(root, join(root, '.local'), template);
  const { metafile } = await esbuild.build({ ...options, metafile: true, write: false });
  const inputs = Object.keys(metafile.inputs);
  const { buildScript }: PageScripts = require('../deploy/bundle/page-script.cjs');
  const scripts = inputs.filter((file) => file.startsWith(SCRIPT));
  const { buildLate }: LateCode = require('../deploy/bundle/late-code.cjs');
  const late = inputs.filter((file) => file.startsWith(LATE));
  const built = await Promise.all([
    ...scripts.map((file) => buildScript(esbuild, file.slice(SCRIPT.length), root)),
    ...late.map((file) => buildLate(esbuild, file.slice(LATE.length), options, [])),
  ]);
  const outputs = [metafile, ...built.map((each) => each.metafile)].map((each) => each.outputs);
  // of each script the file has no name
  const named = outputs.flatMap((each, index) => Object.entries(each).map(([file, of]) => [`${index} ${file}`, of]));
  return packagesIn(root, { inputs: {}, outputs: Object.fromEntries(named) });
}

const require = createRequire(import.meta.url);
type Built = Promise<{ metafile: Metafile }>;
/** The pages' scripts, each bundled by itself. */
const SCRIPT = 'script:';
type PageScripts = { buildScript(by: typeof esbuild, entry: string, root: string): Built };
/** What functions import late, bundled so too. */
const LATE = 'late:';
type LateCode = {
  buildLate(by: typeof esbuild, entry: string, options: esbuild.BuildOptions, plugins: esbuild.Plugin[]): Built;
};

/** The packages whose code is in what was built, by name and version. */
export function packagesIn(root: string, metafile: Metafile): Carried[] {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const byFolder = Map.groupBy(new Set(files), (file) => INSIDE.exec(file)?.[1]);
  const packages = [...byFolder].flatMap(([folder, within]) => (folder ? [packageIn(root, folder, within)] : []));
  return packages.toSorted((a, b) => titleOf(a).localeCompare(titleOf(b), 'en'));
}

/** The file of notices: equal licence texts stand once, under all the packages that they are of. */
export function noticesOf(packages: Carried[], head = OF_FUNCTIONS): string {
  const byText = Map.groupBy(packages, ({ texts }) => texts.join('\n\n'));
  const parts = [...byText].map(([text, of]) => {
    const titles = of.map((each) => `${titleOf(each)} (${each.license})`);
    return [LINE, ...new Set(titles), LINE, '', text, ''].join('\n');
  });
  return [head, ...parts].join('\n');
}

function titleOf({ name, version }: Carried): string {
  return `${name} ${version}`;
}

/** @throws when a package without a licence text is under a licence that has to be given with it. */
function packageIn(root: string, folder: string, files: string[]): Carried {
  const manifest = v.parse(Manifest, JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')));
  const folders = new Set(files.flatMap((file) => foldersOf(folder, file)));
  const texts = [...folders].toSorted().flatMap((each) => licenseTexts(join(root, each)));
  if (texts.length > 0) return { ...manifest, texts };
  const { name, license } = manifest;
  const [ofScope] = sameScope(root, folder, license);
  if (ofScope !== undefined) return { ...manifest, texts: ofScope };
  if (license !== FREE_OF_NOTICE) throw new Error(`${name} is under ${license} and has no licence file: ${folder}`);
  return { ...manifest, texts: [`The package has no licence file, and ${license} asks for no notice.`] };
}

/** The texts of the same licence in packages of the same scope: some publish a package without its file. */
function sameScope(root: string, folder: string, license: string): string[][] {
  const scope = dirname(folder);
  if (!basename(scope).startsWith('@')) return [];
  return readdirSync(join(root, scope)).flatMap((name) => {
    const sibling = join(root, scope, name);
    const parsed = v.safeParse(Manifest, JSON.parse(readFileSync(join(sibling, 'package.json'), 'utf8')));
    const texts = parsed.success && parsed.output.license === license ? licenseTexts(sibling) : [];
    return texts.length > 0 ? [texts] : [];
  });
}

/** A part of a package that is of others has their licence in its own folder. */
function foldersOf(folder: string, file: string): string[] {
  const parent = dirname(file);
  return parent.length <= folder.length ? [folder] : [...foldersOf(folder, parent), parent];
}

function licenseTexts(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  return names.toSorted().map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
}
