import type { Address, EC2 } from '@aws-sdk/client-ec2';
import type { StageAws } from '../aws.ts';

export type Addresses = {
  count: { used: number; most: number };
  /** The one that was asked for by its id. */
  given: 'absent' | { ip: string; usedBy?: string } | undefined;
  /** One that an earlier stage of this name left, and that nothing uses. */
  kept: { id: string; ip: string } | undefined;
};

/** AWS's own figure, where it does not say another. */
const MOST = 5;

export async function lookAtAddresses({ region }: StageAws, stage: string, id: string | undefined): Promise<Addresses> {
  const [{ Addresses: all = [] }, { AccountAttributes = [] }] = await asking(region, (ec2) =>
    Promise.all([ec2.describeAddresses({}), ec2.describeAccountAttributes({})]),
  );
  const limit = AccountAttributes.find(({ AttributeName }) => String(AttributeName) === 'vpc-max-elastic-ips');
  const kept = all.find((each) => !each.AssociationId && isOf(each, stage));
  return {
    count: { used: all.length, most: Number(limit?.AttributeValues?.[0]?.AttributeValue ?? MOST) },
    given: id === undefined ? undefined : given(all.find(({ AllocationId }) => AllocationId === id)),
    kept: kept && { id: kept.AllocationId ?? '', ip: kept.PublicIp ?? '' },
  };
}

function given(address: Address | undefined): Addresses['given'] {
  if (address === undefined) return 'absent';
  const { PublicIp: ip = '', AssociationId, NetworkInterfaceId, InstanceId } = address;
  const usedBy = AssociationId && (NetworkInterfaceId ?? InstanceId ?? AssociationId);
  return { ip, ...(usedBy && { usedBy }) };
}

function isOf({ Tags = [] }: Address, stage: string): boolean {
  const is = (key: string, value: string) => Tags.some(({ Key, Value }) => Key === key && Value === value);
  return is('project', 'dingdock') && is('stage', stage);
}

export type Network = { missing: string[]; vpcs: string[] };

/** Whether subnets and groups are there, and of which networks. */
export async function lookAtNetwork({ region }: StageAws, subnets: string[], groups: string[]): Promise<Network> {
  const [{ Subnets = [] }, { SecurityGroups = [] }] = await asking(region, (ec2) =>
    Promise.all([
      ec2.describeSubnets({ Filters: [{ Name: 'subnet-id', Values: subnets }] }),
      ec2.describeSecurityGroups({ Filters: [{ Name: 'group-id', Values: groups }] }),
    ]),
  );
  const there = new Set([...Subnets.map(({ SubnetId }) => SubnetId), ...SecurityGroups.map(({ GroupId }) => GroupId)]);
  return {
    missing: [...subnets, ...groups].filter((each) => !there.has(each)),
    vpcs: [...new Set([...Subnets, ...SecurityGroups].map(({ VpcId = '' }) => VpcId))],
  };
}

/** EC2's client is larger than all the others together: it is a tool of development, loaded where somebody deploys. */
async function asking<T>(region: string, ask: (ec2: EC2) => Promise<T>): Promise<T> {
  const client = await import('@aws-sdk/client-ec2');
  const ec2 = new client.EC2({ region, maxAttempts: 4 });
  try {
    return await ask(ec2);
  } finally {
    ec2.destroy();
  }
}
