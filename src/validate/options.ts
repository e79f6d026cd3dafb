/** What a validator is built from; faults in it are reported together and at once, not with the first token. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { sciTokensAnyAudience } from './claims.ts';
import { isAcceptableUrl } from './discovery.ts';
import type { CacheEnvironment, JwksCacheLocation } from './jwks-cache.ts';
import { defaultKeyTimes, type KeyTimes } from './key-source.ts';
import type { JwkSet } from './public-key.ts';
import { parseRequestPath } from './storage-path.ts';

/** An issuer whose tokens are accepted. */
export interface TrustedIssuer {
  /** Byte for byte as in the tokens, a trailing `/` included (W-CLM-2). */
  readonly issuer: string;
  /** Names of this service; any one of them, or the wildcard of the profile, must be in the token (W-AUD-4). `unchecked` accepts tokens for anybody. */
  readonly audiences: readonly string[] | 'unchecked';
  /** Where the issuer's area lies on this storage, one path or several; default `/` (W-PATH-9). */
  readonly basePath?: string | readonly string[];
  /** Fixed keys: the network and the cache are then not used for this issuer. */
  readonly jwks?: JwkSet;
  /** Accept an `http` issuer that is not on this machine. For tests only: whoever is on the way can forge tokens. */
  readonly allowInsecureHttp?: boolean;
}

export interface ValidatorOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** Where keys are kept for the next start, read first. Absent: nothing is written, the system's caches are read. `false`: no files at all. */
  readonly jwksCache?: JwksCacheLocation | false;
  /** `process.env`, to honour `JWKS_CACHE_DIR` and `JWKS_CACHE_FILE`; default: none. */
  readonly environment?: CacheEnvironment;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: refresh after 6 h, expiry after 2 days, 5 min between refetches for an unknown `kid`. */
  readonly keyTimes?: Partial<KeyTimes>;
  /** How long one request to an issuer may take; default 5000. */
  readonly timeoutMilliseconds?: number;
  /** Told of what does not stop validation: an issuer that does not answer, a cache that cannot be written. */
  readonly onFault?: (fault: unknown) => void;
}

/** Throws `AppError` `config_invalid` with every fault of the options. */
export function checkOptions({ issuers, keyTimes }: ValidatorOptions): void {
  const names = issuers.map(({ issuer }) => issuer);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  const faults = [
    ...(issuers.length === 0 ? ['`issuers` is empty, expected at least one'] : []),
    ...repeated.map((name) => `issuer \`${name}\` is given twice`),
    ...issuers.flatMap(findFaults),
    ...findTimeFaults({ ...defaultKeyTimes, ...keyTimes }),
  ];
  if (faults.length > 0) throw new AppError('config_invalid', faults.join('; '));
}

function findFaults({ issuer, audiences, basePath, allowInsecureHttp }: TrustedIssuer): readonly string[] {
  const faults: string[] = [];
  if (!isAcceptableUrl(issuer, allowInsecureHttp === true)) faults.push(`issuer \`${issuer}\` is not an https URL`);
  if (audiences.length === 0) faults.push(`\`audiences\` of \`${issuer}\` is empty, expected at least one`);
  if (Array.isArray(audiences) && audiences.includes(sciTokensAnyAudience)) {
    faults.push(`audience \`${sciTokensAnyAudience}\` of \`${issuer}\` is not valid in WLCG tokens`);
  }
  for (const path of [basePath ?? '/'].flat()) {
    if (parseRequestPath(path) === undefined)
      faults.push(`base path \`${path}\` of \`${issuer}\` is not an absolute path`);
  }
  return faults;
}

function findTimeFaults({ refreshSeconds, expirySeconds, unknownKidSeconds }: KeyTimes): readonly string[] {
  const orderly = refreshSeconds > 0 && refreshSeconds <= expirySeconds && unknownKidSeconds >= 0;
  return orderly ? [] : ['`keyTimes` expected 0 < `refreshSeconds` <= `expirySeconds` and `unknownKidSeconds` >= 0'];
}
