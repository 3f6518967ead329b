import { readFileSync } from 'node:fs';
import { parseAst } from 'rolldown/parseAst';

/** One node of a source file's syntax tree, as ESTree has it. */
export type Node = Record<string, unknown>;

/** All nodes of a source file, the outer before the inner. */
export function nodesOf(file: string, text = readFileSync(file, 'utf8')): Node[] {
  const found: Node[] = [];
  const walk = (node: unknown) => {
    if (Array.isArray(node)) for (const each of node) walk(each);
    if (!isNode(node)) return;
    found.push(node);
    for (const child of Object.values(node)) walk(child);
  };
  const { kind = 'js' } = /\.[cm]?(?<kind>tsx?)$/.exec(file)?.groups ?? {};
  walk(parseAst(text, { lang: kind as 'js' | 'ts' | 'tsx' }, file));
  return found;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every text that stands in quotes in a source file. */
export function textsIn(file: string): string[] {
  return nodesOf(file).flatMap(({ type, value }) => (type === 'Literal' && typeof value === 'string' ? [value] : []));
}

/** The arguments of every call of a function, or of `new` of a class, with its name: each as it is written. */
export function callsIn(file: string): { name: string; args: string[] }[] {
  const text = readFileSync(file, 'utf8');
  return nodesOf(file, text).flatMap(({ type, callee, arguments: given }) => {
    if ((type !== 'CallExpression' && type !== 'NewExpression') || !isNode(callee) || !Array.isArray(given)) return [];
    const args = given.filter(isNode).map(({ start, end }) => text.slice(Number(start), Number(end)));
    return [{ name: String(callee.name), args }];
  });
}

/** Every plain name, and every member of `process.env`, in a source file. */
export function identifiersIn(file: string): { names: string[]; env: string[] } {
  const nodes = nodesOf(file);
  const names = nodes.flatMap(({ type, name }) => (type === 'Identifier' ? [String(name)] : []));
  const env = nodes.flatMap(({ type, object, property }) =>
    type === 'MemberExpression' && isNode(property) && isEnv(object) ? [String(property.name)] : [],
  );
  return { names, env };
}

function isEnv(node: unknown): boolean {
  if (!isNode(node) || !isNode(node.object) || !isNode(node.property)) return false;
  return node.object.name === 'process' && node.property.name === 'env';
}
