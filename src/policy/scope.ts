/** Scope tokens: storage scopes with an action and a canonical path, group scopes, and all others (policy-semantics 2.2, W-SCOPE-1, W-GRP-2). */
import { type CanonicalPath, parsePath } from './path.ts';
import { type Action, actions } from './rule.ts';

export interface StorageScope {
  readonly kind: 'storage';
  readonly action: Action;
  readonly path: CanonicalPath;
}

/** `wlcg.groups` (group is null) or `wlcg.groups:<group>`. */
export interface GroupScope {
  readonly kind: 'groups';
  readonly group: string | null;
}

/** `wlcg.capabilityset:<group>` (W-CAP-4). */
export interface CapabilitySetScope {
  readonly kind: 'capabilityset';
  readonly group: string;
}

export type ParsedScope =
  | StorageScope
  | GroupScope
  | CapabilitySetScope
  | { readonly kind: 'other' }
  | { readonly kind: 'malformed' };

/** The scope that asks for groups. */
export const groupsScope = 'wlcg.groups';

/** The scope that asks for the capabilities of a group; with a client it stands for those of every group. */
export const capabilitySetScope = 'wlcg.capabilityset';

const storagePrefix = 'storage.';
const groupPattern = /^(?:\/[a-zA-Z0-9][a-zA-Z0-9_.-]*)+$/;
const malformed: ParsedScope = { kind: 'malformed' };
const other: ParsedScope = { kind: 'other' };

/** Reads one scope token. A known storage action without a good path is malformed (W-SCOPE-4), an unknown `storage.` name is just unknown. */
export function parseScope(token: string): ParsedScope {
  if (token.startsWith(storagePrefix)) return parseStorageScope(token);
  if (token === groupsScope) return { kind: 'groups', group: null };
  if (token.startsWith(`${groupsScope}:`)) {
    const group = token.slice(groupsScope.length + 1);
    return groupPattern.test(group) ? { kind: 'groups', group } : malformed;
  }
  if (token === capabilitySetScope) return malformed;
  const group = capabilitySetOf(token);
  if (group === null) return other;
  return groupPattern.test(group) ? { kind: 'capabilityset', group } : malformed;
}

/** What stands behind the colon of `wlcg.capabilityset:`; null for other scopes. */
export function capabilitySetOf(token: string): string | null {
  return token.startsWith(`${capabilitySetScope}:`) ? token.slice(capabilitySetScope.length + 1) : null;
}

function parseStorageScope(token: string): ParsedScope {
  const colon = token.indexOf(':');
  const name = token.slice(storagePrefix.length, colon === -1 ? undefined : colon);
  const action = actions.find((known) => known === name);
  if (action === undefined) return other;
  const path = colon === -1 ? null : parsePath(token.slice(colon + 1));
  return path?.ok ? { kind: 'storage', action, path: path.value } : malformed;
}

/** Whether the token is in the namespace of storage scopes, known or not: such a token is only issued by the policy. */
export function isStorageName(token: string): boolean {
  return token.startsWith(storagePrefix) || token === 'storage' || isUnprefixed(token);
}

/** The names of SciTokens and of the lists that verifiers make of them; without a path they open everything (W-SEC-3, I-BARE). */
const unprefixed = /^(?:https:\/\/scitokens\.org\/v1\/authz\/)?(?:read|write|create|modify|stage|poll)(?::|$)/;

/** Whether a verifier of both kinds of tokens might take the token for a storage scope although it has no prefix. */
export function isUnprefixed(token: string): boolean {
  return unprefixed.test(token);
}

/** Whether a token with this scope may open a storage: a storage scope, or a capability set, which stands for such. */
export function isCapabilityScope(token: string): boolean {
  return isStorageName(token) || token === capabilitySetScope || capabilitySetOf(token) !== null;
}

/** The token of a storage scope; `path` is canonical, with a trailing slash where a verifier needs it. */
export function formatStorageScope(action: Action, path: string): string {
  return `${storagePrefix}${action}:${path}`;
}

/** The scopes that make a request `invalid_scope` at once, at /authorize and /devicecode already (policy-semantics 2.2). */
export function findMalformedScopes(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => parseScope(scope).kind === 'malformed');
}
