/** What the client and the flow allow at most, held and compared as logical paths (policy-semantics 4, step 2, and 6; W-REF-2). */
import { type ActionSet, conveys, covers, includes } from './action.ts';
import { type Audiences, readAudiences } from './audience.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledStorage } from './compiled-rules.ts';
import type { FlowCeiling } from './decision.ts';
import { type Region, regionsOf, shownByAll } from './mount.ts';
import { type CanonicalPath, isAtOrBelow, isBelow, rebase } from './path.ts';
import type { Action } from './rule.ts';
import {
  capabilitySetOf,
  formatStorageScope,
  groupsScope,
  isCapabilityScope,
  parseScope,
  type StorageScope,
} from './scope.ts';
import { topmost } from './topmost.ts';

/** A subtree, and the least that every verifier lets the scope on it do. */
interface CeilingScope {
  readonly gives: ActionSet;
  readonly path: CanonicalPath;
}

export interface Ceiling {
  /** Why what lies outside is refused. */
  readonly word: 'client-scope' | 'ceiling';
  readonly scopes: readonly CeilingScope[];
  /** What is under no circumstances within: nothing that touches it is. */
  readonly withheld: readonly StorageScope[];
}

/** Client scopes never change while a registration lives; they are read once. */
const ofClients = new WeakMap<readonly string[], Ceiling>();

export function ceilingOfClient(scopes: readonly string[]): Ceiling {
  const known = ofClients.get(scopes);
  if (known !== undefined) return known;
  const ceiling: Ceiling = {
    word: 'client-scope',
    scopes: storageScopes(scopes).map(({ action, path }) => ({ gives: covers(action), path })),
    withheld: [],
  };
  ofClients.set(scopes, ceiling);
  return ceiling;
}

/** Each scope is mapped by the audiences under which it was asked or issued; a capability set stands for its scopes. */
export function ceilingOfFlow(policy: CompiledPolicy, ceiling: FlowCeiling): Ceiling {
  const { scopes, audiences, widened = [], withheld = [] } = ceiling;
  const known = readAudiences(policy, audiences);
  const own = storageScopes(scopes).flatMap((scope) =>
    regionsAt(known, scope.path).map(({ at }) => ({ gives: covers(scope.action), path: at })),
  );
  const sets = [...scopes, ...widened].flatMap(
    (scope) => policy.capabilitySets.get(capabilitySetOf(scope) ?? '') ?? [],
  );
  const logical = storageScopes([...sets, ...widened]).map(({ action, path }) => ({ gives: covers(action), path }));
  return { word: 'ceiling', scopes: [...own, ...logical], withheld: storageScopes(withheld) };
}

/** Whether all of the subtree lies under the ceiling. */
export function isWithinCeiling(ceiling: Ceiling, action: Action, path: CanonicalPath): boolean {
  return !touchesWithheld(ceiling, action, path) && isBelowOne(ceiling, action, path);
}

function isBelowOne({ scopes }: Ceiling, action: Action, path: CanonicalPath): boolean {
  return scopes.some((scope) => includes(scope.gives, action) && isAtOrBelow(path, scope.path));
}

/** What of the subtree lies under the ceiling: itself, or the topmost parts below it, or nothing. */
export function withinCeiling(ceiling: Ceiling, action: Action, path: CanonicalPath): readonly CanonicalPath[] {
  if (isBelowOne(ceiling, action, path)) return touchesWithheld(ceiling, action, path) ? [] : [path];
  const below = ceiling.scopes.filter((scope) => includes(scope.gives, action) && isBelow(scope.path, path));
  return topmost(below.map((scope) => scope.path)).filter((part) => !touchesWithheld(ceiling, action, part));
}

/** A scope of the action would let a verifier do there what is withheld, at some path of its own. */
function touchesWithheld({ withheld }: Ceiling, action: Action, path: CanonicalPath): boolean {
  return withheld.some(
    (scope) => includes(conveys(action), scope.action) && (isAtOrBelow(path, scope.path) || isBelow(scope.path, path)),
  );
}

/**
 * Whether a scope that is no storage scope is within the ceiling: word by word. A token that asked for groups may be exchanged for a named one
 * (policy-semantics 6); a refresh stays with what was consented, and a bare `wlcg.groups` was consented for the default groups.
 */
export function isOtherWithin(policy: CompiledPolicy, scope: string, ceiling: FlowCeiling): boolean {
  const { flow, withheld = [] } = ceiling;
  const parsed = parseScope(scope);
  if (withheld.includes(scope) || (parsed.kind === 'groups' && withheld.includes(groupsScope))) return false;
  const has = (word: string) => ceiling.scopes.includes(word) || ceiling.widened?.includes(word);
  if (has(scope)) return true;
  if (parsed.kind !== 'groups' || parsed.group === null || !has(groupsScope)) return false;
  return flow === 'exchange' || policy.defaultGroups.includes(parsed.group);
}

/**
 * Whether all that a storage scope denotes at the audiences now asked lies within the ceiling. A path that denotes nothing there is not the
 * ceiling's to refuse.
 */
export function isStorageWithin(asked: Audiences, ceiling: Ceiling, { action, path }: StorageScope): boolean {
  return readings(asked, path)
    .flat()
    .every(({ at }) => isWithinCeiling(ceiling, action, at));
}

/**
 * The ceiling's scopes, each once, in the paths of the audiences now asked; what lies in none of their mounts is dropped. Words stay as they are.
 * Where a storage would be left without any storage scope all stay as they were, to be refused: a token without them is not harmless
 * (policy-semantics 4).
 */
export function ceilingInPathsOf(
  policy: CompiledPolicy,
  ceiling: Pick<FlowCeiling, 'scopes' | 'audiences'>,
  audiences: readonly string[],
): string[] {
  const before = readAudiences(policy, ceiling.audiences);
  const now = readAudiences(policy, audiences);
  const written = ceiling.scopes.flatMap((scope) => {
    const parsed = parseScope(scope);
    if (parsed.kind !== 'storage' || areSame(before, now)) return [scope];
    const paths = regionsAt(before, parsed.path).flatMap(({ at }) => ownPaths(now, at));
    return paths.map(({ path }) => formatStorageScope(parsed.action, path));
  });
  const isEmptied = ceiling.scopes.some(isCapabilityScope) && !written.some(isCapabilityScope);
  return [...new Set(isEmptied && opensStorage(now) ? ceiling.scopes : written)];
}

/** What of the scopes asked lies within the ceiling, in the paths of the audiences now asked: the ceiling of what is to come of it (policy-semantics 6). */
export function cutToCeiling(
  policy: CompiledPolicy,
  flow: FlowCeiling,
  scopes: readonly string[],
  audiences: readonly string[],
): string[] {
  const ceiling = ceilingOfFlow(policy, flow);
  const now = readAudiences(policy, audiences);
  const cut = scopes.flatMap((scope) => {
    const parsed = parseScope(scope);
    if (parsed.kind !== 'storage') return isOtherWithin(policy, scope, flow) ? [scope] : [];
    const inside = regionsAt(now, parsed.path).flatMap(({ at }) => withinCeiling(ceiling, parsed.action, at));
    return inside.flatMap((at) => ownPaths(now, at)).map(({ path }) => formatStorageScope(parsed.action, path));
  });
  return [...new Set(cut)];
}

/** A logical path in the audiences' own paths; `whole` is false where a mount shows only a part of it. */
export function ownPaths(audiences: Audiences, logical: CanonicalPath): readonly OwnPath[] {
  const at = audiences.storages.map(({ shows }) =>
    shows.flatMap((mount): OwnPath[] => {
      if (isAtOrBelow(logical, mount.at)) return [{ path: rebase(logical, mount.at, mount.path), whole: true }];
      return isBelow(mount.at, logical) ? [{ path: mount.path, whole: false }] : [];
    }),
  );
  const all = audiences.anywhere ? [...at, [{ path: logical, whole: true }]] : at;
  const paths = all.flat();
  return [...Map.groupBy(paths, ({ path }) => path)].map(([path, same]) => ({
    path,
    whole: same.every(({ whole }) => whole),
  }));
}

export interface OwnPath {
  readonly path: CanonicalPath;
  readonly whole: boolean;
}

/** What the path denotes at each of the audiences; with none or an unknown one it is logical. */
export function readings({ storages, anywhere }: Audiences, path: CanonicalPath): readonly (readonly Region[])[] {
  const at = storages.map(({ shows }: CompiledStorage) => regionsOf(shows, path));
  return anywhere ? [...at, [{ path, at: path }]] : at;
}

/** What all the audiences show alike; nothing where they disagree: such a scope could never be issued. */
function regionsAt(audiences: Audiences, path: CanonicalPath): readonly Region[] {
  const shown = shownByAll(readings(audiences, path));
  return shown === 'disagree' ? [] : shown;
}

function opensStorage({ storages, anywhere }: Audiences): boolean {
  return anywhere || storages.length > 0;
}

function areSame(one: Audiences, other: Audiences): boolean {
  return (
    one.anywhere === other.anywhere &&
    one.storages.length === other.storages.length &&
    one.storages.every((storage) => other.storages.includes(storage))
  );
}

function storageScopes(scopes: readonly string[]): readonly StorageScope[] {
  return scopes.map(parseScope).filter((scope) => scope.kind === 'storage');
}

/** The first scope that is not within others asked under the same audiences, or undefined: by path containment, and word by word. */
export function findBeyondCeiling(scopes: readonly string[], ceiling: readonly string[]): string | undefined {
  return scopes.find((scope) => !ceiling.some((upper) => isWithin(scope, upper)));
}

function isWithin(scope: string, upper: string): boolean {
  if (scope === upper) return true;
  const asked = parseScope(scope);
  const limit = parseScope(upper);
  if (asked.kind !== 'storage' || limit.kind !== 'storage') return false;
  return includes(covers(limit.action), asked.action) && isAtOrBelow(asked.path, limit.path);
}
