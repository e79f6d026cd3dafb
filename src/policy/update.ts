/** The next version of a compiled policy when only grants and embargoes changed: everything else is shared with the present one. */
import { type CompiledPolicy, compileEmbargo, compileGrant, findEmbargoGroups, namedPaths } from './compile.ts';
import type { CompiledEmbargo, CompiledGrant } from './compiled-rules.ts';
import { editPathTree, type PathTreeEditor } from './path-tree.ts';
import type { Embargo, Grant } from './rule.ts';
import { editTree } from './rule-tree.ts';

/** Rules as they are now, and the ids of those that no longer count. */
export interface Changed<T> {
  readonly changed: readonly T[];
  readonly removed: readonly string[];
}

export interface PolicyChange {
  readonly version: number;
  readonly grants: Changed<Grant>;
  readonly embargoes: Changed<Embargo>;
}

/** The given policy stays as it is. The result is what `compilePolicy` makes of the facts after the change. */
export function updatePolicy(policy: CompiledPolicy, change: PolicyChange): CompiledPolicy {
  const rules = editTree(policy.rules);
  const registered = editPathTree(policy.registered);
  const grants = replaceRules<CompiledGrant>(registered, policy.grants, {
    ids: idsOf(change.grants),
    next: change.grants.changed.flatMap((grant) => compileGrant(grant, policy.byAudience)),
    add: rules.addGrant,
    remove: rules.removeGrant,
  });
  const embargoes = replaceRules<CompiledEmbargo>(registered, policy.embargoes, {
    ids: idsOf(change.embargoes),
    next: change.embargoes.changed.map(compileEmbargo),
    add: rules.addEmbargo,
    remove: rules.removeEmbargo,
  });
  return {
    ...policy,
    version: change.version,
    rules: rules.finish(),
    registered: registered.finish(),
    grants,
    embargoes,
    embargoGroups: findEmbargoGroups(embargoes.values()),
  };
}

interface Replacement<T> {
  /** Of all rules that changed in any way. */
  readonly ids: readonly string[];
  readonly next: readonly T[];
  readonly add: (rule: T) => void;
  readonly remove: (rule: T) => void;
}

/** The rules by id after the change, which is also made in the trees. */
function replaceRules<T extends CompiledGrant | CompiledEmbargo>(
  registered: PathTreeEditor,
  present: ReadonlyMap<string, T>,
  { ids, next, add, remove }: Replacement<T>,
): ReadonlyMap<string, T> {
  const rules = new Map(present);
  for (const id of ids) {
    const rule = rules.get(id);
    if (rule === undefined) continue;
    remove(rule);
    for (const path of namedPaths(rule)) registered.remove(path);
    rules.delete(id);
  }
  for (const rule of next) {
    add(rule);
    for (const path of namedPaths(rule)) registered.add(path);
    rules.set(rule.id, rule);
  }
  return rules;
}

function idsOf<T extends { readonly id: string }>({ changed, removed }: Changed<T>): readonly string[] {
  return [...removed, ...changed.map(({ id }) => id)];
}
