import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import * as sdk from '@aws-sdk/client-dynamodb';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
import * as standIns from '../../deploy/bundle/dynamodb-commands.ts';

const plugins: Plugin[] = createRequire(import.meta.url)('../../deploy/bundle/esbuild-plugins.cjs');

/** S3's client for one operation. */
const S3_CALL = `
  import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
  export const head = (config, input) => new S3Client(config).send(new HeadObjectCommand(input));`;

/** As serverless.yml bundles it. */
async function bundle(contents: string, own: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    ...{ bundle: true, minify: true, write: false, platform: 'node', format: 'cjs', mainFields: ['module', 'main'] },
    plugins: own,
  });
  return outputFiles[0]?.text ?? '';
}

test('a bundle has the operations of S3 that it calls, and no others', async () => {
  const [plain, lean] = await Promise.all([bundle(S3_CALL, []), bundle(S3_CALL, plugins)]);
  for (const text of [plain, lean]) expect(text).toContain('HeadObject');
  expect(plain).toContain('PutBucketLifecycleConfiguration'); // without this the plugin has nothing to do any more
  expect(lean).not.toContain('PutBucketLifecycleConfiguration');
  expect(lean.length).toBeLessThan(plain.length - 40_000);
});

test('a bundle has of undici what HTTP/1.1 takes: its packaged functions call DingTalk with it in the end-to-end tests', async () => {
  const http = `export { createHttp } from './lib/dingtalk/transport/http.ts';`;
  const [plain, lean] = await Promise.all([bundle(http, []), bundle(http, plugins)]);
  expect(plain.includes('HTTP2_HEADER_AUTHORITY')).toBe(true); // without this the plugin has nothing to do any more
  expect(lean.includes('HTTP2_HEADER_AUTHORITY')).toBe(false);
  expect(lean.length).toBeLessThan(plain.length - 100_000);
});

test('a bundle has of DynamoDB the names of its commands, which are as the SDK has them', async () => {
  for (const [name, Command] of Object.entries(standIns)) {
    const own: { schema: readonly unknown[] } = Reflect.construct(Reflect.get(sdk, name), [{}]);
    expect(new Command({}).schema[2]).toBe(own.schema[2]);
  }
  const read = `export { getItem } from './lib/aws/tables/item.ts';`;
  const [plain, lean] = await Promise.all([bundle(read, []), bundle(read, plugins)]);
  expect(lean.length).toBeLessThan(plain.length - 30_000);
});

test('what is imported late is no code before, and the module that it is afterwards', async () => {
  const late = `export const load = () => import('./lib/aws/s3/parts-upload.ts');`;
  const text = await bundle(late, plugins);
  const loaded: string[] = [];
  const load = createRequire(import.meta.url);
  const recording = (name: string) => {
    loaded.push(name);
    return load(name);
  };
  const module = { exports: { load: async (): Promise<object> => ({}) } };
  compileFunction(text, ['module', 'exports', 'require'])(module, module.exports, recording);
  expect(loaded).toEqual([]);
  expect(await module.exports.load()).toMatchObject({ createPartsUpload: expect.any(Function) });
  expect(loaded).toEqual(expect.arrayContaining(['node:vm', 'node:crypto', 'node:stream']));
});
