import { dirname, normalize } from 'node:path';
import { isNode, type Node, nodesOf } from './syntax.ts';

/** One module that a file names; `typeOnly` is gone at run time. */
export type Import = { from: string; typeOnly: boolean };

/**
 * Every module that a source file names: imports, re-exports, `import()`, `require()`, and `import()` in a type. Paths are
 * told from the project's folder, packages as they stand.
 */
export function importsOf(file: string, text?: string): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(file, text)) {
    const source = sourceOf(node);
    if (source === undefined) continue;
    const from = source.startsWith('.') ? normalize(`${dirname(file)}/${source}`) : source;
    const typeOnly = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
    found.push({ from, typeOnly });
  }
  return found;
}

/** Every member of a plain name that a source file uses, such as `process.env`. */
export function namesOf(file: string, text?: string): Set<string> {
  const members = nodesOf(file, text).flatMap(({ type, object, property }) =>
    type === 'MemberExpression' && isNode(object) && object.name && isNode(property)
      ? [`${object.name}.${property.name}`]
      : [],
  );
  return new Set(members);
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
