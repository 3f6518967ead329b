import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { jsonFile } from '../../cli/request.ts';

const folder = mkdtempSync(join(tmpdir(), 'dingdock-encodings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, ...bytes: (string | number[])[]) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat(bytes.map((part) => Buffer.from(part as string))));
  return path;
};

test.each([
  ['GBK', [[0x7b, 0x22, 0xc4, 0xe3, 0x22, 0x3a, 0x31, 0x7d]], /not UTF-8.*GBK/],
  ['UTF-16 of Windows', [[0xff, 0xfe, 0x7b, 0, 0x7d, 0]], /UTF-16/],
  ['UTF-16 the other way round', [[0xfe, 0xff, 0, 0x7b, 0, 0x7d]], /UTF-16/],
])('a file in %s is refused by its name', async (_, bytes, words) => {
  await expect(jsonFile(file('body.json', ...bytes))).rejects.toThrow(words);
});

test('a BOM before a file is dropped', async () => {
  expect(await jsonFile(file('bom.json', [0xef, 0xbb, 0xbf], '{"text":"你好"}'))).toEqual({ text: '你好' });
});
