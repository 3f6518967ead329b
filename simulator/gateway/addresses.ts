import { BlockList, isIPv4 } from 'node:net';

/** An IPv4 address or a CIDR block. */
export function isAddressBlock(text: string): boolean {
  const [net = '', bits = '32', ...rest] = text.split('/');
  return rest.length === 0 && isIPv4(net) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32;
}

/** Is the address one of these IPv4 addresses or CIDR blocks? DingTalk's lists know no IPv6 (messaging.md §2). */
export function isAmong(ips: string[], address: string): boolean {
  const allowed = new BlockList();
  for (const ip of ips) {
    const [net = '', bits = '32'] = ip.split('/');
    allowed.addSubnet(net, Number(bits));
  }
  return isIPv4(address) && allowed.check(address);
}
