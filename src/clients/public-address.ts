/** Which addresses belong to the public internet: an address that a client names must not lead the server into its own network (OWASP, server-side request forgery; IANA special-purpose registries). */
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Special-purpose IPv4 networks: this host, private, shared, loopback, link-local, protocols, documentation, benchmarks, multicast, reserved. */
const closedIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** All global unicast addresses are here; loopback, unique local, link-local, mapped and translated IPv4, and multicast are not. */
const openIPv6 = '2000::/3';

/** Within them: protocols and tunnels that carry IPv4 (Teredo, 6to4), documentation, and anycast of the root servers. */
const closedIPv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const closed = blockListOf([...closedIPv4, ...closedIPv6]);
const open = blockListOf([openIPv6]);

/** Whether the address, IPv4 or IPv6 without brackets, is of the public internet; false for anything that is no address. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed.check(address, 'ipv4');
  return family === 6 && open.check(address, 'ipv6') && !closed.check(address, 'ipv6');
}

/** Names that every machine resolves to itself or within its own network (RFC 6761, RFC 6762, RFC 8375, RFC 9476). */
const ownNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/;

/** Whether a URL's host may be of the public internet, before it is looked up: no address of a closed network, no name of the machine itself. */
export function mayBePublicHost(hostname: string): boolean {
  const address = withoutBrackets(hostname);
  return isIP(address) === 0 ? !ownNames.test(hostname.toLowerCase()) : isPublicAddress(address);
}

/** The address in a URL's `hostname`, which has brackets around IPv6. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Addresses and networks in CIDR form as one list. */
export function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
