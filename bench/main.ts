import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBed } from './bed.ts';
import { BENCHES } from './benches.ts';
import { withFigures } from './figures.ts';
import { root } from './packaged.ts';
import { machine, print, type Row } from './row.ts';

// `npm run bench` measures everything, `npm run bench -- <name> …` some of it. The rows of what was measured take the place
// of the old ones in results.json, and docs/figures.md follows.
const RESULTS = join(root, 'bench/results.json');
const FIGURES = join(root, 'docs/figures.md');

const names = process.argv.slice(2);
const unknown = names.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else {
  await measure(names.length > 0 ? names : Object.keys(BENCHES));
}

async function measure(chosen: readonly string[]): Promise<void> {
  console.log(machine());
  const bed = await makeBed();
  try {
    for (const name of chosen) {
      console.log(`\n${name}`);
      const rows = (await (await BENCHES[name]?.())?.run(bed)) ?? [];
      print(rows);
      keep(name, rows);
    }
  } finally {
    bed.remove();
  }
}

function keep(name: string, rows: readonly Row[]): void {
  const old: Row[] = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : [];
  const order = Object.keys(BENCHES);
  const kept = [...old.filter(({ bench }) => bench !== name), ...rows];
  kept.sort((a, b) => order.indexOf(a.bench) - order.indexOf(b.bench));
  writeFileSync(RESULTS, `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(FIGURES, withFigures(readFileSync(FIGURES, 'utf8'), kept));
}
