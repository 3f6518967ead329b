import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** Address ranges that are not public: loopback, private networks, cloud metadata, and ranges that map to them. */
let notPublic: BlockList | undefined;
const V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const V6 =
  '::/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';

function ranges(): BlockList {
  const list = new BlockList();
  const add = (listed: string, family: 'ipv4' | 'ipv6') => {
    for (const range of listed.split(' ')) {
      const [network = '', bits] = range.split('/');
      list.addSubnet(network, Number(bits), family);
    }
  };
  add(V4, 'ipv4');
  add(V6, 'ipv6');
  return list;
}

export function isPublic(address: string): boolean {
  const family = isIP(address);
  notPublic ??= ranges();
  return family !== 0 && !notPublic.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The host of an address without the brackets that a URL puts around IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * The addresses of a host, all of them public; undefined when one is not. The caller connects to these and does not
 * look the name up again, since a second answer could differ.
 */
export async function publicAddresses(host: string): Promise<{ address: string; family: number }[] | undefined> {
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await lookup(host, { all: true });
  return found.every(({ address }) => isPublic(address)) ? found : undefined;
}
