import {
  type Address,
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
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

export async function lookAtAddresses({ ec2 }: StageAws, stage: string, id: string | undefined): Promise<Addresses> {
  const { Addresses: all = [] } = await ec2.send(new DescribeAddressesCommand({}));
  const { AccountAttributes = [] } = await ec2.send(new DescribeAccountAttributesCommand({}));
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
export async function lookAtNetwork({ ec2 }: StageAws, subnets: string[], groups: string[]): Promise<Network> {
  const [{ Subnets = [] }, { SecurityGroups = [] }] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: subnets }] })),
    ec2.send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: groups }] })),
  ]);
  const there = new Set([...Subnets.map(({ SubnetId }) => SubnetId), ...SecurityGroups.map(({ GroupId }) => GroupId)]);
  return {
    missing: [...subnets, ...groups].filter((each) => !there.has(each)),
    vpcs: [...new Set([...Subnets, ...SecurityGroups].map(({ VpcId = '' }) => VpcId))],
  };
}
