import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BENCHES } from '../bench/benches.ts';
import { commandsFor } from '../cli/commands.ts';
import { isSetting } from '../deploy/settings.ts';
import { SCOPES } from '../lib/base/access.ts';
import { DingTalkApp } from '../lib/dingtalk/app.ts';

const COMMANDS = await commandsFor([]);

// What the documents name has to be there: they are read by people who cannot ask.
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const documents = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** Every match of a pattern's first group, with the file it stands in. */
function named(pattern: RegExp, from = documents): { file: string; name: string }[] {
  return from.flatMap(({ file, text }) => [...text.matchAll(pattern)].map(([, name = '']) => ({ file, name })));
}

/** A heading's anchor as GitHub makes it: letters of any script and digits stay, spaces become hyphens. */
function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

test('there are documents to look at', () => {
  expect(files).toEqual(expect.arrayContaining(['README.md', 'docs/deploy.md', 'docs/security.md']));
});

test('every link to a file of the repository leads to it, and every anchor to a heading', () => {
  // what stands in code is no link: the references of DingTalk's Markdown are full of `![](media_id)`
  const prose = documents.map(({ file, text }) => ({
    file,
    text: text.replace(/^```[\s\S]*?^```/gm, '').replace(/(?<!`)(`+)(?!`)(?:(?!\n\n)[\s\S])*?(?<!`)\1(?!`)/g, ''),
  }));
  const links = named(/\]\((?!\w+:)([^)\s]+)\)/g, prose);
  expect(links.length).toBeGreaterThan(20);
  const broken = links.filter(({ file, name }) => {
    const [path = '', anchor] = name.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(decodeURIComponent(anchor));
  });
  expect(broken).toEqual([]);
});

test('no picture is larger than 60 kB', () => {
  const pictures = execFileSync('git', ['ls-files', '*.png'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  expect(pictures.length).toBeGreaterThan(6);
  expect(pictures.filter((file) => statSync(file).size > 60_000)).toEqual([]);
});

test('every path of the repository that is named is there', () => {
  // a decision may speak of a folder that is to come, and the facts of DingTalk cite files of other repositories
  const built = documents.filter(
    ({ file, text }) => !text.includes('\nDecided, not built yet.\n') && !file.startsWith('docs/dingtalk/'),
  );
  const folders = 'functions|contract|lib|simulator|local|cli|deploy|bench|docs|test|\\.github';
  const paths = named(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, 'g'), built);
  expect(paths.length).toBeGreaterThan(60);
  expect(paths.filter(({ name }) => !existsSync(name))).toEqual([]);
});

test('every script that is named is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const runs = named(/\bnpm run ([a-z][\w:-]*)/g);
  expect(runs.length).toBeGreaterThan(3);
  expect(runs.filter(({ name }) => !(name in scripts))).toEqual([]);
});

describe('the command line', () => {
  const calls = documents.flatMap(({ file, text }) =>
    [...text.matchAll(/\bnpx dingdock ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)([^\n`|]*)/g)].map(
      ([, words = '', rest = '']) => ({
        file,
        words,
        rest,
      }),
    ),
  );
  const commandOf = (words: string) =>
    COMMANDS.find(({ name }) => name === words) ?? COMMANDS.find(({ name }) => name === words.split(' ')[0]);

  test('every command that is named is one of its commands', () => {
    expect(calls.length).toBeGreaterThan(10);
    expect(calls.filter(({ words }) => !commandOf(words))).toEqual([]);
  });

  test('every option that a command is given is one that it takes', () => {
    const common = ['stage', 'region', 'key', 'json', 'dry-run', 'help'];
    const unknown = calls.flatMap(({ file, words, rest }) => {
      const takes = [...common, ...Object.keys(commandOf(words)?.options ?? {})];
      const given = [...rest.replace(/ -- .*|'[^']*'|"[^"]*"/g, '').matchAll(/ --([a-z][a-z-]*)/g)].map(
        ([, name = '']) => name,
      );
      return given.filter((name) => !takes.includes(name)).map((name) => `${file}: ${words} --${name}`);
    });
    expect(unknown).toEqual([]);
  });
});

test('every route that is named is one of the deployment', () => {
  const shapeOf = (path: string) => path.replace(/[?#].*$/, '').replace(/\{[^}]*\}|<[^>]*>/g, '{}');
  const { functions } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' });
  const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8'));
  const deployed = Object.values<{ events?: { httpApi?: '*' | { method: string; path: string } }[] }>(functions)
    .flatMap(({ events = [] }) => events)
    .flatMap(({ httpApi }) =>
      typeof httpApi === 'object' ? [`${httpApi.method.toUpperCase()} ${shapeOf(httpApi.path)}`] : [],
    );
  const described = Object.entries<object>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${shapeOf(path)}`),
  );
  const routes = new Set([...deployed, ...described]);
  // other services' routes are the simulator's and DingTalk's own documents', and those with a whole address
  const routed = documents.filter(({ file }) => !/^(docs\/dingtalk\/|docs\/simulator\.md|simulator\/)/.test(file));
  const found = named(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^\s`]*)`/g, routed);
  expect(found.length).toBeGreaterThan(10);
  const isRoute = (name: string) => routes.has(shapeOf(name).replace(/\/…$/, '/{}'));
  expect(found.filter(({ name }) => !isRoute(name))).toEqual([]);
});

test('every scope that is named is one that a key can have', () => {
  const scopes = [...named(/--scope ['"]?([a-z:,*]+)/g), ...named(/`((?:messages|tasks|files|destinations):[a-z]+)`/g)];
  const single = scopes.flatMap(({ file, name }) => name.split(',').map((one) => ({ file, name: one })));
  expect(single.length).toBeGreaterThan(8);
  const known: string[] = [...SCOPES, '*'];
  expect(single.filter(({ name }) => !known.includes(name))).toEqual([]);
});

test('every bench that is named is one that can be run', () => {
  const benches = Object.keys(BENCHES);
  const runs = named(/npm run bench -- ([a-z]+)/g);
  expect(runs.length).toBeGreaterThan(1);
  expect(runs.filter(({ name }) => !benches.includes(name))).toEqual([]);
});

test('every setting that a deployment is given is one of the list', () => {
  const calls = named(/npx dingdock deploy([^\n`]*)/g);
  const given = calls.flatMap(({ file, name }) =>
    [...name.replace(/ -- .*/, '').matchAll(/ (\w+)=/g)].map(([, setting = '']) => ({ file, name: setting })),
  );
  expect(given.length).toBeGreaterThan(5);
  expect(given.filter(({ name }) => !isSetting(name))).toEqual([]);
});

test('every member that an app of the secret can have is explained', () => {
  const [{ entries }] = DingTalkApp.pipe;
  const deploy = readFileSync('docs/deploy.md', 'utf8');
  expect(Object.keys(entries).filter((member) => !deploy.includes(`\`${member}\``))).toEqual([]);
});
