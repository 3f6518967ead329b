const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { lateCode } = require('./late-code.cjs');
const { pageScript } = require('./page-script.cjs');

/**
 * Writes the names of headers and paths in S3's schemas as what they are. The SDK has them as constants in computed keys,
 * for which esbuild keeps all hundred operations: two thirds of what S3's client takes to load.
 */
const s3Schemas = {
  name: 's3-schemas',
  setup(build) {
    build.onLoad({ filter: /client-s3[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const names = new Map(
        Array.from(text.matchAll(/^const (_\w+) = ("[^"]*");$/gm), ([, name, value]) => [name, value]),
      );
      return { contents: text.replace(/\[(_\w+)\]:/g, (key, name) => (names.has(name) ? `${names.get(name)}:` : key)) };
    });
  },
};

/**
 * Leaves out of undici what no exchange with DingTalk comes to: HTTP/2 (switched off in lib/dingtalk/transport/http.ts), the bodies
 * of fetch (ours are text, bytes and streams), and the parser for processors without SIMD (Lambda has none of those).
 * Together they are the greater part of it, and each start would read them.
 */
const undiciHttp1 = {
  name: 'undici-http1',
  setup(build) {
    const unused =
      /undici[\\/]lib[\\/](dispatcher[\\/]client-h2|llhttp[\\/]llhttp-wasm|web[\\/](fetch[\\/]\w+|webidl[\\/]index))\.js$/;
    build.onLoad({ filter: unused }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Puts our stand-in in the place of DynamoDB's commands; not by an alias, which would hold for other projects' code too. */
const dynamodbCommands = {
  name: 'dynamodb-commands',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/client-dynamodb$/ }, () => ({
      path: join(__dirname, 'dynamodb-commands.ts'),
    }));
  },
};

module.exports = [s3Schemas, undiciHttp1, dynamodbCommands, pageScript, lateCode([s3Schemas])];
