/** What an administrator granted a client beside what its owner chose: kept apart, so that no edit by the owner or the client reaches it (W-SEC-2). */
import type { ClientDefinition } from './definition.ts';

/** Absent fields grant nothing. */
export interface ClientGrants {
  readonly scopes?: readonly string[] | undefined;
  /** Counts only where the definition limits audiences at all. */
  readonly audiences?: readonly string[] | undefined;
  readonly grantTypes?: readonly string[] | undefined;
  /** May exchange an access token for a refresh token. */
  readonly exchangeOffline?: boolean | undefined;
  /** A service that is never throttled. */
  readonly privileged?: boolean | undefined;
}

/** What the client may do: its own choice and what was granted. */
export function effectiveDefinition(own: ClientDefinition, granted: ClientGrants): ClientDefinition {
  const { exchangeOffline, privileged } = granted;
  return {
    ...own,
    ...union('scopes', own.scopes, granted.scopes),
    ...(own.audiences && union('audiences', own.audiences, granted.audiences)),
    ...union('grantTypes', own.grantTypes ?? defaultGrants(own, granted), granted.grantTypes),
    ...(exchangeOffline && { exchangeOffline }),
    ...(privileged && { privileged }),
  };
}

/** What the absence of grant types stands for, where more are added to it. */
function defaultGrants(own: ClientDefinition, { grantTypes = [] }: ClientGrants): readonly string[] | undefined {
  return grantTypes.length > 0 && (own.redirectUris ?? []).length > 0 ? ['authorization_code'] : undefined;
}

function union<K extends string>(name: K, own: readonly string[] = [], granted: readonly string[] = []) {
  return own.length + granted.length === 0 ? {} : { [name]: [...new Set([...own, ...granted])] };
}

/** Both together; `true` wins. */
export function addGrants(one: ClientGrants, other: ClientGrants): ClientGrants {
  return withoutEmpty({
    scopes: [...new Set([...(one.scopes ?? []), ...(other.scopes ?? [])])],
    audiences: [...new Set([...(one.audiences ?? []), ...(other.audiences ?? [])])],
    grantTypes: [...new Set([...(one.grantTypes ?? []), ...(other.grantTypes ?? [])])],
    exchangeOffline: one.exchangeOffline || other.exchangeOffline,
    privileged: one.privileged || other.privileged,
  });
}

/** The part of `some` that `all` has too: an approval gives no more than was asked. */
export function commonGrants(some: ClientGrants, all: ClientGrants): ClientGrants {
  const common = (name: 'scopes' | 'audiences' | 'grantTypes') =>
    (some[name] ?? []).filter((one) => all[name]?.includes(one));
  return withoutEmpty({
    scopes: common('scopes'),
    audiences: common('audiences'),
    grantTypes: common('grantTypes'),
    exchangeOffline: some.exchangeOffline && all.exchangeOffline,
    privileged: some.privileged && all.privileged,
  });
}

/** As it is stored: what grants nothing is not there. */
export function withoutEmpty(grants: ClientGrants): ClientGrants {
  return Object.fromEntries(
    Object.entries(grants).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value === true)),
  );
}

export function isEmptyGrants(grants: ClientGrants): boolean {
  return Object.keys(withoutEmpty(grants)).length === 0;
}
