import { BlockList, isIPv4 } from 'node:net';

/** Is the address one of these IPv4 addresses or CIDR blocks? DingTalk's lists know no IPv6 (messaging.md §2). */
export function isAmong(ips: string[], address: string): boolean {
  const allowed = new BlockList();
  for (const ip of ips) {
    const [net = '', bits = '32'] = ip.split('/');
    allowed.addSubnet(net, Number(bits));
  }
  return isIPv4(address) && allowed.check(address);
}
