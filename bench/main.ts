import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asked } from '../local/asked.ts';
import { makeBed } from './bed.ts';
import { BENCHES, QUICK } from './benches.ts';
import { withFigures } from './figures.ts';
import { root } from './packaged.ts';
import { machine, print, type Row } from './row.ts';
import { keptWith, worseRows } from './worse.ts';

// `npm run bench` measures everything, `npm run bench -- <name> …` some of it. The rows of what was measured take the place
// of the old ones in results.json, and docs/figures.md follows. `npm run bench -- --quick` measures what tells the most, in
// a short form, and keeps its rows by machine in quick.json. Both tell what is worse than the last rows of this machine.
const RESULTS = join(root, 'bench/results.json');
const QUICK_RESULTS = join(root, 'bench/quick.json');
const FIGURES = join(root, 'docs/figures.md');

const USAGE = `npm run bench -- [--quick] [name …]
names: ${Object.keys(BENCHES).join(', ')}`;
const { values, positionals: names } = asked(USAGE, { quick: { type: 'boolean', default: false } }, true);
const all = values.quick ? QUICK : Object.keys(BENCHES);
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are ${all.join(', ')}.`);
  process.exitCode = 2;
} else {
  await measure(names.length > 0 ? names : all);
}

async function measure(chosen: readonly string[]): Promise<void> {
  console.log(machine());
  const bed = await makeBed();
  const worse: string[] = [];
  try {
    for (const name of chosen) {
      console.log(`\n${name}`);
      const rows = (await (await BENCHES[name]?.())?.run(bed, values.quick)) ?? [];
      print(rows);
      const old = read(values.quick ? QUICK_RESULTS : RESULTS);
      worse.push(...worseRows(old, rows));
      if (values.quick) write(QUICK_RESULTS, keptWith(old, rows));
      else keep(name, old, rows);
    }
  } finally {
    bed.remove();
  }
  if (worse.length > 0) console.log(`\nworse by a tenth than the last time on this machine:\n${worse.join('\n')}`);
}

function keep(name: string, old: readonly Row[], rows: readonly Row[]): void {
  const order = Object.keys(BENCHES);
  const kept = [...old.filter(({ bench }) => bench !== name), ...rows];
  kept.sort((a, b) => order.indexOf(a.bench) - order.indexOf(b.bench));
  write(RESULTS, kept);
  writeFileSync(FIGURES, withFigures(readFileSync(FIGURES, 'utf8'), kept));
}

function read(file: string): Row[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function write(file: string, rows: readonly Row[]): void {
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}
