/** Turns the facts into one immutable object with the indexes that make a decision cheap (policy-semantics 8: a decision uses one snapshot). */
import { actionSet, closureOf } from './action.ts';
import type { CompiledEmbargo, CompiledGrant, CompiledStorage, Place } from './compiled-rules.ts';
import { toSpan } from './interval.ts';
import { type CanonicalPath, parsePath, root } from './path.ts';
import { editPathTree, emptyPathTree, type PathNode } from './path-tree.ts';
import type { Embargo, Grant, PolicyFacts, PolicySettings, Storage } from './rule.ts';
import { editTree, emptyTree, type RuleNode } from './rule-tree.ts';
import { compare } from './sorted.ts';
import { subjectKey } from './standing.ts';

/** The rules of one version, ready for `resolve`. */
export interface CompiledPolicy {
  readonly version: number;
  readonly settings: PolicySettings;
  /** Every registered audience and alias; look one up with `findStorage` of audience.ts. */
  readonly byAudience: ReadonlyMap<string, CompiledStorage>;
  /** Every mount of every storage, sorted by the storage's own path. */
  readonly places: readonly Place[];
  /** Places of storages that read a scope path as a regular expression. */
  readonly regularExpressionPlaces: readonly Place[];
  readonly rules: RuleNode;
  readonly registered: PathNode;
  readonly grants: ReadonlyMap<string, CompiledGrant>;
  readonly embargoes: ReadonlyMap<string, CompiledEmbargo>;
  /** Groups that are a party of an embargo, with the instant at which the last of these is released. */
  readonly embargoGroups: ReadonlyMap<string, number>;
  /** Paths of the default groups in the configured order (W-GRP-5). */
  readonly defaultGroups: readonly string[];
  /** Scopes of each group that has a capability set, in logical paths (W-CAP-4). */
  readonly capabilitySets: ReadonlyMap<string, readonly string[]>;
}

/** Facts are those that `checkPolicyFacts` finds no fault in; a path that is not canonical all the same closes and never opens. */
export function compilePolicy(facts: PolicyFacts): CompiledPolicy {
  const storages = facts.storages.map(compileStorage);
  const byAudience = new Map(
    storages.flatMap((storage) => [storage.audience, ...storage.aliases].map((name) => [name, storage])),
  );
  const places = storages
    .filter(({ kind }) => kind === 'storage')
    .flatMap((storage) => storage.shows.map((mount): Place => ({ path: mount.path, storage, mount })))
    .sort((one, other) => compare(one.path, other.path) || compare(one.storage.name, other.storage.name));
  const grants = facts.grants.flatMap((grant) => compileGrant(grant, byAudience)).sort(byPlace);
  const embargoes = facts.embargoes.map(compileEmbargo).sort(byPlace);
  return {
    version: facts.version,
    settings: facts.settings,
    byAudience,
    places,
    regularExpressionPlaces: places.filter(({ storage }) => storage.matching === 'string'),
    rules: buildRules(grants, embargoes),
    registered: buildRegistered([...grants, ...embargoes], facts.namespace),
    grants: new Map(grants.map((grant) => [grant.id, grant])),
    embargoes: new Map(embargoes.map((embargo) => [embargo.id, embargo])),
    embargoGroups: findEmbargoGroups(embargoes),
    defaultGroups: facts.groups.filter(({ isDefault }) => isDefault).map(({ path }) => path),
    capabilitySets: new Map(
      facts.groups.flatMap(({ path, capabilitySet }) => (capabilitySet ? [[path, capabilitySet] as const] : [])),
    ),
  };
}

function buildRules(grants: readonly CompiledGrant[], embargoes: readonly CompiledEmbargo[]): RuleNode {
  const tree = editTree(emptyTree);
  for (const grant of grants) tree.addGrant(grant);
  for (const embargo of embargoes) tree.addEmbargo(embargo);
  return tree.finish();
}

function buildRegistered(rules: readonly (CompiledGrant | CompiledEmbargo)[], namespace: readonly string[]): PathNode {
  const tree = editPathTree(emptyPathTree);
  for (const path of rules.flatMap(namedPaths)) tree.add(path);
  for (const text of namespace) {
    const path = parsePath(text);
    if (path.ok) tree.add(path.value);
  }
  return tree.finish();
}

/** The paths that a rule registers. */
export function namedPaths(rule: CompiledGrant | CompiledEmbargo): readonly CanonicalPath[] {
  return 'exempt' in rule ? [rule.path, ...rule.exempt] : [rule.path];
}

function byPlace(one: CompiledGrant | CompiledEmbargo, other: CompiledGrant | CompiledEmbargo): number {
  return compare(one.path, other.path) || compare(one.id, other.id);
}

function compileStorage(storage: Storage): CompiledStorage {
  const mounts = storage.mounts.length === 0 ? [{ path: root, at: root }] : storage.mounts;
  const shows = mounts.flatMap(({ path, at }) => {
    const own = parsePath(path);
    const logical = parsePath(at);
    return own.ok && logical.ok ? [{ path: own.value, at: logical.value }] : [];
  });
  return { ...storage, shows: shows.sort((one, other) => compare(one.path, other.path)) };
}

/** None when the path is not canonical: such a grant gives nothing. */
export function compileGrant(grant: Grant, byAudience: CompiledPolicy['byAudience']): CompiledGrant[] {
  const path = parsePath(grant.path);
  if (!path.ok) return [];
  const at = grant.audiences?.flatMap((audience) => byAudience.get(audience) ?? []);
  return [
    {
      id: grant.id,
      subject: grant.subject,
      key: subjectKey(grant.subject),
      path: path.value,
      gives: closureOf(grant.actions),
      at: at ? new Set(at) : null,
      ...toSpan(grant),
    },
  ];
}

export function compileEmbargo(embargo: Embargo): CompiledEmbargo {
  const path = parsePath(embargo.path);
  return {
    id: embargo.id,
    // INVARIANT: an embargo that cannot be placed closes everything rather than nothing.
    path: path.ok ? path.value : root,
    exempt: embargo.exempt.flatMap((text) => {
      const exempt = parsePath(text);
      return exempt.ok ? [exempt.value] : [];
    }),
    closes: actionSet(embargo.actions),
    parties: embargo.parties.map((party) => ({
      subject: party.subject,
      actions: actionSet(party.actions),
      tokenLife: (party.maxTokenLifetimeSeconds ?? embargo.maxTokenLifetimeSeconds) * 1000,
      ...toSpan(party),
    })),
    ...toSpan(embargo),
  };
}

export function findEmbargoGroups(embargoes: Iterable<CompiledEmbargo>): ReadonlyMap<string, number> {
  const released = new Map<string, number>();
  for (const { parties, until } of embargoes) {
    for (const { subject } of parties) {
      if (!subject.startsWith('group:')) continue;
      const group = subject.slice('group:'.length);
      released.set(group, Math.max(released.get(group) ?? Number.NEGATIVE_INFINITY, until));
    }
  }
  return released;
}
