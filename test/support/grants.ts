import * as v from 'valibot';
import { type Resource, references, resolve } from '../../local/template/references.ts';
import type { PackagedTemplate } from './packaged.ts';

export type Grant = { function: string; action: string; resource: string };

const Texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((one) => [one].flat()),
);
const Role = v.object({
  Policies: v.array(
    v.object({
      PolicyName: v.string(),
      PolicyDocument: v.object({
        Statement: v.array(v.object({ Effect: v.picklist(['Allow', 'Deny']), Action: Texts, Resource: Texts })),
      }),
    }),
  ),
});

/** All that the roles of a packaged template allow, or deny, with the ARNs that the local stack would have. */
export function grantsOf(template: PackagedTemplate, region: string, effect: 'Allow' | 'Deny' = 'Allow'): Grant[] {
  const resources = new Map<string, Resource>(
    Object.entries(template.Resources).map(([id, { Type, Properties }]) => [
      id,
      { type: Type, properties: Properties },
    ]),
  );
  const lookup = references(resources, region, '');
  for (const resource of resources.values()) {
    if (resource.type === 'AWS::S3::Bucket')
      resource.properties.BucketName = resolve(resource.properties.BucketName, lookup);
  }
  return [...resources.values()]
    .filter(({ type, properties }) => type === 'AWS::IAM::Role' && 'Policies' in properties)
    .flatMap(({ properties }) => v.parse(Role, resolve(properties, lookup)).Policies)
    .flatMap(({ PolicyName, PolicyDocument }) =>
      PolicyDocument.Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Action, Resource }) =>
        Action.flatMap((action) => Resource.map((resource) => ({ function: PolicyName, action, resource }))),
      ),
    );
}

/** Whether a grant covers a call, as IAM reads `*` and `?`. */
export function covers(grant: Grant, call: Grant): boolean {
  if (grant.function !== call.function || grant.action !== call.action) return false;
  const pattern = grant.resource
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(call.resource);
}
