import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { CONTAINERS } from './support/containers.ts';
import { type Import, importsOf, namesOf } from './support/imports-of.ts';

type Rule = { of: RegExp; may: RegExp[]; mayType?: RegExp[] };

const SUBJECT = /^lib\/(messages|tasks|approvals|incidents|files|events|sources|sign-in|console)\//;
const BASE = /^lib\/base\//;
const SCHEMA = /^@?valibot/;
const NODE = /^node:/;
/** What a function's door may use. */
const DOOR = [SUBJECT, /^contract\//, /^lib\/(base|compose|lambda|records)\//, /^openapi\.json$/, SCHEMA];
/** What every subject may use beside itself: it knows neither AWS nor HTTP. */
const RULE = [BASE, /^lib\/records\//, /^contract\//, SCHEMA, /^node:(crypto|zlib)$/];
/** DingTalk's types only, so that a subject can be tried without it. */
const DINGTALK = [/^lib\/dingtalk\//];

/**
 * Who may import what, beside files of its own folder: the first rule that fits counts. `mayType` is for types alone.
 * Packages are matched by their names, files by their paths.
 */
const RULES: Rule[] = [
  {
    of: /^functions\/receive-callback\/door\.ts$/,
    may: [BASE, /^lib\/lambda\/metric\.ts$/],
    mayType: [/^aws-lambda$/],
  },
  { of: /^functions\/receive-callback\//, may: [...DOOR, /^lib\/dingtalk\/doors\//] },
  { of: /^functions\/[^/]+\/handler\.ts$/, may: DOOR },
  // It runs in browsers: of the others it has types, and words.
  {
    of: /^lib\/console\/app\//,
    may: [/^lib\/console\/(app|words)\//, /^preact(\/|$)/],
    mayType: [/^contract\//],
  },
  { of: /^lib\/console\//, may: [BASE, /^lib\/console\//] },
  // It runs where nothing of ours is.
  { of: /^client\//, may: [/^client\//] },
  { of: /^contract\//, may: [BASE, /^contract\//, SCHEMA, /^node:fs$/] },
  { of: /^lib\/base\//, may: [BASE, NODE, SCHEMA, /^@aws-lambda-powertools\//] },
  { of: /^lib\/records\//, may: [BASE, SCHEMA] },
  { of: /^lib\/messages\//, may: [...RULE, /^lib\/messages\//], mayType: DINGTALK },
  { of: /^lib\/tasks\//, may: [...RULE, /^lib\/(messages|tasks)\//], mayType: DINGTALK },
  { of: /^lib\/approvals\//, may: [...RULE, /^lib\/(messages|approvals)\//], mayType: DINGTALK },
  { of: /^lib\/files\//, may: [...RULE, /^lib\/(messages|files)\//], mayType: DINGTALK },
  { of: /^lib\/incidents\//, may: [...RULE, /^lib\/(messages|incidents)\//] },
  { of: /^lib\/sources\//, may: [...RULE, /^lib\/(messages|incidents|sources)\//] },
  { of: /^lib\/sign-in\//, may: [...RULE, /^lib\/sign-in\//], mayType: DINGTALK },
  { of: /^lib\/events\//, may: [...RULE, SUBJECT], mayType: DINGTALK },
  {
    of: /^lib\/compose\//,
    may: [SUBJECT, /^lib\/(aws|dingtalk|base|compose)\//, /^@aws-sdk\//, /^liquidjs$/, SCHEMA, NODE],
  },
  { of: /^lib\/dingtalk\//, may: [BASE, /^lib\/dingtalk\//, /^undici/, SCHEMA, NODE] },
  // A stored item is read by the schema of its subject.
  {
    of: /^lib\/aws\//,
    may: [
      SUBJECT,
      BASE,
      /^lib\/(aws|records)\//,
      /^@aws-sdk\//,
      /^aws4$/,
      SCHEMA,
      /^node:(crypto|http|https|timers\/promises|util)$/,
    ],
  },
  {
    of: /^lib\/lambda\//,
    may: [BASE, /^contract\//, /^@aws-lambda-powertools\//, SCHEMA, /^node:console$/],
    mayType: [/^aws-lambda$/],
  },
  // The simulator reads the protocol by itself: nothing of lib, functions or contract. Its rooms stand one on another.
  { of: /^simulator\/json\.ts$/, may: [] },
  { of: /^simulator\/world\//, may: [NODE, ...rooms('world')] },
  { of: /^simulator\/gateway\//, may: [NODE, /^hono/, /^@hono\//, ...rooms('world|gateway')] },
  { of: /^simulator\/push\//, may: [NODE, ...rooms('world|gateway|push')] },
  { of: /^simulator\/api\//, may: [NODE, /^hono/, /^@hono\//, /^ws$/, ...rooms('world|gateway|push|api')] },
  { of: /^simulator\/control\//, may: [NODE, /^hono/, ...rooms('world|gateway|push|api|control')] },
  // how messages look is for any page, so it knows nothing of this one
  { of: /^simulator\/page\/looks\//, may: [] },
  { of: /^simulator\/page\//, may: [/^simulator\/page\/looks\//] },
  { of: /^simulator\/[^/]+\.ts$/, may: [NODE, /^hono/, /^@hono\//, /^simulator\//] },
  { of: /^deploy\//, may: [NODE, /^yaml$/, /^@aws-sdk\//, /^deploy\//] },
  // What cli and local both know of the stage on this machine.
  { of: /^stage\//, may: [/^lib\//, SCHEMA] },
  { of: /^(local|cli|bench)\//, may: [/./] },
];

/** Arrows that no rule above allows to come about by "anything". */
const NEVER: { of: RegExp; never: RegExp }[] = [
  { of: /^local\//, never: /^cli\// },
  { of: /^cli\//, never: /^local\// },
  // A package of its own: others have its face only (simulator/package.json), but for its own tests.
  { of: /^(?!simulator\/|test\/(all\/)?simulator\/)/, never: /^simulator\// },
  { of: /^(functions|client|contract|lib|simulator|stage|local|cli|deploy|bench)\//, never: /^test\// },
];

/** `process.env` is read where a process begins, and nowhere else. */
const ENV_READERS = /^(functions\/[^/]+\/handler\.ts|simulator\/(main|preload)\.ts|(local|cli|bench|deploy)\/)/;

function rooms(names: string): RegExp[] {
  return [/^simulator\/json\.ts$/, new RegExp(`^simulator/(${names})/`)];
}

const all = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^(functions|client|contract|lib|simulator|stage|local|cli|deploy|bench|test)\//.test(file));
const code = all.filter((file) => /\.(tsx?|js|mjs|cjs)$/.test(file) && !file.endsWith('.d.ts'));
const sources = code.filter((file) => !file.startsWith('test/'));
const arrows = new Map(code.map((file) => [file, importsOf(file)] as const));

function breaks(file: string, { from, typeOnly }: Import): boolean {
  if (NEVER.some(({ of, never }) => of.test(file) && never.test(from))) return true;
  const rule = RULES.find(({ of }) => of.test(file));
  if (!rule) return true;
  if (dirname(from) === dirname(file)) return false;
  return ![...rule.may, ...(typeOnly ? (rule.mayType ?? []) : [])].some((pattern) => pattern.test(from));
}

test('each test file with what a container keeps has a process of its own', () => {
  const keeps = /^(functions\/[^/]+\/handler|lib\/compose\/(?!templates))/;
  const isTests = (from: string) => from.startsWith('test/');
  const loads = (file: string): boolean =>
    (arrows.get(file) ?? [])
      .filter(({ typeOnly }) => !typeOnly)
      .some(({ from }) => keeps.test(from) || (isTests(from) && loads(from)));
  const isOfSuite = (file: string) => /^test\/(?!all\/|cloud\/).*\.test\.ts$/.test(file);
  expect(code.filter((file) => isOfSuite(file) && loads(file))).toEqual(CONTAINERS);
});

test('every import goes the one way that the layout allows', () => {
  expect(sources.length).toBeGreaterThan(40);
  const broken = sources.flatMap((file) =>
    (arrows.get(file) ?? []).filter((each) => breaks(file, each)).map(({ from }) => `${file} imports ${from}`),
  );
  expect(broken).toEqual([]);
});

test.each([
  ['lib/aws/bus.ts', 'lib/dingtalk/transport/call.ts', true],
  ['lib/messages/send-message.ts', 'lib/aws/tables/item.ts', false],
  ['lib/messages/deliver/verdict.ts', 'lib/dingtalk/transport/errors.ts', false],
  ['lib/tasks/change.ts', 'lib/events/event.ts', false],
  ['functions/send-message/handler.ts', 'functions/share-file/handler.ts', false],
  ['functions/send-message/handler.ts', 'undici', false],
  ['simulator/server.ts', 'lib/base/errors.ts', false],
  ['simulator/world/state.ts', 'simulator/gateway/limits.ts', true],
  ['simulator/gateway/gateway.ts', 'simulator/api/tokens.ts', true],
  ['simulator/push/emit.ts', 'simulator/api/todo/todos.ts', false],
  ['local/seed.ts', 'cli/exit.ts', true],
  ['cli/run.ts', 'local/ports.ts', true],
  ['cli/run.ts', 'test/support/cli.ts', true],
  ['local/stack.ts', 'simulator/server.ts', true],
  ['test/e2e/files.test.ts', 'simulator/server.ts', false],
])('%s may not import %s', (file, from, typeOnly) => {
  expect(breaks(file, { from, typeOnly })).toBe(true);
});

test('the tests too have the simulator by its face only', () => {
  const tests = [...arrows].filter(([file]) => file.startsWith('test/') && !/^test\/(all\/)?simulator\//.test(file));
  const inside = tests.flatMap(([file, found]) =>
    found.filter(({ from }) => from.startsWith('simulator/')).map(({ from }) => `${file} imports ${from}`),
  );
  expect(inside).toEqual([]);
});

test('the parser sees every way to name a module', () => {
  const text = `import type { A } from './a.ts'; import { b } from '../b.ts'; import './c.ts'; export * from './d.ts';
    export type { E } from './e.ts'; const f = await import('./f.ts'); type G = typeof import('./g.ts'); import 'pkg/h';
    // import './none.ts'
    const text = "import './none.ts'";`;
  const found = importsOf('x/y/z.ts', text).map(({ from, typeOnly }) => `${from}${typeOnly ? ' (type)' : ''}`);
  const expected = ['x/y/a.ts (type)', 'x/b.ts', 'x/y/c.ts', 'x/y/d.ts', 'x/y/e.ts (type)', 'x/y/f.ts'];
  expect(found).toEqual([...expected, 'x/y/g.ts (type)', 'pkg/h']);
  expect(importsOf('x/y.cjs', `const a = require('./a.cjs');`)).toEqual([{ from: 'x/a.cjs', typeOnly: false }]);
});

test('no file leads back to itself, by types neither', () => {
  const graph = new Map([...arrows].map(([file, found]) => [file, found.map(({ from }) => from)]));
  expect(circleIn(graph)).toEqual([]);
  const round = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(circleIn(round)).toEqual(['b', 'c', 'b']);
});

/** The first circle that is found, from a file back to it; empty when there is none. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test('no folder holds more than one can look over', () => {
  const roomy = all.filter((file) => !/^(bench|test)\//.test(file));
  const folders = Map.groupBy(roomy, (file) => dirname(file));
  expect(folders.size).toBeGreaterThan(30);
  const full = [...folders].filter(([, files]) => files.length > 24).map(([folder, files]) => [folder, files.length]);
  expect(full).toEqual([]);
});

test('the environment is read at the entrances only', () => {
  const readers = sources.filter((file) => !ENV_READERS.test(file) && namesOf(file).has('process.env'));
  expect(readers).toEqual([]);
  expect(namesOf('x.ts', 'const { env } = process; process.env.X; // process.cwd()')).toEqual(new Set(['process.env']));
});

test('no test, mock or drawer file stands among the sources', () => {
  expect(sources.filter((file) => /(utils|helpers|common|types|index)\.\w+$|\.test\.\w+$/.test(file))).toEqual([]);
});

test('what is tried again is tried by one loop, and here is who uses it', () => {
  const users = sources.filter((file) => importsOf(file).some(({ from }) => from === 'lib/base/retry.ts'));
  expect(users.sort()).toEqual([
    'lib/aws/signed-request.ts',
    'lib/aws/tables/item.ts',
    'lib/dingtalk/drive-upload.ts',
    'lib/dingtalk/transport/call.ts',
    'lib/events/fetch-file.ts',
    'lib/files/media.ts',
    'lib/messages/deliver/attempt.ts',
    'local/triggers/event-source.ts',
  ]);
});
