import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type Chosen,
  faultsOfChoices,
  faultsOfStage,
  mergeChoices,
  nearest,
  readChoices,
  readChosen,
  SETTINGS,
  tableOfSettings,
  writeChosen,
} from '../../deploy/settings.ts';

const { params } = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' });
/** Parameters that follow from settings, or that only `dingdock deploy` gives. */
const FOLLOWING = ['publicUrl', 'caller', 'keepData', 'keepReplaced', 'chosen', 'egressAddress'];

test('serverless.yml has the settings of the list with their defaults, and no others', () => {
  const { bucket, ...plain } = Object.fromEntries(
    Object.entries(params.default).filter(([name]) => !FOLLOWING.includes(name)),
  );
  const standards = Object.entries(SETTINGS).map(([name, { standard }]) => [name, standard]);
  const given = Object.entries({ ...plain, bucket: '' }).map(([name, value]) => [name, String(value)]);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(standards));
  // a region's own, since names of buckets are the world's
  expect(bucket).toEqual({
    'Fn::Sub': expect.stringMatching(/^dingdock-\$\{sls:stage\}-uploads-\$\{AWS::AccountId\}-\$\{AWS::Region\}$/),
  });
  // what is protected depends on no name of a stage
  expect(Object.keys(params)).toEqual(['default', 'local']);
});

test('the table of the documents is made of the list', () => {
  const text = readFileSync('docs/deploy.md', 'utf8');
  expect(/<!-- settings -->\n([\s\S]*?)\n<!-- \/settings -->/.exec(text)?.[1]).toBe(tableOfSettings());
});

test('a default is a value that its setting takes', () => {
  for (const [name, { standard, kind }] of Object.entries(SETTINGS))
    if (standard !== '') expect([name, kind.takes(standard)]).toEqual([name, true]);
});

test.each([
  ['netwrok=nat', 'Did you mean network=nat?'],
  ['Network=nat', 'Did you mean network=nat?'],
  ['domian=a.example.com', 'Did you mean domain=a.example.com?'],
  ['retention=Retain', 'There are monthlyApiCalls, '],
  ['certificate=arn:x', 'Did you mean certificateArn=arn:x?'],
  ['nat', 'Settings are written name=value.'],
  ['=nat', 'Settings are written name=value.'],
])('"%s" is no setting: %s', (word, remedy) => {
  const { choices, faults } = readChoices([word]);
  expect(choices).toEqual({});
  expect(faults).toEqual([expect.objectContaining({ remedy: expect.stringContaining(remedy) })]);
});

test('the nearest word is one that is near', () => {
  expect(nearest('netwrok', ['domain', 'network'])).toBe('network');
  expect(nearest('iпc', ['icp', 'network'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});

test('a value may hold what a shell and a template take for their own', () => {
  const { choices, faults } = readChoices(['jwtIssuer=https://id.example.com/?a=b&c=$d', 'network=']);
  expect(faults).toEqual([]);
  expect(choices).toEqual({ jwtIssuer: 'https://id.example.com/?a=b&c=$d', network: '' });
});

const ARN = 'arn:aws:acm:eu-central-1:123456789012:certificate/0f-1';
const faults = (chosen: Chosen, region = 'eu-central-1') => faultsOfChoices(chosen, region).map(({ about }) => about);

test.each<[string, Chosen, string[]]>([
  ['nothing chosen', {}, []],
  ['a network of its own without ids', { network: 'own' }, ['subnetIds, securityGroupIds']],
  [
    'a network of its own',
    { network: 'own', subnetIds: 'subnet-0123456789abcdef0,subnet-01234567', securityGroupIds: 'sg-01234567' },
    [],
  ],
  ['ids without their network', { subnetIds: 'subnet-01234567' }, ['subnetIds']],
  ['a network that is none', { network: 'vpn' }, ['network']],
  ['a domain without certificate', { domain: 'dock.example.com' }, ['certificateArn']],
  ['a certificate without domain', { certificateArn: ARN }, ['certificateArn']],
  ['both', { domain: 'dock.example.com', certificateArn: ARN }, []],
  ['a domain in capitals', { domain: 'Dock.example.com', certificateArn: ARN }, ['domain']],
  ['a domain with its scheme', { domain: 'https://dock.example.com', certificateArn: ARN }, ['domain']],
  ['tokens without issuer', { authorizer: 'jwt' }, ['jwtIssuer, jwtAudience']],
  ['tokens with one of two', { authorizer: 'jwt', jwtIssuer: 'https://id.example.com' }, ['jwtAudience']],
  [
    'an issuer by plain HTTP',
    { authorizer: 'jwt', jwtIssuer: 'http://id.example.com', jwtAudience: 'a' },
    ['jwtIssuer'],
  ],
  ['an issuer without tokens', { jwtIssuer: 'https://id.example.com' }, ['jwtIssuer']],
  ['letters for a number', { callbackConcurrency: 'abc' }, ['callbackConcurrency']],
  ['less than nothing', { callbackConcurrency: '-1' }, ['callbackConcurrency']],
  ['days that CloudWatch does not know', { logDays: '45' }, ['logDays']],
  ['a yes for true', { disposable: 'yes' }, ['disposable']],
  [
    'two places for alarms',
    { alarmEmail: 'a@example.com', alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:t' },
    ['alarmEmail, alarmTopicArn'],
  ],
  ['an address without nat', { addressAllocationId: 'eipalloc-01234567' }, ['addressAllocationId']],
  ['a name that no bucket can have', { bucket: 'Uploads' }, ['bucket']],
  [
    'several at once',
    { callbackConcurrency: 'abc', disposable: 'yes', network: 'own' },
    ['callbackConcurrency', 'disposable', 'subnetIds, securityGroupIds'],
  ],
])('%s', (_, chosen, about) => {
  expect(faults(chosen)).toEqual(about);
});

test('a certificate of another region is told apart', () => {
  expect(faults({ domain: 'dock.example.com', certificateArn: ARN }, 'us-east-1')).toEqual(['certificateArn']);
});

test('in China nothing is deployed before the account says that it has a licence', () => {
  expect(faults({}, 'cn-north-1')).toEqual(['icp']);
  expect(faults({ icp: 'false' }, 'cn-northwest-1')).toEqual(['icp']);
  expect(faults({ icp: 'true' }, 'cn-north-1')).toEqual([]);
  expect(faults({}, 'ap-east-1')).toEqual([]);
});

test.each([
  ['prod', undefined],
  ['eu-test-2', undefined],
  ['Prod', 'Did you mean prod?'],
  ['my_stage', 'Did you mean my-stage?'],
  ['生产', 'Choose a name'],
  ['-prod', 'Did you mean prod?'],
  ['prod-', 'Did you mean prod?'],
  ['a-stage-of-19-letters', '18 fit'],
])('the stage "%s"', (stage, remedy) => {
  const found = faultsOfStage(stage);
  if (remedy === undefined) expect(found).toEqual([]);
  else expect(found).toEqual([expect.objectContaining({ remedy: expect.stringContaining(remedy) })]);
});

test('a choice stays until it is taken back, and what a stack keeps is read again', () => {
  const first = mergeChoices({}, { network: 'nat', domain: 'a.example.com' });
  const second = mergeChoices(first, { logDays: '30' });
  expect(second).toEqual({ network: 'nat', domain: 'a.example.com', logDays: '30' });
  expect(mergeChoices(second, { network: '', logDays: '' })).toEqual({ domain: 'a.example.com' });
  expect(readChosen(writeChosen(second))).toEqual(second);
  expect(writeChosen({})).toBe('{}');
});

test('what an older version kept under a name that is gone is left out, and what is no list is told', () => {
  expect(readChosen('{"network":"nat","keepData":"Retain","logDays":30}')).toEqual({ network: 'nat' });
  expect(readChosen('nat')).toBeUndefined();
  expect(readChosen('[]')).toBeUndefined();
});
