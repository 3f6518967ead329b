import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import what, beside files of its own folder. `type:` allows types only; packages are matched by prefix. */
const RULES: { of: RegExp; may: RegExp[]; mayType?: RegExp[] }[] = [
  {
    of: /^functions\/receive-callback\/door\.ts$/,
    may: [/^lib\/base\//, /^lib\/lambda\/metric\.ts$/],
    mayType: [/^aws-lambda$/],
  },
  { of: /^functions\/receive-callback\//, may: [...DOOR(), /^lib\/dingtalk\/doors\//] },
  { of: /^functions\/[^/]+\/handler\.ts$/, may: DOOR() },
  { of: /^contract\//, may: [SUBJECT(), /^lib\/base\//, /^@?valibot/, /^node:fs$/] },
  { of: /^lib\/base\//, may: [/^lib\/base\//, /^node:/, /^valibot/, /^@aws-lambda-powertools\//] },
  { of: /^lib\/messages\//, may: [...RULE(), /^lib\/messages\//], mayType: [/^lib\/dingtalk\//] },
  { of: /^lib\/tasks\//, may: [...RULE(), /^lib\/(messages|tasks)\//], mayType: [/^lib\/dingtalk\//] },
  { of: /^lib\/files\//, may: [...RULE(), /^lib\/(messages|files)\//], mayType: [/^lib\/dingtalk\//] },
  { of: /^lib\/events\//, may: [...RULE(), SUBJECT()], mayType: [/^lib\/dingtalk\//] },
  {
    of: /^lib\/compose\//,
    may: [SUBJECT(), /^lib\/(aws|dingtalk|base)\//, /^@aws-sdk\//, /^valibot/, /^node:/],
  },
  { of: /^lib\/dingtalk\//, may: [/^lib\/(base|dingtalk)\//, /^undici/, /^valibot/, /^node:/] },
  {
    of: /^lib\/aws\//,
    may: [SUBJECT(), /^lib\/(base|aws)\//, /^@aws-sdk\//, /^aws4$/, /^valibot/, /^node:(crypto|http|https)$/],
  },
  {
    of: /^lib\/lambda\//,
    may: [/^lib\/base\//, /^@aws-lambda-powertools\//, /^valibot/, /^node:console$/],
    mayType: [/^aws-lambda$/],
  },
  { of: /^simulator\//, may: [/^simulator\//, /^hono/, /^@hono\//, /^node:/] },
  { of: /^deploy\//, may: [/^node:/, /^@aws-sdk\//] },
  { of: /^(local|cli|bench)\//, may: [/^(lib|functions|contract|simulator|local|cli|bench)\//, /^[@a-z]/] },
];

/** `process.env` is read where a process begins, and nowhere else. */
const ENV_READERS = /^(functions\/[^/]+\/handler\.ts|simulator\/main\.ts|(local|cli|bench)\/)/;

/** The rules of the subjects: what happens, without AWS and without HTTP. */
function SUBJECT(): RegExp {
  return /^lib\/(messages|tasks|files|events)\//;
}

/** What a function's door may use. */
function DOOR(): RegExp[] {
  return [SUBJECT(), /^contract\//, /^lib\/(base|compose|lambda)\//, /^openapi\.json$/, /^valibot/];
}

/** What every subject may use beside itself. */
function RULE(): RegExp[] {
  return [/^lib\/base\//, /^valibot/, /^node:(crypto|zlib)$/];
}

const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (file) => /^(functions|contract|lib|simulator|local|cli|deploy|bench)\//.test(file) && !file.endsWith('.d.ts'),
  );

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
  expect(breaks({ file: 'lib/aws/bus.ts', from: 'lib/dingtalk/transport/call.ts', typeOnly: true })).toBe(true);
  expect(breaks({ file: 'lib/messages/send-message.ts', from: 'lib/aws/tables/item.ts', typeOnly: false })).toBe(true);
  expect(
    breaks({ file: 'lib/messages/deliver/verdict.ts', from: 'lib/dingtalk/transport/errors.ts', typeOnly: false }),
  ).toBe(true);
  expect(breaks({ file: 'simulator/server.ts', from: 'lib/base/errors.ts', typeOnly: false })).toBe(true);
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

test('what is tried again is tried by one loop, and here is who uses it', () => {
  const users = sources.filter((file) => importsOf(file).some(({ from }) => from === 'lib/base/retry.ts'));
  expect(users.sort()).toEqual([
    'lib/aws/json-call.ts',
    'lib/dingtalk/drive-upload.ts',
    'lib/dingtalk/transport/call.ts',
    'lib/events/fetch-file.ts',
    'lib/files/media.ts',
  ]);
});
