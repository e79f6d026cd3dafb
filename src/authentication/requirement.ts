/** When a login has to prove a second factor: by the settings of the community, for a client, or because a service asks (`acr`). */
import { closureOf, includes } from '../policy/action.ts';
import { isAtOrBelow } from '../policy/path.ts';
import { parseScope } from '../policy/scope.ts';
import { multiFactorAcr, singleFactorAcr } from '../tokens/profile.ts';

export type SecondFactorRole = 'admin' | 'reader' | 'embargo-manager' | 'group-manager';

/** `secondFactor` of the lake file. */
export interface SecondFactorSettings {
  readonly everybody: boolean;
  readonly roles: readonly SecondFactorRole[];
  readonly clients: readonly string[];
  /** Storage scopes count for what lies at, below or above their paths, and for actions that bring theirs along. */
  readonly scopes: readonly string[];
}

export const noSecondFactor: SecondFactorSettings = { everybody: false, roles: [], clients: [], scopes: [] };

/** What a login is for. */
export interface LoginPurpose {
  readonly clientId: string | null;
  readonly scopes: readonly string[];
  /** What the service asked for, best first; others than ours and unknown ones are left out by whoever reads it. */
  readonly acrValues: readonly string[];
  readonly acrEssential: boolean;
}

/** Where a storage shows a logical path: `path` is its own, `at` the logical one. */
export interface MountPoint {
  readonly path: string;
  readonly at: string;
}

export function isMultiFactor({ acr }: { readonly acr: string | null | undefined }): boolean {
  return acr === multiFactorAcr;
}

/** The rule by which an account with these roles may not go on without a second factor, in words for a refusal; undefined: there is none. */
export function ruleOnRoles(settings: SecondFactorSettings, roles: ReadonlySet<string>): string | undefined {
  if (settings.everybody) return 'everybody';
  const role = settings.roles.find((one) => roles.has(one));
  return role && `role ${role}`;
}

/** The same of a client and of scopes. */
export function ruleOnService(
  settings: SecondFactorSettings,
  { clientId, scopes }: Pick<LoginPurpose, 'clientId' | 'scopes'>,
  mounts: readonly MountPoint[],
): string | undefined {
  if (clientId !== null && settings.clients.includes(clientId)) return `client ${clientId}`;
  const ruled = settings.scopes.find((pattern) => scopes.some((scope) => meets(pattern, scope, mounts)));
  return ruled && `scope ${ruled}`;
}

/** Whether the service gets nothing without one. */
export function isRequiredBy(
  settings: SecondFactorSettings,
  purpose: LoginPurpose,
  mounts: readonly MountPoint[],
): boolean {
  if (ruleOnService(settings, purpose, mounts) !== undefined) return true;
  const { acrValues, acrEssential } = purpose;
  return acrEssential && acrValues.includes(multiFactorAcr) && !acrValues.includes(singleFactorAcr);
}

/** Whether the service would rather have one: of the values that are known here, it names this one first (OpenID Connect Core section 3.1.2.1). */
export function isWished({ acrValues }: LoginPurpose): boolean {
  return acrValues.find((value) => value === multiFactorAcr || value === singleFactorAcr) === multiFactorAcr;
}

function meets(pattern: string, scope: string, mounts: readonly MountPoint[]): boolean {
  const [ruled, asked] = [parseScope(pattern), parseScope(scope)];
  if (ruled.kind !== 'storage' || asked.kind !== 'storage') return pattern === scope;
  if (!includes(closureOf([asked.action]), ruled.action)) return false;
  return [asked.path, ...logicalPaths(asked.path, mounts)].some((path) => touches(path, ruled.path));
}

function touches(one: string, other: string): boolean {
  return isAtOrBelow(one, other) || isAtOrBelow(other, one);
}

/** What the path may mean at any storage: to ask once too often is no harm. */
function logicalPaths(path: string, mounts: readonly MountPoint[]): readonly string[] {
  return mounts.flatMap((mount) => {
    if (isAtOrBelow(mount.path, path)) return [mount.at];
    if (!isAtOrBelow(path, mount.path)) return [];
    const rest = mount.path === '/' ? path : path.slice(mount.path.length);
    return [mount.at === '/' ? rest || '/' : `${mount.at}${rest === '/' ? '' : rest}`];
  });
}
