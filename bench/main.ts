// `npm run bench -- <name>`: one measurement of this folder.
const BENCHES: Record<string, () => Promise<{ run(): Promise<void> }>> = {
  callback: () => import('./callback.ts'),
  files: () => import('./files.ts'),
};

const names = process.argv.slice(2);
const unknown = names.filter((name) => BENCHES[name] === undefined);
if (unknown.length > 0) {
  console.error(`There is no bench "${unknown.join('", "')}"; there are ${Object.keys(BENCHES).join(', ')}.`);
  process.exitCode = 2;
} else {
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) await (await BENCHES[name]?.())?.run();
}
