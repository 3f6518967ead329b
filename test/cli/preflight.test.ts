import { describe, expect, test } from 'vitest';
import { changesOf } from '../../cli/deploy/compare.ts';
import { judge, roomForCallbacks } from '../../cli/deploy/preflight.ts';
import type { Surroundings } from '../../cli/deploy/surroundings.ts';
import type { Chosen } from '../../deploy/settings.ts';

/** A new stage in an account that has nothing to say. */
const CALM: Surroundings = {
  stackName: 'dingdock-prod',
  region: 'eu-central-1',
  flags: '--stage prod --region eu-central-1',
  account: '123456789012',
  arn: 'arn:aws:iam::123456789012:user/ada',
  stack: undefined,
  secrets: [{ name: 'dingdock/prod', state: 'there' }],
  leftOvers: [],
  bucketName: 'dingdock-prod-uploads-123456789012-eu-central-1',
  bucket: 'free',
  concurrency: { limit: 1000, unreserved: 1000, held: 0 },
  certificate: undefined,
  domainTaken: undefined,
  addresses: undefined,
  network: undefined,
  issuer: undefined,
  denied: [],
  unseen: [],
};
const stackIn = (status: string) => ({ status, outputs: {}, chosen: {}, resources: [] });
const certificate = { status: 'ISSUED', names: ['*.example.com'], validation: [] };
const NAT = { network: 'nat' };
const addresses = { count: { used: 0, most: 5 }, given: undefined, kept: undefined };

/** For a stage whose alarms somebody gets. */
const judged = (around: Surroundings, chosen: Chosen) => judge(around, { alarmEmail: 'ops@example.com', ...chosen });

test('where nobody would be told of an alarm, that is said; of a disposable stage it is not', () => {
  expect(judge(CALM, {})).toEqual([
    expect.objectContaining({ weight: 'note', code: 'no_alarms', remedy: expect.stringContaining('alarmEmail=') }),
  ]);
  expect(judge(CALM, { disposable: 'true' })).toEqual([]);
  expect(judge(CALM, { alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:ops' })).toEqual([]);
});

test('where nothing stands in the way, nothing is said', () => {
  expect(judged(CALM, {})).toEqual([]);
  expect(judged({ ...CALM, stack: stackIn('UPDATE_COMPLETE') }, {})).toEqual([]);
  expect(judged({ ...CALM, stack: stackIn('UPDATE_ROLLBACK_COMPLETE') }, {})).toEqual([]);
  expect(judged({ ...CALM, certificate, domainTaken: false }, { domain: 'dock.example.com' })).toEqual([]);
});

test.each<[string, Partial<Surroundings>, Chosen, string, string]>([
  [
    'a stack whose creation failed',
    { stack: stackIn('ROLLBACK_COMPLETE') },
    {},
    'stop stack_broken',
    'dingdock remove --stage prod',
  ],
  [
    'a stack that could not be deleted',
    { stack: stackIn('DELETE_FAILED') },
    {},
    'stop stack_broken',
    'dingdock remove --stage prod',
  ],
  [
    'a change set that nobody ran',
    { stack: stackIn('REVIEW_IN_PROGRESS') },
    {},
    'stop stack_broken',
    'dingdock remove --stage prod',
  ],
  [
    'a rollback that failed',
    { stack: stackIn('UPDATE_ROLLBACK_FAILED') },
    {},
    'stop stack_broken',
    'continue-update-rollback',
  ],
  ['another deployment that runs', { stack: stackIn('UPDATE_IN_PROGRESS') }, {}, 'stop stack_busy', 'Wait'],
  ['a rollback that runs', { stack: stackIn('ROLLBACK_IN_PROGRESS') }, {}, 'stop stack_busy', 'Wait'],
  [
    'no secret',
    { secrets: [{ name: 'dingdock/prod/keys', state: 'absent' }] },
    {},
    'stop no_secret',
    'dingdock init --stage prod',
  ],
  [
    'a deleted secret',
    { secrets: [{ name: 'dingdock/prod', state: { deletedAt: '2026-12-01' } }] },
    {},
    'ask secret_deleted',
    'restore-secret',
  ],
  ['a table', { leftOvers: [{ type: 'table', name: 'dingdock-prod-keys' }] }, {}, 'ask left_over', 'delete-table'],
  [
    'a table, for a disposable stage',
    { leftOvers: [{ type: 'table', name: 'dingdock-prod-keys' }] },
    { disposable: 'true' },
    'stop left_over',
    'disposable=',
  ],
  [
    'a table of another make',
    { leftOvers: [{ type: 'table', name: 'dingdock-prod-keys', unfit: 'its key is x' }] },
    {},
    'stop left_over_unfit',
    'delete-table',
  ],
  [
    'a queue',
    { leftOvers: [{ type: 'queue', name: 'dingdock-prod-events' }] },
    {},
    'stop left_over',
    'sqs delete-queue',
  ],
  [
    'a log group',
    { leftOvers: [{ type: 'log group', name: '/aws/lambda/dingdock-prod-authorize' }] },
    {},
    'stop left_over',
    'logs delete-log-group',
  ],
  ["somebody else's bucket", { bucket: { takenBy: 'by another account' } }, {}, 'stop bucket_taken', 'bucket=<name>'],
  [
    'a small account and a wish',
    { concurrency: { limit: 10, unreserved: 10, held: 0 } },
    { callbackConcurrency: '5' },
    'stop concurrency',
    'callbackConcurrency=0',
  ],
  [
    'a small account',
    { concurrency: { limit: 50, unreserved: 50, held: 0 } },
    {},
    'note small_account',
    'Ask AWS for more',
  ],
  [
    'a certificate for another name',
    { certificate: { ...certificate, names: ['a.example.org'] } },
    { domain: 'dock.example.com' },
    'stop certificate',
    'Get one',
  ],
  ['a wildcard two names away', { certificate }, { domain: 'a.dock.example.com' }, 'stop certificate', 'Get one'],
  [
    'no certificate',
    { certificate: 'absent' },
    { domain: 'dock.example.com' },
    'stop certificate',
    'list-certificates',
  ],
  ['a name that is taken', { domainTaken: true }, { domain: 'dock.example.com' }, 'stop domain_taken', 'another name'],
  [
    'an issuer that does not answer',
    { issuer: 'it says 404' },
    { authorizer: 'jwt', jwtIssuer: 'https://id.example.com' },
    'stop issuer',
    'openid-configuration',
  ],
  ['no address left', { addresses: { ...addresses, count: { used: 5, most: 5 } } }, NAT, 'stop address', 'Release one'],
  [
    'an address that an earlier stage left',
    { addresses: { ...addresses, kept: { id: 'eipalloc-1', ip: '192.0.2.1' } } },
    NAT,
    'stop address_kept',
    'addressAllocationId=eipalloc-1',
  ],
  [
    'an address that is not there',
    { addresses: { ...addresses, given: 'absent' } },
    { ...NAT, addressAllocationId: 'eipalloc-1' },
    'stop address',
    'describe-addresses',
  ],
  [
    'an address in use',
    { addresses: { ...addresses, given: { ip: '192.0.2.1', usedBy: 'eni-1' } } },
    { ...NAT, addressAllocationId: 'eipalloc-1' },
    'stop address',
    'Free it',
  ],
  [
    'a network that is not there',
    { network: { missing: ['subnet-1'], vpcs: ['vpc-1'] } },
    { network: 'own' },
    'stop network',
    'describe-subnets',
  ],
  [
    'two networks',
    { network: { missing: [], vpcs: ['vpc-1', 'vpc-2'] } },
    { network: 'own' },
    'stop network',
    'one network',
  ],
  ['rights that IAM denies', { denied: ['iam:CreateRole'] }, {}, 'ask rights', 'deployer-policy.json'],
  ['what cannot be seen', { unseen: ['the bucket'] }, {}, 'note unseen', 'finds out'],
])('%s is told', (_, ...[around, chosen, found, remedy]) => {
  const findings = judged({ ...CALM, ...around }, chosen);
  expect(findings.map(({ weight, code }) => `${weight} ${code}`)).toEqual([found]);
  expect(findings[0]?.remedy).toContain(remedy);
});

test('a stage that uses its own address is not told that it is in use', () => {
  const used = { ...addresses, given: { ip: '192.0.2.1', usedBy: 'eni-1' } };
  const stack = { ...stackIn('UPDATE_COMPLETE'), outputs: { EgressAllocation: 'eipalloc-1' } };
  expect(judged({ ...CALM, stack, addresses: used }, { ...NAT, addressAllocationId: 'eipalloc-1' })).toEqual([]);
});

describe('room for callbacks', () => {
  test.each([
    [{ limit: 1000, unreserved: 1000, held: 0 }, 900],
    [{ limit: 1000, unreserved: 100, held: 0 }, 0],
    // what the stage holds itself is its own to keep
    [{ limit: 1000, unreserved: 100, held: 20 }, 20],
    [{ limit: 10, unreserved: 10, held: 0 }, 0],
    [{ limit: 50, unreserved: 50, held: 0 }, 0],
    [{ limit: 120, unreserved: 120, held: 0 }, 20],
  ])('%j has room for %d', (account, room) => {
    expect(roomForCallbacks(account)).toBe(room);
  });
});

test('a change that takes something away says what, and others say nothing', () => {
  const before = { network: 'nat', domain: 'dock.example.com', logDays: '30' };
  const changes = (after: Chosen) => changesOf(before, after).map(({ name, drops }) => [name, drops !== undefined]);
  expect(changes(before)).toEqual([]);
  expect(changes({ ...before, logDays: '60' })).toEqual([['logDays', false]]);
  expect(changes({})).toEqual([
    ['network', true],
    ['domain', true],
    ['logDays', false],
  ]);
  expect(changesOf({}, before).filter(({ drops }) => drops !== undefined)).toEqual([]);
  expect(changesOf({}, { authorizer: 'iam', disposable: 'true' }).map(({ drops }) => drops !== undefined)).toEqual([
    true,
    true,
  ]);
});
