/** Signed requests (JAR, RFC 9101): what they must say beyond a good signature, and their audiences in the form of every other request (oidc-provider-notes 14 to 16). */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { encodeAudiences, readAudiences } from './audience-parameter.ts';
import { printable } from './refusal.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Never `none`, and no HMAC: secrets are kept as hashes. */
export const requestObjectAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384'] as const;

/** Made for one login; in seconds. */
const longestLifetime = 3600;

/** The claims of the signed request that this one is or carries; its parameters go before those outside, which count for nothing. */
export function requestObjectOf(ctx: KoaContextWithOIDC): Claims | undefined {
  return ctx.state.requestObject as Claims | undefined;
}

/**
 * For the library, which calls it before it looks at the signature and takes over the parameters it knows. A pushed request
 * without a signature of the client's (RFC 9126) comes in the same form; ours are its audiences already.
 */
export function createRequestObjectCheck(now: () => number) {
  return async (
    ctx: KoaContextWithOIDC,
    claims: Claims,
    header: { readonly alg?: unknown; readonly typ?: unknown },
  ): Promise<void> => {
    if (header.alg === 'none') return;
    assertPurpose(ctx, claims, header.typ);
    assertTimes(claims, Math.floor(now() / 1000), 'PushedAuthorizationRequest' in ctx.oidc.entities);
    ctx.state.requestObject = claims;
    fixResource(ctx, claims);
  };
}

/** RFC 9101 section 10.8: another JWT that the client signed, such as its assertion, is no request. */
function assertPurpose(ctx: KoaContextWithOIDC, claims: Claims, typ: unknown): void {
  const { client } = ctx.oidc;
  const type = typeof typ === 'string' ? typ.toLowerCase().replace('application/', '') : 'jwt';
  if (type !== 'jwt' && type !== 'oauth-authz-req+jwt')
    throw invalid('typ of the request object is that of another JWT');
  if (claims.sub !== undefined && claims.sub === client?.clientId) throw invalid('sub must not be the client');
  if (claims.iss !== client?.clientId) throw invalid('iss must be the client_id');
  if (claims.client_id !== client?.clientId) throw invalid('client_id is missing in the request object');
  const audiences = [claims.aud].flat();
  if (!audiences.includes(ctx.oidc.issuer)) throw invalid('aud must be the issuer');
}

/** A request without an end could be replayed for ever. Once pushed, the library's own limit counts. */
function assertTimes({ exp, iat }: Claims, now: number, pushed: boolean): void {
  if (typeof exp !== 'number') throw invalid('exp is missing in the request object');
  if (!pushed && exp > now + longestLifetime) throw invalid('exp is too far away');
  if (typeof iat === 'number' && iat > now + 60) throw invalid('iat is in the future');
}

/** INVARIANT: the library assigns `resource` from the signed claims after this; the parameter keeps our one indicator. */
function fixResource(ctx: KoaContextWithOIDC, claims: Claims): void {
  const asked = readAudiences(strings(claims.audience), strings(claims.resource));
  if (!asked.ok) throw new errors.InvalidTarget(printable(asked.error));
  let value = asked.value.length > 0 ? encodeAudiences(asked.value) : undefined;
  let assigned = false;
  Object.defineProperty(ctx.oidc.params, 'resource', {
    enumerable: true,
    configurable: true,
    get: () => value,
    // The first assignment is that of the signed claims, a later one the default for none.
    set: (next: string | undefined) => {
      if (assigned) value = next;
      assigned = true;
    },
  });
}

function strings(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string' && one !== '');
}

function invalid(description: string): Error {
  return new errors.InvalidRequestObject(description);
}
