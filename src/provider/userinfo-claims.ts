/** Claims that the `claims` parameter asks for at userinfo (OpenID Connect Core section 5.5): kept beside the access token, which does not name them. */
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { IssuedToken } from '../issuance/issue.ts';
import { type IdentityClaim, identityClaimNames } from '../tokens/identity.ts';

const model = 'UserinfoClaims';

/** Nothing is written for the many tokens whose request had no such parameter. */
export async function rememberUserinfoClaims(
  artifacts: ArtifactStore,
  { claims: { jti, exp } }: IssuedToken,
  parameter: unknown,
): Promise<void> {
  const asked = Object.keys((parameter as { userinfo?: object | null } | null | undefined)?.userinfo ?? {});
  const claims = identityClaimNames.filter((name) => asked.includes(name));
  if (claims.length > 0) await artifacts.upsert(model, jti, { claims }, exp * 1000);
}

export async function recallUserinfoClaims(artifacts: ArtifactStore, jti: string): Promise<readonly IdentityClaim[]> {
  const kept = await artifacts.find(model, jti);
  return (kept?.claims as readonly IdentityClaim[] | undefined) ?? [];
}
