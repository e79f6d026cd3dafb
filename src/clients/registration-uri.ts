/** Addresses that a registering client may name: redirects (RFC 8252, RFC 9700 section 2.1) and what the server would fetch (RFC 7591 section 5). */
import { isOwnHost, isOwnMachine } from './native.ts';
import { mayBePublicHost } from './public-address.ts';

const absolute = /^[!-~]{1,2000}$/;

/** RFC 8252 section 7.1: a scheme of an application's own is a reversed domain name; without a dot it may be anybody's, or a script. */
const ownScheme = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/;

/** What is wrong with a redirect URI, or undefined. */
export function redirectProblem(uri: string): string | undefined {
  const parsed = parse(uri);
  if (parsed === undefined) return 'expected absolute URIs of visible ASCII characters';
  if (/[#*\\]/.test(uri)) return 'expected no fragment, wildcard or backslash';
  if (parsed.username !== '' || parsed.password !== '') return 'expected no user information';
  if (parsed.protocol === 'https:') {
    return isOwnHost(parsed.hostname) ? 'expected `http` for redirects to the machine itself' : undefined;
  }
  if (parsed.protocol === 'http:') {
    return isOwnMachine(parsed) ? undefined : 'expected `https`, or `http` to `localhost`, `127.0.0.1` or `[::1]`';
  }
  return ownScheme.test(parsed.protocol) ? undefined : 'expected a scheme that is a reversed domain name';
}

/** What is wrong with an address that the server is to call, or undefined. The names in it are looked up at each call. */
export function fetchProblem(uri: string): string | undefined {
  const parsed = parse(uri);
  if (parsed?.protocol !== 'https:') return 'expected an `https` address';
  if (parsed.username !== '' || parsed.password !== '' || uri.includes('#')) {
    return 'expected no user information and no fragment';
  }
  return mayBePublicHost(parsed.hostname) ? undefined : 'expected a public host';
}

/** What is wrong with an address that is only shown or opened by people, or undefined. */
export function linkProblem(uri: string): string | undefined {
  return /^https?:$/.test(parse(uri)?.protocol ?? '') ? undefined : 'expected an `https` address';
}

/** Undefined also for what the parser would mend: an address counts as it stands. */
function parse(uri: string): URL | undefined {
  const parsed = absolute.test(uri) ? URL.parse(uri) : null;
  if (parsed === null) return undefined;
  return /^https?:$/.test(parsed.protocol) && !/^https?:\/\/[^/]/i.test(uri) ? undefined : parsed;
}
