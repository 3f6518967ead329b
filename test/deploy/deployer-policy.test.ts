import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { rightsFor } from '../../cli/deploy/rights.ts';

const Texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((given) => [given].flat()),
);
const Statement = v.looseObject({ Sid: v.string(), Effect: v.literal('Allow'), Action: Texts, Resource: Texts });
const text = readFileSync('deploy/deployer-policy.json', 'utf8');
const { Statement: statements } = v.parse(
  v.object({ Version: v.string(), Statement: v.array(Statement) }),
  JSON.parse(text),
);

const fits = (pattern: string, word: string) =>
  new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(word);

/** Whether the policy lets somebody do so; without a resource, on all there are. */
const allows = (action: string, resource = '*') =>
  statements.some(
    ({ Action, Resource }) =>
      Action.some((each) => fits(each, action)) && Resource.some((each) => fits(each, resource)),
  );

test('the policy for deployers allows what is looked for before a deployment', () => {
  const where = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
  const chosen = { network: 'nat', alarmEmail: 'a@example.com', domain: 'dock.example.com' };
  const rights = rightsFor('prod', chosen, where);
  expect(rights.length).toBeGreaterThan(25);
  expect(rights.filter(([action, resource]) => !allows(action, resource))).toEqual([]);
});

test('it fits into a managed policy of IAM, and reaches nothing of others', () => {
  expect(text.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(6144);
  expect(allows('dynamodb:DeleteTable', 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders')).toBe(false);
  expect(allows('lambda:DeleteFunction')).toBe(false);
  expect(allows('iam:AttachRolePolicy', 'arn:aws:iam::123456789012:role/dingdock-prod-x')).toBe(false);
  expect(allows('secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other')).toBe(
    false,
  );
});
