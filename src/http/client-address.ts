/** Where a request came from: the socket's address, or what a trusted proxy says in X-Forwarded-For. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Context } from 'koa';

/** Whether an address is that of a proxy whose headers are believed. */
export type TrustedProxies = (address: string) => boolean;

/** `trusted` are addresses and networks in CIDR form. */
export function createTrustedProxies(trusted: readonly string[]): TrustedProxies {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return (socketAddress) => {
    const address = plain(socketAddress);
    return isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}

export function createClientAddress(isTrusted: TrustedProxies): (ctx: Context) => string | null {
  return (ctx) => {
    let address = plain(ctx.req.socket.remoteAddress ?? '');
    // The nearest proxy writes last; what is left of an untrusted address may be invented.
    const hops = ctx
      .get('x-forwarded-for')
      .split(',')
      .map((hop) => plain(hop.trim()))
      .filter(Boolean);
    while (isTrusted(address) && hops.length > 0) {
      const next = hops.pop() ?? '';
      if (isIP(next) === 0) break;
      address = next;
    }
    return address === '' ? null : address;
  };
}

/** IPv4 in IPv6 notation is IPv4. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}
