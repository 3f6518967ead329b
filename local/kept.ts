import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalProblem } from '../stage/local-ports.ts';
import type { PartName } from './parts/parts.ts';
import { resourcesOf } from './template/resources.ts';
import type { Template } from './template/template.ts';

/**
 * The folder with what the parts keep from one start to the next. It fits one shape of tables: after a version that
 * changes it, it has to begin anew.
 * @throws LocalProblem
 */
export function openKept(folder: string, template: Template, fresh: boolean) {
  if (fresh) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'tables.json');
  const tables = JSON.stringify(resourcesOf(template, 'AWS::DynamoDB::Table'));
  const before = textOf(file);
  if (before !== undefined && before !== tables)
    throw new LocalProblem(
      'The tables are no longer those of the last start, so what was kept cannot be read. Begin anew: npm start -- --fresh',
    );
  return {
    isNew: before === undefined,
    /** Tells the next start that all is there. */
    filled: () => writeFileSync(file, tables),
    folderOf(part: PartName): string {
      const own = join(folder, part);
      mkdirSync(own, { recursive: true });
      return own;
    },
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
