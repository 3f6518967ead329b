import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const Step = v.union([
  v.strictObject({ uses: v.string(), with: v.optional(v.record(v.string(), v.unknown())) }),
  v.strictObject({ run: v.string() }),
]);
const Workflow = v.looseObject({
  permissions: v.strictObject({ contents: v.literal('read') }),
  jobs: v.record(
    v.string(),
    v.looseObject({
      'timeout-minutes': v.number(),
      strategy: v.optional(v.object({ matrix: v.object({ node: v.array(v.number()) }) })),
      steps: v.array(Step),
    }),
  ),
});

describe('the workflow', () => {
  const { jobs } = v.parse(Workflow, parse(readFileSync('.github/workflows/ci.yml', 'utf8')));
  const nightly = v.parse(Workflow, parse(readFileSync('.github/workflows/chance.yml', 'utf8')));
  const all = [...Object.values(jobs), ...Object.values(nightly.jobs)];
  const runsOf = (job = all[0]) => job?.steps.flatMap((step) => ('run' in step ? [step.run] : []));

  test('runs the commands of the README on the oldest Node and on the functions’ own', () => {
    expect(runsOf(jobs.test)).toEqual(['npm test', 'npm run package']);
    const runtime = /^ {2}runtime: nodejs(\d+)\.x$/m.exec(readFileSync('serverless.yml', 'utf8'))?.[1];
    const oldest = /^>=(\d+)$/.exec(manifest.engines.node)?.[1];
    expect(jobs.test?.strategy?.matrix.node).toEqual([Number(oldest), Number(runtime)]);
    expect(readFileSync('.nvmrc', 'utf8').trim()).toBe(runtime);
  });

  test('takes other values for the properties every night, and says by which seed', () => {
    expect(runsOf(nightly.jobs.test)).toEqual([
      'echo "SEED=$GITHUB_RUN_NUMBER$GITHUB_RUN_ATTEMPT" | tee -a "$GITHUB_ENV"',
      'npm test',
    ]);
  });

  test('looks for known faults in what is bundled, and makes a list of it', () => {
    expect(runsOf(jobs.packages)).toEqual([
      'npm ci --ignore-scripts',
      'npm audit --omit=dev --audit-level=high',
      'npm sbom --package-lock-only --omit=dev --sbom-format=cyclonedx > sbom.json',
    ]);
  });

  test('names a version of each action', () => {
    const used = all.flatMap(({ steps }) => steps.flatMap((step) => ('uses' in step ? [step.uses] : [])));
    expect(used.length).toBeGreaterThan(1);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([]);
  });
});

// https://docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema
const Field = v.variant('type', [
  v.strictObject({ type: v.literal('markdown'), attributes: v.strictObject({ value: v.string() }) }),
  v.strictObject({
    type: v.picklist(['textarea', 'input', 'dropdown']),
    id: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
    attributes: v.strictObject({
      label: v.string(),
      description: v.optional(v.string()),
      options: v.optional(v.array(v.string())),
    }),
    validations: v.optional(v.strictObject({ required: v.boolean() })),
  }),
]);
const Form = v.strictObject({
  name: v.string(),
  description: v.string(),
  labels: v.array(v.string()),
  body: v.pipe(v.array(Field), v.minLength(1)),
});

test('every issue form is one that GitHub takes', () => {
  const folder = '.github/ISSUE_TEMPLATE';
  const forms = readdirSync(folder).filter((file) => file !== 'config.yml');
  expect(forms.length).toBeGreaterThan(2);
  for (const file of forms) {
    const { body } = v.parse(Form, parse(readFileSync(`${folder}/${file}`, 'utf8')));
    const ids = body.flatMap((field) => ('id' in field ? [field.id] : []));
    expect([file, new Set(ids).size]).toEqual([file, ids.length]);
    for (const field of body)
      if (field.type === 'dropdown') expect(field.attributes.options?.length).toBeGreaterThan(1);
  }
});

test('dependabot looks after packages that are there', () => {
  const { updates } = parse(readFileSync('.github/dependabot.yml', 'utf8'));
  const ignored = updates.flatMap(({ ignore = [] }) =>
    ignore.map((rule: Record<string, string>) => rule['dependency-name']),
  );
  expect(ignored.length).toBeGreaterThan(0);
  expect(
    ignored.filter((name: string) => !(name in { ...manifest.dependencies, ...manifest.devDependencies })),
  ).toEqual([]);
  expect(existsSync('package-lock.json')).toBe(true);
});
