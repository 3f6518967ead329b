const { isAbsolute, join, resolve } = require('node:path');

/** Files that a function imports late, and that share no code with others. */
const LATE = /[\\/]parts-upload\.ts$/;

/** Bundles a late file with all that it imports. @param esbuild the esbuild that bundles the function */
function buildLate(esbuild, entry, options, plugins) {
  const whole = { stdin: undefined, outdir: undefined, outfile: undefined, outbase: undefined };
  return esbuild.build({
    ...options,
    ...whole,
    supported: { 'dynamic-import': false }, // `require` in its place: code that was a text has none of its own
    entryPoints: [entry],
    write: false,
    metafile: true,
    plugins,
    logLevel: 'silent',
  });
}

/**
 * Carries late files as texts, which become code when they are imported. As code they would be read at each start, in
 * vain mostly: with S3's client among it a function took 1.5 times as long to load. @param plugins those of the late bundle
 */
function lateCode(plugins) {
  return {
    name: 'late-code',
    setup(build) {
      const { initialOptions, esbuild } = build;
      const root = initialOptions.absWorkingDir ?? process.cwd();
      build.onResolve({ filter: LATE }, ({ path, resolveDir, kind }) =>
        kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: 'late' } : undefined,
      );
      build.onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => {
        const { outputFiles, metafile } = await buildLate(esbuild, path, initialOptions, plugins);
        const text = JSON.stringify(outputFiles[0].text);
        const watchFiles = Object.keys(metafile.inputs).map((file) => (isAbsolute(file) ? file : resolve(root, file)));
        const contents = `require('node:vm').compileFunction(${text}, ['module', 'require'])(module, require);`;
        return { contents, loader: 'js', watchFiles };
      });
    },
  };
}

module.exports = { buildLate, lateCode };
