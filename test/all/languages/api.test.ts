import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CONTENT_KINDS } from '../../../contract/contents.ts';
import { LANGUAGES } from '../../../contract/reference/examples.ts';
import { filesClient } from '../../support/files.ts';
import { judge } from '../../support/judge.ts';

/** The examples of docs/api.md for `POST /messages`, in every language, as they stand there. */
const { s3, urls, api } = await filesClient();
const document = readFileSync('docs/api.md', 'utf8');
const section = /^### POST \/messages\n([\s\S]*?)^### /m.exec(document)?.[1] ?? '';
const examples = section
  .split(/^Example `/m)
  .slice(1)
  .map((text) => ({ name: text.slice(0, text.indexOf('`')), text }));

const RUNS: Record<string, { tool: string; version: string; args(file: string): string[] }> = {
  curl: { tool: 'sh', version: '-c true', args: (file) => [file] },
  TypeScript: { tool: process.execPath, version: '--version', args: (file) => [file] },
  Python: { tool: 'python3', version: '--version', args: (file) => [file] },
  Java: { tool: 'java', version: '-version', args: (file) => [file] },
  Go: { tool: 'go', version: 'version', args: (file) => ['run', file] },
};
const here = LANGUAGES.flatMap(({ title, code, file }) => {
  const { tool, version, args } = RUNS[title]!;
  return judge(`the examples in ${title}`, tool, version.split(' ')) ? [{ title, code, file, tool, args }] : [];
});

beforeAll(async () => {
  for (const name of ['chart.png', 'hello.amr', 'report.pdf'])
    await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: `media/${name}`, Body: Buffer.from(name) }));
});

test('every kind of content has an example in every language', () => {
  const kinds = examples.flatMap(({ text }) => CONTENT_KINDS.filter((kind) => text.includes(`\\"${kind}\\":`)));
  expect([...new Set(kinds)].sort()).toEqual([...CONTENT_KINDS].sort());
  for (const { text } of examples) for (const { code } of LANGUAGES) expect(text).toContain(`\`\`\`${code}\n`);
});

describe.each(here)('in $title', ({ code, file, tool, args }) => {
  test.each(examples)('$name is accepted', async ({ text }) => {
    const program = new RegExp(`\`\`\`${code}\\n([\\s\\S]*?)\n\`\`\``).exec(text)?.[1] ?? '';
    expect(program).toContain('http://127.0.0.1:3000');
    const folder = mkdtempSync(join(tmpdir(), 'dingdock-example-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, file), program.replaceAll('http://127.0.0.1:3000', urls.api));
    const { stdout } = await promisify(execFile)(tool, args(file), { cwd: folder });
    const id = /"id":"(m_\w+)"/.exec(stdout)?.[1];
    expect(id, stdout).toBeDefined();
    expect((await api('GET', `/messages/${id}`)).status).toBe(200);
  });
});
