/** What the `claims` parameter may hold (OpenID Connect Core section 5.5): it is kept with the code, so it must be something that can be kept. */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';

/** Longest parameter, in characters; it bounds the depth too. */
const maxLength = 4096;

/** As JSON writes control characters and halves of surrogate pairs; the database stores neither. */
const unstorable = /\\(?:u00[01]|ud[89a-f])/;

/** Throws `invalid_request` for a parameter that is too long or has characters that no claim needs. */
export async function assertClaimsParameter(ctx: KoaContextWithOIDC, claims: object): Promise<void> {
  const { length } = String(ctx.oidc.params?.claims);
  if (length > maxLength) throw new errors.InvalidRequest(`claims parameter is longer than ${maxLength} characters`);
  if (unstorable.test(JSON.stringify(claims))) {
    throw new errors.InvalidRequest('claims parameter contains a control character or half a character');
  }
}
