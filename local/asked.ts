import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** What a program was asked for on its command line. One that there is not, or `--help`, ends it with its usage. */
export function asked<O extends ParseArgsOptionsConfig>(usage: string, options: O, isWordAllowed = false) {
  const all = { ...options, help: { type: 'boolean' } } as const;
  try {
    const given = parseArgs({ options: all, allowPositionals: isWordAllowed });
    if (!('help' in given.values)) return given;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}
