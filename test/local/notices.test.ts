import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { carriedPackages, noticesOf } from '../../local/notices.ts';

test('THIRD-PARTY-NOTICES.txt is what the bundles carry; `npm run notices` writes it anew', async () => {
  const packages = await carriedPackages(resolve('.'));
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['@aws-sdk/client-s3', 'aws4', 'undici', 'valibot']));
  expect(names).not.toContain('vitest');
  expect(readFileSync('THIRD-PARTY-NOTICES.txt', 'utf8')).toBe(noticesOf(packages));
});

/** A deployment of one function that imports `some-package`, with these files of the package. */
function deploymentWith(license: string, files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'dingdock-notices-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const inside = Object.entries(files).map(([path, text]) => [`node_modules/some-package/${path}`, text] as const);
  const manifest = JSON.stringify({ name: 'some-package', version: '1.2.3', license, main: 'lib/inner/main.js' });
  const all: [string, string][] = [
    [
      'serverless.yml',
      'service: s\nprovider: {}\ncustom: { esbuild: {} }\nresources: {}\nfunctions: { f: { handler: f.handler } }\n',
    ],
    ['f.ts', "import { word } from 'some-package';\nexport const handler = () => word;\n"],
    ['node_modules/some-package/package.json', manifest],
    ['node_modules/some-package/lib/inner/main.js', "export const word = 'word';\n"],
    ...inside.map(([path, text]): [string, string] => [path, text]),
  ];
  for (const [path, text] of all) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('a licence of a part of a package is given too, and one of a part that is not carried is not', async () => {
  const root = deploymentWith('MIT', {
    LICENSE: 'of the package',
    'lib/inner/LICENSE.md': 'of a part',
    'lib/other/LICENSE': 'of a part that nobody imports',
  });
  const packages = await carriedPackages(root);
  expect(packages).toEqual([
    { name: 'some-package', version: '1.2.3', license: 'MIT', texts: ['of the package', 'of a part'] },
  ]);
  expect(noticesOf(packages)).toContain('some-package 1.2.3 (MIT)');
});

test('a package without a licence text is refused, but under a licence that asks for no notice', async () => {
  await expect(carriedPackages(deploymentWith('MIT', {}))).rejects.toThrow('some-package is under MIT');
  expect(await carriedPackages(deploymentWith('MIT-0', {}))).toHaveLength(1);
});
