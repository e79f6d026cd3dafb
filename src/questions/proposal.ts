/** A rule that does not hold yet: read, checked, and put beside the present ones. */
import type { CompiledPolicy } from '../policy/compile.ts';
import { type CanonicalPath, isAtOrBelow } from '../policy/path.ts';
import type { Embargo, Grant, Subject } from '../policy/rule.ts';
import { updatePolicy } from '../policy/update.ts';
import { checkPolicyFacts } from '../policy/validate-facts.ts';
import { err, ok } from '../shared/result.ts';
import type { ProposedRule } from './questions.ts';
import { malformed, type Read, readPath } from './read.ts';
import type { QuestionStore } from './store.ts';

export type Proposal = { readonly path: CanonicalPath } & (
  | { readonly kind: 'grant'; readonly rule: Grant }
  | { readonly kind: 'embargo'; readonly rule: Embargo }
);

/** Faults are those that `apply` would refuse the rule for by itself. */
export async function readProposal(
  store: Pick<QuestionStore, 'draft'>,
  policy: CompiledPolicy,
  proposed: ProposedRule,
): Promise<Read<Proposal>> {
  const found = proposed.kind === 'draft' ? await findDraft(store, proposed.id) : ok(proposed);
  if (!found.ok) return found;
  const path = readPath(found.value.rule.path);
  if (!path.ok) return path;
  const [fault] = checkPolicyFacts({
    version: policy.version,
    settings: policy.settings,
    groups: [],
    storages: [],
    namespace: [],
    grants: found.value.kind === 'grant' ? [found.value.rule] : [],
    embargoes: found.value.kind === 'embargo' ? [found.value.rule] : [],
  });
  if (fault !== undefined) return malformed(`${fault.path.replace(/^\w+\[0\]\.?/, '')}: ${fault.message}`);
  return ok({ ...found.value, path: path.value });
}

async function findDraft(
  store: Pick<QuestionStore, 'draft'>,
  id: string,
): Promise<Read<{ readonly kind: 'embargo'; readonly rule: Embargo }>> {
  const rule = await store.draft(id);
  if (rule === undefined) return err({ kind: 'not-found', message: `no draft of an embargo with id \`${id}\`` });
  return ok({ kind: 'embargo', rule });
}

/** The policy as it would be. */
export function withProposal(policy: CompiledPolicy, { kind, rule }: Proposal): CompiledPolicy {
  const none = { changed: [], removed: [] };
  return updatePolicy(policy, {
    version: policy.version,
    grants: kind === 'grant' ? { changed: [rule as Grant], removed: [] } : none,
    embargoes: kind === 'embargo' ? { changed: [rule as Embargo], removed: [] } : none,
  });
}

/** Whose tokens the proposal can concern: `granting` subjects have something to lose or gain, `others` may be admitted somewhere on the way. */
export interface Concerned {
  readonly granting: readonly Subject[];
  readonly others: readonly Subject[];
  /** Its own path and those of the grants that meet it, the topmost first. */
  readonly paths: readonly CanonicalPath[];
}

/** `isWithin` says of which paths the asker may learn: parties of embargoes elsewhere are told apart from nobody. */
export function concernedBy(
  policies: readonly CompiledPolicy[],
  path: CanonicalPath,
  isWithin: (path: string) => boolean,
): Concerned {
  const grants = policies.flatMap((policy) => [...policy.grants.values()].filter((grant) => meet(grant.path, path)));
  const paths = [...new Set([path, ...grants.map((grant) => grant.path).filter(isWithin)])].sort(
    (one, other) => one.length - other.length,
  );
  // Whatever meets one of these paths meets the topmost, as all of them lie at or below it.
  const [topmost = path] = paths;
  const embargoes = policies.flatMap((policy) =>
    [...policy.embargoes.values()].filter((embargo) => meet(topmost, embargo.path) && isWithin(embargo.path)),
  );
  const granting = [...new Set(grants.map(({ subject }) => subject))];
  const parties = new Set(embargoes.flatMap((embargo) => embargo.parties.map(({ subject }) => subject)));
  return { granting, others: [...parties].filter((subject) => !granting.includes(subject)), paths };
}

/** Whether one lies at or above the other. */
export function meet(one: CanonicalPath, other: CanonicalPath): boolean {
  return isAtOrBelow(one, other) || isAtOrBelow(other, one);
}
