const { isAbsolute, join, resolve } = require('node:path');

/** DingTalk's clients bring browsers of their own, which are some years old. */
const TARGET = ['chrome79', 'safari14.1'];

/** Bundles a page's script for browsers. @param esbuild the esbuild that bundles the function */
function buildScript(esbuild, entry, root) {
  return esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    charset: 'utf8',
    target: TARGET,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
}

/** Gives `import text from './main.tsx?script'` the bundled script as a text. */
const pageScript = {
  name: 'page-script',
  setup(build) {
    const root = build.initialOptions.absWorkingDir ?? process.cwd();
    build.onResolve({ filter: /\?script$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -'?script'.length)),
      namespace: 'script',
    }));
    build.onLoad({ filter: /./, namespace: 'script' }, async ({ path }) => {
      const { outputFiles, metafile } = await buildScript(build.esbuild, path, root);
      const watchFiles = Object.keys(metafile.inputs).map((file) => (isAbsolute(file) ? file : resolve(root, file)));
      return { contents: outputFiles[0].text, loader: 'text', watchFiles };
    });
  },
};

module.exports = { buildScript, pageScript };
