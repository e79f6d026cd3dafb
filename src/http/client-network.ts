/** Whom a limit by address counts as one: whoever has one IPv6 address has the 2^64 beside it. */
import { isIPv6 } from 'node:net';

/** The address, or the first four groups of an IPv6 address however it is written; empty where none is known. */
export function networkOf(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? '';
  const [start = '', end = ''] = address.split('::');
  const groups = (text: string) => text.split(':').filter(Boolean);
  const zeros = new Array(Math.max(8 - groups(start).length - groups(end).length, 0)).fill('0');
  return [...groups(start), ...zeros, ...groups(end)]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** For people to recognise a place by: the first half of an IPv4 address, the first two groups of an IPv6 address; null where none is known. */
export function coarseAddress(address: string | null): string | null {
  if (address === null) return null;
  if (isIPv6(address) && !address.startsWith('::ffff:')) {
    const [first = '0', second = '0'] = networkOf(address).split(':');
    return `${first}:${second}::`;
  }
  const parts = address.replace(/^::ffff:/, '').split('.');
  return parts.length === 4 ? `${parts[0]}.${parts[1]}.*.*` : null;
}
