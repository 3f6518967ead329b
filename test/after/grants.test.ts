import { beforeAll, describe, expect, test } from 'vitest';
import { covers, type Grant, grantsOf } from '../support/grants.ts';
import { packaged } from '../support/packaged.ts';
import { kept } from '../support/run.ts';
import { LAMBDAS_OWN, RARE_GRANTS } from './rare-grants.ts';

const UNSEEN = Object.keys({ ...LAMBDAS_OWN, ...RARE_GRANTS });

// What the functions asked of AWS while the end-to-end tests ran, held against their roles in the packaged template.
// An outside DynamoDB tells nothing of what it was asked.
describe.skipIf(process.env.AWS_ENDPOINT_URL_DYNAMODB !== undefined)('grants', () => {
  let grants: Grant[];
  let denied: Grant[];
  let calls: Grant[];

  beforeAll(async () => {
    const template = await packaged('local', 'us-east-1');
    grants = grantsOf(template, 'us-east-1');
    denied = grantsOf(template, 'us-east-1', 'Deny');
    const buckets = new Set(grants.map(({ resource }) => bucketOf(resource)));
    calls = kept('aws-calls.ndjson')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [name, action, resource] = JSON.parse(line);
        return { function: name, action, resource };
      })
      // Some tests bring a bucket of their own.
      .filter(({ resource }) => bucketOf(resource) === undefined || buckets.has(bucketOf(resource)));
  });

  test('every call that a function made is granted to it', () => {
    expect(calls.length).toBeGreaterThan(50);
    expect(calls.filter((call) => !grants.some((grant) => covers(grant, call)))).toEqual([]);
    expect(calls.filter((call) => denied.some((grant) => covers(grant, call)))).toEqual([]);
  });

  test('every grant was used by a call, or is on the list of rare ones with a reason: five at most', () => {
    const unused = grants.filter((grant) => !calls.some((call) => covers(grant, call)));
    const rare = Object.keys(RARE_GRANTS);
    console.log(`grants: ${grants.length}, ${unused.length} unused, for ${rare.length} reasons beside Lambda's own`);
    expect(unused.filter((grant) => !UNSEEN.some((one) => isIn(grant, one)))).toEqual([]);
    expect(rare.length).toBeLessThanOrEqual(5);
  });

  test('a rare grant that is granted no more is on the list no more', () => {
    expect(UNSEEN.filter((rare) => !grants.some((grant) => isIn(grant, rare)))).toEqual([]);
  });

  test('no grant is wider than one action, and none but of parts of one resource', () => {
    expect(grants.filter(({ action }) => action.includes('*'))).toEqual([]);
    // AWS knows no resource of these two: they are all that their function may
    const ofAll = (action: string) => ({ function: 'answer-step', action: `states:${action}`, resource: '*' });
    const wide = grants.filter(({ resource }) => /^[*]|:::?[*]$/.test(resource));
    expect(wide).toEqual([ofAll('SendTaskSuccess'), ofAll('SendTaskFailure')]);
    const logs = 'logs:CreateLogStream logs:PutLogEvents'.split(' ');
    const more = grants.filter(({ function: name, action }) => name === 'answer-step' && !logs.includes(action));
    expect(more).toEqual(wide);
  });
});

function isIn(grant: Grant, rare: string): boolean {
  const [name, action, resource = ''] = rare.split(' ');
  const named = resource === '*' || grant.resource.endsWith(`-${resource}`) || grant.resource.endsWith(`/${resource}`);
  return (name === '*' || name === grant.function) && action === grant.action && named;
}

function bucketOf(arn: string): string | undefined {
  return /^arn:aws:s3:::([^/]+)/.exec(arn)?.[1];
}
