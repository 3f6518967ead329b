import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { KINDS } from '../contract/requests/destinations.ts';
import { isNode, type Node, nodesOf } from './support/syntax.ts';

/**
 * Where the name of a destination kind may stand: in the contract, in the kinds themselves, and in tests. The client is
 * written from the contract; the simulator reads DingTalk's documents, and knows no destinations.
 */
const KNOWS = /^(contract|client|simulator|test|docs)\/|^lib\/messages\/kinds\//;
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && !file.endsWith('.d.ts') && !KNOWS.test(file));

test('the name of a destination kind stands in the contract, in lib/messages/kinds and in tests, and nowhere else', () => {
  expect(KINDS.length).toBeGreaterThan(5);
  expect(sources.length).toBeGreaterThan(300);
  expect(sources.flatMap((file) => namesIn(file).map((name) => `${file}: ${name}`))).toEqual([]);
});

test('no rule of ours takes the name out of a schema to compare it', () => {
  const rules = sources.filter((file) => /^(lib|functions)\//.test(file));
  expect(rules.filter((file) => takesLiterals(file))).toEqual([]);
  expect(takesLiterals('x.ts', `if (kind === RobotUsers.entries.kind.literal) stop();`)).toBe(true);
  expect(takesLiterals('x.ts', `const { literal: name } = RobotUsers.entries.kind; v.literal('a');`)).toBe(true);
  expect(takesLiterals('x.ts', `v.object({ kind: v.literal('a') });`)).toBe(false);
});

test('the parser finds the name in whatever syntax', () => {
  const found = (text: string) => namesIn('x.ts', text);
  for (const text of [
    `if (to.kind === 'robot-group') stop();`,
    `switch (kind) { case "robot-group": stop(); }`,
    `const TABLE = { 'robot-group': 1 };`,
    `const { 'robot-group': row } = TABLE;`,
    `TABLE['robot-group']();`,
    `type To = Extract<Destination, { kind: 'robot-group' }>;`,
    `const text = \`use a robot-group of \${app}\`;`,
    `const text = 'a robot-group is what it takes';`,
    `const name = \`robot-group\`;`,
    `import { x } from './a.ts'; export const kind = 'robot-group' as const;`,
  ])
    expect(found(text), text).toEqual(['robot-group']);
  expect(found(`import { a } from './robot-group.ts'; export * from './robot-group.ts';`)).toEqual([]);
  expect(found(`import('./robot-group.ts'); // robot-group`)).toEqual([]);
  // one name is a word of DingTalk's too: it counts where it stands alone
  expect(found(`'conversation' in destination`)).toEqual(['conversation']);
  expect(found(`'the old conversation calls'; const conversation = 1;`)).toEqual([]);
  expect(found(`'dingtalk-robot'; 'my-robot-group-2'; 'custom-robot-pool';`)).toEqual(['custom-robot-pool']);
});

/** The names of kinds in the texts of a file: whole, or as a word of a longer text. Modules are named by other texts. */
function namesIn(file: string, source?: string): string[] {
  const nodes = nodesOf(file, source);
  const modules = new Set(nodes.map(({ source: module }) => module));
  const texts = nodes.filter((node) => !modules.has(node)).flatMap(textOf);
  return texts.flatMap((text) => KINDS.filter((kind) => text === kind || (kind.includes('-') && isWord(kind, text))));
}

function textOf({ type, value }: Node): string[] {
  if (type === 'Literal' && typeof value === 'string') return [value];
  return type === 'TemplateElement' && isNode(value) ? [String(value.cooked)] : [];
}

function isWord(name: string, text: string): boolean {
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text);
}

/** Whether a file reads the member `literal` of anything but the schema library. */
function takesLiterals(file: string, source?: string): boolean {
  return nodesOf(file, source).some(({ type, object, property, key }) => {
    if (type === 'MemberExpression') return isNamed(property, 'literal') && !isNamed(object, 'v');
    return type === 'Property' && isNamed(key, 'literal');
  });
}

function isNamed(node: unknown, name: string): boolean {
  return isNode(node) && node.name === name;
}
