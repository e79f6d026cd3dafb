/** Fetches what clients name (`jwks_uri`, back-channel logout): never from the server's own network, no redirect, little and soon (services of RFC 7591; OWASP, server-side request forgery). */
import type { LookupAddress } from 'node:dns';
import { lookup as lookupName } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { blockListOf, isPublicAddress, withoutBrackets } from '../clients/public-address.ts';

/** The part of the web's `fetch` that the server needs. */
export type GuardedFetch = (url: string | URL, init?: GuardedInit) => Promise<Response>;

type HeadersSource = NonNullable<ConstructorParameters<typeof Headers>[0]>;

export interface GuardedInit {
  readonly method?: string | undefined;
  readonly headers?: HeadersSource | undefined;
  readonly body?: string | null | undefined;
  readonly signal?: AbortSignal | null | undefined;
}

export interface GuardedFetchOptions {
  /** Host names, addresses and networks in CIDR form of the operator's own network that may be asked all the same, over plain HTTP too. */
  readonly allowed: readonly string[];
  /** Why nothing was fetched, for the operator's log; whoever named the address is not told. */
  readonly onFailure?: (host: string, reason: string) => void;
  readonly lookup?: (hostname: string) => Promise<readonly LookupAddress[]>;
  /** Certificate authorities instead of the built-in ones. */
  readonly ca?: string | undefined;
  /** For the whole exchange. */
  readonly timeoutMs?: number;
}

/** Longest answer in bytes; a key set of fifty keys has less. */
const maxBytes = 64 * 1024;

/** Every failure looks alike to the caller: no oracle for what answers where. */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const guard = createGuard(options.allowed);
  return async (address, { method = 'GET', headers, body, signal } = {}) => {
    const url = new URL(address);
    const deadline = AbortSignal.timeout(options.timeoutMs ?? 2500);
    try {
      return await exchange(url, {
        method,
        headers: plainHeaders(headers),
        body: body ?? null,
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
        guard,
        options,
      });
    } catch (cause) {
      options.onFailure?.(url.host, deadline.aborted ? 'takes too long' : String((cause as Error).message));
      throw new Error('the address could not be fetched');
    }
  };
}

interface Exchange {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly guard: Guard;
  readonly options: GuardedFetchOptions;
}

async function exchange(url: URL, { method, headers, body, signal, guard, options }: Exchange): Promise<Response> {
  guard.checkUrl(url);
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, {
      method,
      headers: body === null ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      // A connection of its own, to the addresses that were checked, whatever the name says a moment later.
      agent: false,
      lookup: checkedLookup(url.hostname, guard, options.lookup ?? lookupAll),
      signal,
      ...(options.ca !== undefined && { ca: options.ca }),
    });
    request.once('response', resolve).once('error', reject);
    request.end(body ?? undefined);
  });
  return readAnswer(answer);
}

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const status = answer.statusCode ?? 0;
  try {
    if (status >= 300 && status < 400) throw new Error(`answers ${status}, and redirects are not followed`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`answers more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return new Response(hasNoBody(status) ? null : Buffer.concat(chunks), { status, headers: contentType(answer) });
  } finally {
    answer.destroy();
  }
}

const hasNoBody = (status: number) => status === 204 || status === 205;

/** The only header that a caller has a use for. */
function contentType({ headers }: IncomingMessage): Record<string, string> {
  const type = headers['content-type'];
  return type === undefined ? {} : { 'content-type': type };
}

function plainHeaders(headers: HeadersSource | undefined): Record<string, string> {
  return { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'identity' };
}

interface Guard {
  /** Throws when the URL itself says that it may not be asked. */
  checkUrl(url: URL): void;
  mayReach(hostname: string, address: string): boolean;
}

function createGuard(allowed: readonly string[]): Guard {
  const isNetwork = (entry: string) => isIP(entry.split('/')[0] ?? '') !== 0;
  const networks = blockListOf(allowed.filter(isNetwork));
  const names = new Set(allowed.filter((entry) => !isNetwork(entry)).map((name) => name.toLowerCase()));
  const isAllowed = (hostname: string, address: string) =>
    names.has(hostname.toLowerCase()) || networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  const mayReach = (hostname: string, address: string) => isPublicAddress(address) || isAllowed(hostname, address);
  return {
    mayReach,
    checkUrl: ({ protocol, hostname, username, password }) => {
      const address = withoutBrackets(hostname);
      const known = isIP(address) === 0 ? names.has(hostname.toLowerCase()) : isAllowed(hostname, address);
      if (protocol !== 'https:' && !(protocol === 'http:' && known)) throw new Error('is not an `https` address');
      if (username !== '' || password !== '') throw new Error('holds user information');
      // Nothing is looked up for an address, so nothing would be checked there.
      if (isIP(address) !== 0 && !mayReach(hostname, address)) throw new Error('is not a public address');
    },
  };
}

/** One closed address among many is enough: a name that points both ways is made to mislead. */
function checkedLookup(
  hostname: string,
  guard: Guard,
  lookup: NonNullable<GuardedFetchOptions['lookup']>,
): LookupFunction {
  return (_name, { all }, callback) => {
    lookup(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined || !found.every(({ address }) => guard.mayReach(hostname, address))) {
          callback(new Error('is not at a public address'), '', 0);
        } else if (all) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function lookupAll(hostname: string): Promise<LookupAddress[]> {
  return lookupName(hostname, { all: true });
}
