import { createRequire } from 'node:module';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';

const plugins: Plugin[] = createRequire(import.meta.url)('../../deploy/esbuild-plugins.cjs');

/** S3's client for one operation, as serverless.yml bundles it. */
async function bundle(own: Plugin[]): Promise<string> {
  const contents = `
    import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
    export const head = (config, input) => new S3Client(config).send(new HeadObjectCommand(input));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    ...{ bundle: true, minify: true, write: false, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
    plugins: own,
  });
  return outputFiles[0]?.text ?? '';
}

test('a bundle has the operations of S3 that it calls, and no others', async () => {
  const [plain, lean] = await Promise.all([bundle([]), bundle(plugins)]);
  for (const text of [plain, lean]) expect(text).toContain('HeadObject');
  expect(plain).toContain('PutBucketLifecycleConfiguration'); // without this the plugin has nothing to do any more
  expect(lean).not.toContain('PutBucketLifecycleConfiguration');
  expect(lean.length).toBeLessThan(plain.length - 40_000);
});
