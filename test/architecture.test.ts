import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const text = readFileSync('docs/architecture.md', 'utf8');
const pictures = [...text.matchAll(/^```mermaid\n([\s\S]*?)^```/gm)].map(([, picture = '']) => picture);
const charts = pictures.filter((picture) => picture.startsWith('flowchart'));

/** A node as it stands in a chart, `id["label"]` in any shape, or its id alone. */
const NODE = /^(\w+)(?:[[({]+"?([^"\])}]+)"?[\])}]+)?$/;

/** The arrows of a chart, from label to label. */
function arrowsOf(chart: string): [string, string][] {
  const labels = new Map<string, string>();
  const chains = chart.split('\n').flatMap((line) => {
    const steps = line.trim().split(/ (?:-->|-\..*?\.->) /);
    const ids = steps.map((step) =>
      step.split(' & ').flatMap((node) => {
        const [, id, label] = NODE.exec(node) ?? [];
        if (id !== undefined && label !== undefined) labels.set(id, label);
        return id ?? [];
      }),
    );
    return ids.slice(1).flatMap((to, index) => (ids[index] ?? []).flatMap((from) => to.map((each) => [from, each])));
  });
  return chains.map(([from = '', to = '']) => [labels.get(from) ?? from, labels.get(to) ?? to]);
}

test('every folder of a picture is there', () => {
  const folders = pictures.flatMap((picture) => picture.match(/\b[a-z]+(?:\/[a-z-]+)*\/[a-z-]*/g) ?? []);
  expect(folders.length).toBeGreaterThan(25);
  expect(folders.filter((folder) => !existsSync(folder))).toEqual([]);
});

test('every function, every room of lib and every folder of sources is told of', () => {
  const rooms = ['functions', 'lib'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`));
  const sources = ['client/', 'contract/', 'simulator/', 'stage/', 'local/', 'cli/', 'bench/'];
  expect([...rooms, ...sources].filter((each) => !text.includes(each))).toEqual([]);
});

describe('what runs', () => {
  const grants: Record<string, Record<string, string[]>> = parse(readFileSync('deploy/grants.yml', 'utf8'));
  const arrows = charts.filter((chart) => chart.includes('[[')).flatMap(arrowsOf);
  const isPath = (label: string) => /Queue$|^Bus$/.test(label);

  test('a function puts into the queues and the bus that it is granted, and into no other', () => {
    const drawn = arrows.filter(([from, to]) => from.startsWith('functions/') && isPath(to));
    const granted = Object.entries(grants).flatMap(([name, actions]) =>
      [...(actions['sqs:SendMessage'] ?? []), ...(actions['events:PutEvents'] ?? [])]
        .filter(isPath)
        .map((to) => [`functions/${name}`, to]),
    );
    expect(granted.length).toBeGreaterThan(10);
    expect(drawn.toSorted()).toEqual(granted.toSorted());
  });

  test('a queue leads to the function that consumes it', () => {
    const drawn = arrows.filter(([from, to]) => isPath(from) && to.startsWith('functions/'));
    const consumed = Object.entries(grants).flatMap(([name, { consumes = [] }]) =>
      consumes.map((queue) => [queue, `functions/${name}`]),
    );
    expect(consumed.length).toBeGreaterThan(3);
    expect(drawn.toSorted()).toEqual(consumed.toSorted());
  });
});

test('every table, queue and bucket that is named is one of the deployment', () => {
  const template = readFileSync('serverless.yml', 'utf8');
  const named = new Set(text.match(/\b[A-Z][a-zA-Z]+(?:Table|Queue|Bucket)\b/g));
  expect(named.size).toBeGreaterThan(12);
  expect([...named].filter((name) => !template.includes(`\n    ${name}:\n`))).toEqual([]);
});
