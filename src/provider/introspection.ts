/** Introspection (RFC 7662) of JWT access tokens and refresh tokens, which the library refuses or cannot see (oidc-provider-notes 6), as JSON or as a signed JWT (RFC 9701). */
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import type { TokenSigner } from '../issuance/sign.ts';
import { clientAuthenticatedEndpoint } from './internals.ts';
import { type IntrospectionDeps, introspect } from './introspection-answer.ts';
import { getClient } from './registered-client.ts';
import { presentedToken, tokenParameters } from './token-parameter.ts';

export interface IntrospectionEndpointDeps extends IntrospectionDeps {
  readonly signer: TokenSigner;
}

/** Signatures of answers as JWT; the metadata says the same. */
export const introspectionAlgorithms = ['RS256', 'ES256'] as const;

/** Of the header, and with `application/` of the answer (RFC 9701 sections 4 and 5). */
const jwtType = 'token-introspection+jwt';

/** Any confidential client may introspect, unless its registration says `introspection: false`. */
export function introspectionEndpoint(provider: Provider, deps: IntrospectionEndpointDeps): Middleware {
  return clientAuthenticatedEndpoint(provider, 'introspection', tokenParameters, async (ctx) => {
    const oidc = ctx as KoaContextWithOIDC;
    const caller = getClient(deps.snapshots, oidc);
    if (caller.tokenEndpointAuthMethod === 'none' || !caller.introspection) {
      throw new errors.UnauthorizedClient('this client may not introspect tokens');
    }
    const answer = await introspect(deps, caller, presentedToken(oidc));
    if (!ctx.get('accept').includes(`application/${jwtType}`)) {
      ctx.body = answer;
      return;
    }
    ctx.body = await signed(deps, caller, answer);
    ctx.type = `application/${jwtType}`;
  });
}

/** RFC 9701 section 5: about the caller's own question only, so neither `sub` nor `exp`, and no use as an access token. */
function signed({ issuer, clock, signer }: IntrospectionEndpointDeps, caller: RegisteredClient, answer: object) {
  const claims = {
    iss: issuer,
    aud: caller.clientId,
    iat: Math.floor(clock.now() / 1000),
    token_introspection: answer,
  };
  return signer.sign(caller.introspectionSignedResponseAlg ?? 'RS256', claims, jwtType);
}
