import type { Row } from './row.ts';

/** A figure that is worse by more than this is told. */
const MUCH = 1.1;

/** The machine of a row, whatever else it had to do. */
export function machineOf({ machine }: Pick<Row, 'machine'>): string {
  return machine.replace(/, load [\d.]+$/, '');
}

/** The rows of before with those of now in their place: the last of each machine stay. */
export function keptWith(before: readonly Row[], now: readonly Row[]): Row[] {
  const places = new Set(now.map(placeOf));
  return [...before.filter((row) => !places.has(placeOf(row))), ...now];
}

const placeOf = (row: Row) => JSON.stringify([machineOf(row), row.bench, row.name]);

/**
 * The rows that are worse by a tenth than the last ones of the same machine, in words. What was measured beside something
 * else is judged by how it stands to that, which other work on the machine disturbs less.
 */
export function worseRows(before: readonly Row[], now: readonly Row[]): string[] {
  const last = new Map(before.map((row) => [placeOf(row), row]));
  return now.flatMap((row) => {
    const old = last.get(placeOf(row));
    if (!old) return [];
    const isRatio = row.ratio !== undefined && old.ratio !== undefined && row.peer?.name === old.peer?.name;
    const [was = 0, is = 0] = isRatio ? [old.ratio, row.ratio] : [old.median, row.median];
    // a ratio says how many times a peer's figure is ours, or how many times ours is the floor's
    const isMoreBetter = row.unit === '/s' || (isRatio ? row.peer !== undefined : row.goal?.startsWith('≥'));
    const unit = isRatio ? '×' : row.unit;
    const isWorse = isMoreBetter ? was > is * MUCH : is > was * MUCH;
    return isWorse ? [`${row.name}: ${is} ${unit} now, ${was} ${unit} before`] : [];
  });
}
