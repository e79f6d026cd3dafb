/** The next version of a compiled policy when only grants and embargoes changed: everything else is shared with the present one. */
import { type CompiledPolicy, compileEmbargo, compileGrant, findEmbargoGroups } from './compile.ts';
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
  const tree = editTree(policy.rules);
  const grants = new Map(policy.grants);
  const embargoes = new Map(policy.embargoes);
  for (const id of [...change.grants.removed, ...change.grants.changed.map((grant) => grant.id)]) {
    const present = grants.get(id);
    if (present === undefined) continue;
    tree.removeGrant(present);
    grants.delete(id);
  }
  for (const id of [...change.embargoes.removed, ...change.embargoes.changed.map((embargo) => embargo.id)]) {
    const present = embargoes.get(id);
    if (present === undefined) continue;
    tree.removeEmbargo(present);
    embargoes.delete(id);
  }
  for (const grant of change.grants.changed.flatMap((one) => compileGrant(one, policy.byAudience))) {
    tree.addGrant(grant);
    grants.set(grant.id, grant);
  }
  for (const embargo of change.embargoes.changed.map(compileEmbargo)) {
    tree.addEmbargo(embargo);
    embargoes.set(embargo.id, embargo);
  }
  return {
    ...policy,
    version: change.version,
    rules: tree.finish(),
    grants,
    embargoes,
    embargoGroups: findEmbargoGroups(embargoes.values()),
  };
}
