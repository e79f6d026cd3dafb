/** Groups as entitlements: one URN for each (AARC-G069; A-ENT-1 to A-ENT-5). */

/** Under which name the community's groups are known to others. */
export interface EntitlementNamespace {
  /** `urn:<NID>:<delegated namespace>`, without a final colon. */
  readonly namespace: string;
  /** Behind `#`, which AARC-G069 deprecates and AARC-G002 demands. */
  readonly authority: string | null;
}

/** The scopes that ask for the claims of the same names (A-ENT-4). */
export const entitlementsScope = 'entitlements';
export const legacyEntitlementsScope = 'eduperson_entitlement';

export interface EntitlementClaims {
  readonly entitlements?: readonly string[];
  readonly eduperson_entitlement?: readonly string[];
}

export function asksForEntitlements(scopes: readonly string[]): boolean {
  return scopes.includes(entitlementsScope) || scopes.includes(legacyEntitlementsScope);
}

/** `/vo/team` becomes `<namespace>:group:vo:team`; the order of the groups stays. */
export function entitlementOf({ namespace, authority }: EntitlementNamespace, group: string): string {
  const names = group.split('/').filter(Boolean).map(encodeURIComponent).join(':');
  return `${namespace}:group:${names}${authority === null ? '' : `#${authority}`}`;
}

/** `entitlements`, and for older services `eduperson_entitlement` where it was asked for; nothing without groups or a namespace. */
export function entitlementClaims(
  namespace: EntitlementNamespace | null | undefined,
  groups: readonly string[],
  scopes: readonly string[],
): EntitlementClaims {
  if (!namespace || groups.length === 0) return {};
  const values = groups.map((group) => entitlementOf(namespace, group));
  return { entitlements: values, ...(scopes.includes(legacyEntitlementsScope) && { eduperson_entitlement: values }) };
}
