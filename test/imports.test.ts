import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import what, beside files of its own folder. `type:` allows types only; packages are matched by prefix. */
const RULES: { of: RegExp; may: RegExp[]; mayType?: RegExp[] }[] = [
  {
    of: /^functions\/[^/]+\/handler\.ts$/,
    may: [
      /^lib\/(config|log|errors)\.ts$/,
      /^lib\/compose\//,
      /^lib\/lambda\//,
      /^lib\/dingtalk\/callback\.ts$/,
      /^openapi\.json$/,
      DOMAIN(),
      /^valibot/,
    ],
  },
  {
    of: /^functions\/[^/]+\/[^/]+\.ts$/,
    may: [DOMAIN(), /^lib\/(access|cursor|errors)\.ts$/, /^lib\/dingtalk\/callback\.ts$/, /^valibot/, /^node:crypto$/],
    mayType: [/^lib\/dingtalk\//, /^lib\/log\.ts$/],
  },
  {
    of: /^lib\/messages\//,
    may: [/^lib\/errors\.ts$/, /^valibot/, /^node:crypto$/],
    mayType: [/^lib\/dingtalk\//],
  },
  {
    of: /^lib\/(tasks|files)\//,
    may: [/^lib\/messages\//, /^lib\/errors\.ts$/, /^valibot/, /^node:(crypto|zlib)$/],
    mayType: [/^lib\/dingtalk\//],
  },
  { of: /^lib\/events\//, may: [/^lib\/errors\.ts$/, /^valibot/, /^node:crypto$/], mayType: [/^lib\/dingtalk\//] },
  {
    of: /^lib\/compose\//,
    may: [
      /^lib\/(aws|dingtalk|messages|tasks|files|events)\//,
      /^lib\/(errors|redact|seal)\.ts$/,
      /^@aws-sdk\//,
      /^valibot/,
      /^node:/,
    ],
    mayType: [/^lib\/log\.ts$/],
  },
  {
    of: /^lib\/dingtalk\//,
    may: [/^lib\/(errors|seal)\.ts$/, /^undici/, /^valibot/, /^node:/],
    mayType: [/^lib\/log\.ts$/],
  },
  {
    of: /^lib\/aws\//,
    may: [
      /^lib\/(messages|tasks|files|events)\//,
      /^lib\/(access|cursor|errors)\.ts$/,
      /^@aws-sdk\//,
      /^aws4$/,
      /^valibot/,
      /^node:(crypto|http|https)$/,
    ],
    mayType: [/^lib\/seal\.ts$/],
  },
  {
    of: /^lib\/lambda\//,
    may: [
      /^lib\/(access|embedded-metric|errors|log|redact)\.ts$/,
      /^@aws-lambda-powertools\//,
      /^valibot/,
      /^node:console$/,
    ],
    mayType: [/^aws-lambda$/],
  },
  { of: /^lib\/[^/]+\.ts$/, may: [/^lib\/errors\.ts$/, /^node:/, /^valibot/, /^@aws-lambda-powertools\//] },
  { of: /^simulator\//, may: [/^hono/, /^@hono\//, /^node:/] },
  { of: /^(local|cli|bench)\//, may: [/^(lib|functions|simulator|local|cli|bench)\//, /^[@a-z]/] },
];

/** `process.env` is read where a process begins, and nowhere else. */
const ENV_READERS = /^(functions\/[^/]+\/handler\.ts|simulator\/main\.ts|(local|cli|bench)\/)/;

function DOMAIN(): RegExp {
  return /^lib\/(messages|tasks|files|events)\//;
}

const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /^(functions|lib|simulator|local|cli|bench)\//.test(file) && !file.endsWith('.d.ts'));

type Import = { file: string; from: string; typeOnly: boolean };

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...found].map(([, type, named, dynamic]) => {
    const specifier = named ?? dynamic ?? '';
    const from = specifier.startsWith('.') ? normalize(`${dirname(file)}/${specifier}`) : specifier;
    return { file, from, typeOnly: type !== undefined };
  });
}

function breaks({ file, from, typeOnly }: Import): boolean {
  const rule = RULES.find(({ of }) => of.test(file));
  if (!rule) return true;
  if (from.startsWith(`${dirname(file)}/`)) return false;
  const allowed = [...rule.may, ...(typeOnly ? (rule.mayType ?? []) : [])];
  return !allowed.some((pattern) => pattern.test(from));
}

test('every import goes the one way that the layout allows', () => {
  expect(sources.length).toBeGreaterThan(40);
  const broken = sources.flatMap(importsOf).filter(breaks);
  expect(broken.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
});

test('the rules catch an import that goes back', () => {
  expect(breaks({ file: 'lib/aws/bus.ts', from: 'lib/dingtalk/call.ts', typeOnly: true })).toBe(true);
  expect(breaks({ file: 'functions/send-message/send-message.ts', from: 'lib/aws/item.ts', typeOnly: false })).toBe(
    true,
  );
  expect(breaks({ file: 'lib/messages/verdict.ts', from: 'lib/dingtalk/errors.ts', typeOnly: false })).toBe(true);
  expect(breaks({ file: 'simulator/server.ts', from: 'lib/errors.ts', typeOnly: false })).toBe(true);
});

test('the environment is read at the entrances only', () => {
  const readers = sources.filter(
    (file) => /process\.env\b/.test(readFileSync(file, 'utf8')) && !ENV_READERS.test(file),
  );
  expect(readers).toEqual([]);
});

test('no test, mock or drawer file stands among the sources', () => {
  expect(sources.filter((file) => /(utils|helpers|common|types|index)\.ts$|\.test\.ts$/.test(file))).toEqual([]);
});
