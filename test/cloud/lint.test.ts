import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { render } from '../../deploy/render.ts';
import { type PackagedTemplate, packaged } from '../support/packaged.ts';

// AWS's own rules for a template, on what each option really makes: what a condition switches off is left out before.

const REGIONS = ['eu-central-1', 'us-east-1', 'ap-southeast-1', 'cn-north-1', 'cn-northwest-1'];
const DOMAIN = ['domain=dock.example.com', 'certificateArn=arn:aws:acm:eu-central-1:123456789012:certificate/0-1'];
const JWT = ['authorizer=jwt', 'jwtIssuer=https://id.example.com/', 'jwtAudience=dock'];
const OWN = ['network=own', 'subnetIds=subnet-01234567', 'securityGroupIds=sg-01234567'];

/** The five that differ most, for every region; the others in one. */
const EVERYWHERE: Record<string, string[]> = {
  plain: [],
  reserved: ['callbackConcurrency=20'],
  network: ['network=nat', 'alarmEmail=a@example.com'],
  tokens: [...JWT, ...DOMAIN, 'firstAddress=closed'],
  disposable: ['disposable=true', 'authorizer=iam'],
};
const ONCE: Record<string, string[]> = {
  own: OWN,
  topic: ['alarmTopicArn=arn:aws:sns:eu-central-1:123456789012:topic'],
  address: ['network=nat', 'addressAllocationId=eipalloc-01234567'],
  figures: [
    'dashboard=true',
    'logDays=30',
    'fileDays=7',
    'requestsPerSecond=10',
    'requestBurst=20',
    'architecture=x86_64',
  ],
  everything: [...DOMAIN, ...JWT, 'network=nat', 'alarmEmail=a@example.com', 'callbackConcurrency=5'],
};

/** Warnings that are no faults here: a DependsOn that says aloud what a reference says, and conditions that are rendered. */
const LEAVE = ['W3005', 'W8001', 'W8003', 'W1028', 'W1030', 'I3011', 'W3011'];

test('the template of a story keeps AWS’s rules', async () => {
  const [, template = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/stories/monday.md', 'utf8')) ?? [];
  expect(template).toContain('AWS::Scheduler::Schedule');
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-lint-'));
  const file = join(folder, 'monday.yml');
  writeFileSync(file, template);
  const { stdout } = await promisify(execFile)('cfn-lint', ['-f', 'parseable', '--', file]).catch((error) => error);
  rmSync(folder, { recursive: true });
  expect(stdout).toBe('');
});

async function lint(variants: Record<string, string[]>, regions: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'dingdock-lint-'));
  try {
    const files = [];
    for (const [name, params] of Object.entries(variants)) {
      const file = join(folder, `${name}.json`);
      const template: PackagedTemplate = await packaged('prod', 'eu-central-1', params);
      writeFileSync(file, JSON.stringify(render(template)));
      files.push(file);
    }
    const args = ['-f', 'parseable', '-i', ...LEAVE, '--regions', ...regions, '--', ...files];
    const { stdout } = await promisify(execFile)('cfn-lint', args, { maxBuffer: 1e8 }).catch((error) => error);
    return String(stdout).split('\n').filter(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('each of five variants is right in each of five regions', async () => {
  expect(await lint(EVERYWHERE, REGIONS)).toEqual([]);
});

test('all other options are right', async () => {
  expect(await lint(ONCE, ['eu-central-1'])).toEqual([]);
});

test('what is wrong is found', async () => {
  const wrong = await lint({ wrong: ['callbackConcurrency=abc'] }, ['eu-central-1']);
  expect(wrong.join('\n')).toContain("'abc' is not of type 'integer'");
});
