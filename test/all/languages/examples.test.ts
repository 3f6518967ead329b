import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { desk } from '../../simulator/desk.ts';
import { judge } from '../../support/judge.ts';

/** The examples of docs/simulator.md that need another language's tools, as they stand there. */
const here = desk();
const document = readFileSync('docs/simulator.md', 'utf8');
const section = (title: string) => document.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
const LANGUAGES = [
  { title: 'Python', code: 'python', file: 'send.py', tool: 'python3', run: ['send.py'], version: '--version' },
  { title: 'Go', code: 'go', file: 'main.go', tool: 'go', run: ['run', 'main.go'], version: 'version' },
  { title: 'Java', code: 'java', file: 'Send.java', tool: 'java', run: ['Send.java'], version: '-version' },
  { title: 'PHP', code: 'php', file: 'send.php', tool: 'php', run: ['send.php'], version: '--version' },
].filter(({ title, tool, version }) => judge(`the simulator's example in ${title}`, tool, [version]));

test.each(LANGUAGES)('$title: a signed message stands in the group', async ({ title, code, file, tool, run }) => {
  const text = new RegExp(`\`\`\`${code}\\n([\\s\\S]*?)\`\`\``).exec(section(title))?.[1] ?? '';
  expect(text).toContain('http://127.0.0.1:3100');
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-example-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, file), text.replaceAll('http://127.0.0.1:3100', here.url));
  const { stdout } = await promisify(execFile)(tool, run, { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ errcode: 0 });
  expect(await here.sim('GET', '/messages')).toMatchObject([{ conversation: 'cidOps=', text: '你好' }]);
});

test('the document has an example in each of these languages', () => {
  for (const title of ['Python', 'Go', 'Java', 'PHP']) expect(section(title)).toContain('robot/send');
});
