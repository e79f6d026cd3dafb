/** The authentication that a service asks for: the `acr` claim of the ID token, or `acr_values` (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1). */

export interface RequestedAcr {
  /** Best first. */
  readonly values: readonly string[];
  /** Whether nothing else than these will do. */
  readonly essential: boolean;
}

/** As the parameters stand in the request; what cannot be read asks for nothing. The claim goes before the parameter. */
export function requestedAcr(claims: unknown, acrValues: unknown): RequestedAcr {
  const asked = acrClaim(claims);
  const listed = Array.isArray(asked?.values) ? asked.values : [asked?.value];
  const values = listed.filter((value): value is string => typeof value === 'string');
  if (values.length > 0) return { values, essential: asked?.essential === true };
  return { values: typeof acrValues === 'string' ? acrValues.split(' ').filter(Boolean) : [], essential: false };
}

function acrClaim(claims: unknown): { value?: unknown; values?: unknown; essential?: unknown } | undefined {
  if (typeof claims !== 'string') return undefined;
  try {
    const acr = (JSON.parse(claims) as { id_token?: { acr?: unknown } | null } | null)?.id_token?.acr;
    return typeof acr === 'object' && acr !== null ? acr : undefined;
  } catch {
    return undefined;
  }
}
