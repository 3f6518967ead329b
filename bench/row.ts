import { cpus, loadavg } from 'node:os';

/** One line of the table, and of results.json. */
export type Row = {
  bench: string;
  name: string;
  unit: string;
  N: number;
  median: number;
  p90: number;
  /** The same measured on a function that does nothing, or on nothing at all. */
  floor?: number;
  /** The same measured on another project's code, in the same run. */
  peer?: { name: string; median: number };
  /** How many times the peer's (or the floor's) figure is ours. */
  ratio?: number;
  /** What was asked for. */
  goal?: string;
  machine: string;
};

/** The value below which that share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export function machine(): string {
  const [first] = cpus();
  const load = loadavg()[0] ?? 0;
  return `Node ${process.version}, ${cpus().length} × ${first?.model.trim() ?? 'CPU'}, load ${load.toFixed(1)}`;
}

type Measured = Pick<Row, 'bench' | 'name' | 'unit'> & Partial<Pick<Row, 'floor' | 'peer' | 'ratio' | 'goal'>>;

export function row(about: Measured, values: readonly number[]): Row {
  const figures = { N: values.length, median: round(median(values)), p90: round(quantile(values, 0.9)) };
  const { floor, peer, ratio, ...rest } = about;
  return {
    ...rest,
    ...figures,
    ...(floor !== undefined && { floor: round(floor) }),
    ...(peer && { peer: { name: peer.name, median: round(peer.median) } }),
    ...(ratio !== undefined && { ratio: round(ratio) }),
    machine: machine(),
  };
}

/** Three digits that mean something. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

export function print(rows: readonly Row[]): void {
  console.table(
    rows.map(({ bench, name, unit, N, median, p90, floor, peer, ratio, goal }) => ({
      bench,
      name,
      unit,
      N,
      median,
      p90,
      floor,
      peer: peer && `${peer.median} (${peer.name})`,
      ratio,
      goal,
    })),
  );
}
