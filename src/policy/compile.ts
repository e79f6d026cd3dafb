/** Turns the facts into one immutable object with the indexes that make a decision cheap (policy-semantics 8: a decision uses one snapshot). */
import { type ActionSet, actionSet, closureOf } from './action.ts';
import { type Span, toSpan } from './interval.ts';
import { type CanonicalPath, parsePath, root } from './path.ts';
import { compare, indexByPath, type PathIndex } from './path-index.ts';
import type { Embargo, Grant, PolicyFacts, PolicySettings, Storage, Subject } from './rule.ts';

/** A mount in canonical paths. */
export interface CompiledMount {
  readonly path: CanonicalPath;
  readonly at: CanonicalPath;
}

/** A registered audience; `shows` has the mounts, or the whole logical tree for a storage without. */
export interface CompiledStorage extends Storage {
  readonly shows: readonly CompiledMount[];
}

/** A mount and the storage it belongs to, for judging a path at every storage at once. */
export interface Place {
  readonly storage: CompiledStorage;
  readonly mount: CompiledMount;
}

export interface CompiledGrant extends Span {
  readonly id: string;
  readonly path: CanonicalPath;
  /** Closure of the granted actions. */
  readonly gives: ActionSet;
  /** Null: at any audience, and at none. */
  readonly at: ReadonlySet<CompiledStorage> | null;
}

export interface CompiledParty extends Span {
  readonly subject: Subject;
  /** As written, without closure. */
  readonly actions: ActionSet;
}

export interface CompiledEmbargo extends Span {
  readonly id: string;
  readonly path: CanonicalPath;
  readonly exempt: readonly CanonicalPath[];
  readonly closes: ActionSet;
  readonly parties: readonly CompiledParty[];
}

/** The rules of one version, ready for `resolve`. */
export interface CompiledPolicy {
  readonly version: number;
  readonly settings: PolicySettings;
  /** Every registered audience and alias; look one up with `findStorage` of audience.ts. */
  readonly byAudience: ReadonlyMap<string, CompiledStorage>;
  /** Every mount of every storage, by the storage's own path. */
  readonly places: PathIndex<Place>;
  /** Places of storages that read a scope path as a regular expression. */
  readonly regularExpressionPlaces: readonly Place[];
  readonly grants: ReadonlyMap<Subject, PathIndex<CompiledGrant>>;
  readonly embargoes: PathIndex<CompiledEmbargo>;
  /** Groups that are a party of an embargo, with the instant at which the last of these is released. */
  readonly embargoGroups: ReadonlyMap<string, number>;
  /** Paths of the default groups in the configured order (W-GRP-5). */
  readonly defaultGroups: readonly string[];
}

/** Facts are those that `checkPolicyFacts` finds no fault in; a path that is not canonical all the same closes and never opens. */
export function compilePolicy(facts: PolicyFacts): CompiledPolicy {
  const storages = facts.storages.map(compileStorage);
  const byAudience = new Map(
    storages.flatMap((storage) => [storage.audience, ...storage.aliases].map((name) => [name, storage])),
  );
  const places = storages
    .filter(({ kind }) => kind === 'storage')
    .flatMap((storage) => storage.shows.map((mount) => ({ storage, mount })));
  const embargoes = facts.embargoes.map(compileEmbargo);
  return {
    version: facts.version,
    settings: facts.settings,
    byAudience,
    places: indexByPath(
      places,
      ({ mount }) => mount.path,
      ({ storage }) => storage.name,
    ),
    regularExpressionPlaces: places.filter(({ storage }) => storage.matching === 'string'),
    grants: indexGrants(facts.grants, byAudience),
    embargoes: indexByPath(
      embargoes,
      ({ path }) => path,
      ({ id }) => id,
    ),
    embargoGroups: embargoGroups(embargoes),
    defaultGroups: facts.groups.filter(({ isDefault }) => isDefault).map(({ path }) => path),
  };
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

function indexGrants(
  grants: readonly Grant[],
  byAudience: ReadonlyMap<string, CompiledStorage>,
): ReadonlyMap<Subject, PathIndex<CompiledGrant>> {
  const bySubject = Map.groupBy(grants, ({ subject }) => subject);
  const index = (ofSubject: readonly Grant[]) =>
    indexByPath(
      ofSubject.flatMap((grant) => compileGrant(grant, byAudience)),
      ({ path }) => path,
      ({ id }) => id,
    );
  return new Map([...bySubject].map(([subject, ofSubject]) => [subject, index(ofSubject)]));
}

function compileGrant(grant: Grant, byAudience: ReadonlyMap<string, CompiledStorage>): CompiledGrant[] {
  const path = parsePath(grant.path);
  if (!path.ok) return [];
  const at = grant.audiences?.flatMap((audience) => byAudience.get(audience) ?? []);
  return [
    { id: grant.id, path: path.value, gives: closureOf(grant.actions), at: at ? new Set(at) : null, ...toSpan(grant) },
  ];
}

function compileEmbargo(embargo: Embargo): CompiledEmbargo {
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
      ...toSpan(party),
    })),
    ...toSpan(embargo),
  };
}

function embargoGroups(embargoes: readonly CompiledEmbargo[]): ReadonlyMap<string, number> {
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
