/** Offline validation of access tokens for a storage or another service (wlcg-tokens.md sections 3 and 7, W-RS-4 to W-RS-8). */
import type { JWK } from 'jose';
import { type Clock, systemClock } from '../shared/clock.ts';
import type { Result } from '../shared/result.ts';
import { type Authorization, authorizeScope, type DenyReason, type RequestPath } from './authorize-scope.ts';
import { checkClaims, type TokenClaims } from './claims.ts';
import { type CompactJws, readCompactJws } from './compact-jws.ts';
import { downloadKeys } from './discovery.ts';
import { createJwksCache, type JwksCache, noJwksCache } from './jwks-cache.ts';
import {
  createKeySource,
  createStaticKeySource,
  defaultKeyTimes,
  type KeyFailure,
  type KeySource,
} from './key-source.ts';
import type { Operation } from './operation.ts';
import { checkOptions, type TrustedIssuer, type ValidatorOptions } from './options.ts';
import { algorithmOf, createSignatureCheck, type SignatureCheck } from './public-key.ts';
import { quote, refuse, type ValidationError } from './validation-error.ts';

/** Denials that need the token and the time besides its scope. */
export type ClaimsDenyReason = DenyReason | 'issuer_unknown' | 'token_expired';

export interface Validator {
  /** Who the token is for and what it may do, or why it is not accepted. Never rejects. */
  readonly validate: (token: string) => Promise<Result<TokenClaims, ValidationError>>;
  /** Whether validated claims allow an operation at a path, now. */
  readonly authorize: (claims: TokenClaims, operation: Operation, path: RequestPath) => Authorization<ClaimsDenyReason>;
}

interface Issuer extends TrustedIssuer {
  readonly keys: KeySource;
}

/** Builds a validator; throws `AppError` `config_invalid` when the options have faults. */
export function createValidator(options: ValidatorOptions): Validator {
  checkOptions(options);
  const clock = options.clock ?? systemClock;
  const issuers = createIssuers(options, clock);
  const checkSignature = createSignatureCheck();
  return {
    validate: async (token) => {
      const jws = readCompactJws(token);
      if (!jws.ok) return jws;
      const { payload } = jws.value;
      const issuer = issuers.get(payload.iss);
      if (issuer === undefined) return refuse('issuer_unknown', `issuer ${quote(payload.iss)} not accepted`);
      const bad = await findBadSignature(token, jws.value, issuer.keys, checkSignature);
      return bad ?? checkClaims(payload, { now: clock.now(), audiences: issuer.audiences });
    },
    authorize: (claims, operation, path) => {
      const issuer = issuers.get(claims.iss);
      if (issuer === undefined) return { decision: 'deny', reason: 'issuer_unknown' };
      // Claims may be kept longer than the token lives, for example along a connection.
      if (clock.now() >= claims.exp * 1000) return { decision: 'deny', reason: 'token_expired' };
      return authorizeScope({ scope: claims.scope, operation, path, basePath: issuer.basePath ?? '/' });
    },
  };
}

function createIssuers(options: ValidatorOptions, clock: Clock): ReadonlyMap<unknown, Issuer> {
  const cache =
    options.jwksCache === false ? noJwksCache : createJwksCache(options.jwksCache, options.environment ?? {});
  const issuers = options.issuers.map((issuer): [string, Issuer] => [
    issuer.issuer,
    { ...issuer, keys: createIssuerKeys(issuer, options, clock, cache) },
  ]);
  return new Map<unknown, Issuer>(issuers);
}

function createIssuerKeys(
  trusted: TrustedIssuer,
  options: ValidatorOptions,
  clock: Clock,
  cache: JwksCache,
): KeySource {
  if (trusted.jwks !== undefined) return createStaticKeySource(trusted.jwks);
  const { issuer, allowInsecureHttp = false } = trusted;
  const { fetch = globalThis.fetch, timeoutMilliseconds = 5000, onFault = () => {} } = options;
  return createKeySource({
    issuer,
    clock,
    times: { ...defaultKeyTimes, ...options.keyTimes },
    cache,
    download: () => downloadKeys({ issuer, fetch, allowInsecureHttp, timeoutMilliseconds }),
    onFault,
  });
}

type Refused = Result<never, ValidationError> | undefined;

/** The key is chosen by `kid` alone (W-KEY-1); the algorithm is that of the key's type, never the token's word for it (W-RS-6). */
async function findBadSignature(
  token: string,
  jws: CompactJws,
  source: KeySource,
  check: SignatureCheck,
): Promise<Refused> {
  const { kid, algorithm } = jws;
  const found = await source.find(kid);
  if (!found.ok) return refuse(found.error, messageOf(found.error, kid));
  const key = found.value.find((candidate: JWK) => algorithmOf(candidate) === algorithm);
  if (key === undefined) {
    return refuse('algorithm_not_accepted', `algorithm ${quote(algorithm)} is not that of key ${quote(kid)}`);
  }
  if (await check(token, key, algorithm)) return undefined;
  return refuse('signature_invalid', `signature does not match key ${quote(kid)}`);
}

function messageOf(failure: KeyFailure, kid: string): string {
  return failure === 'key_unknown' ? `the issuer has no key ${quote(kid)}` : 'the keys of the issuer cannot be had';
}
