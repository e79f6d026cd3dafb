/** The parameters that introspection and revocation share (RFC 7662 section 2.1, RFC 7009 section 2.1). */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';

export const tokenParameters = ['token', 'token_type_hint'];

/** Throws `invalid_request` when there is none. */
export function presentedToken(ctx: KoaContextWithOIDC): string {
  const token = ctx.oidc.params?.token;
  if (typeof token !== 'string') throw new errors.InvalidRequest("missing required parameter 'token'");
  return token;
}
