import { readFileSync } from 'node:fs';
import { dirname, extname, normalize } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** One module that a file names; `typeOnly` is gone at run time. */
export type Import = { from: string; typeOnly: boolean };

/**
 * Every module that a source file names: imports, re-exports, `import()`, `require()`, and `import()` in a type. Paths are
 * told from the project's folder, packages as they stand.
 */
export function importsOf(file: string, text = readFileSync(file, 'utf8')): Import[] {
  const found: Import[] = [];
  walk(parsed(file, text), (node) => {
    const source = sourceOf(node);
    if (source === undefined) return;
    const from = source.startsWith('.') ? normalize(`${dirname(file)}/${source}`) : source;
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
    found.push({ from, typeOnly });
  });
  return found;
}

/** Every member of a plain name that a source file uses, such as `process.env`. */
export function namesOf(file: string, text = readFileSync(file, 'utf8')): Set<string> {
  const found = new Set<string>();
  walk(parsed(file, text), ({ type, object, property }) => {
    if (type === 'MemberExpression' && isNode(object) && object.name && isNode(property))
      found.add(`${object.name}.${property.name}`);
  });
  return found;
}

type Node = Record<string, unknown>;

function parsed(file: string, text: string) {
  return parseAst(text, { lang: extname(file).endsWith('ts') ? 'ts' : 'js' }, file);
}

function sourceOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source);
    case 'TSExternalModuleReference':
      return literal(node.expression);
    case 'CallExpression':
      return isNode(node.callee) && node.callee.name === 'require' && Array.isArray(node.arguments)
        ? literal(node.arguments[0])
        : undefined;
    default:
      return undefined;
  }
}

function literal(node: unknown): string | undefined {
  return isNode(node) && typeof node.value === 'string' ? node.value : undefined;
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  if (!isNode(node)) return;
  visit(node);
  for (const child of Object.values(node)) walk(child, visit);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
