/** Memberships: what a file names becomes so; what an earlier file named and this one does not, ends; all others stay. */
import type { MembershipRecord } from '../records.ts';
import type { StoredManagement, StoredMembership } from '../state.ts';

export interface MembershipWrites {
  readonly upserts: readonly MembershipRecord[];
  /** Paths of groups. */
  readonly removals: readonly string[];
  /** Lines for the diff; a membership that is only declared from now on needs none. */
  readonly details: readonly string[];
}

export function planMemberships(
  said: readonly MembershipRecord[],
  present: readonly StoredMembership[],
): MembershipWrites {
  const stored = new Map(present.map((entry) => [entry.group, entry]));
  const named = new Set(said.map(({ group }) => group));
  const ended = present.filter(({ group, declared }) => declared && !named.has(group));
  const upserts: MembershipRecord[] = [];
  const details: string[] = [];
  for (const membership of said) {
    const before = stored.get(membership.group);
    const changed = before === undefined || before.from !== membership.from || before.until !== membership.until;
    if (changed || !before.declared) upserts.push(membership);
    if (before === undefined) details.push(`groups: + ${describe(membership)}`);
    else if (changed) details.push(`groups: ~ ${describe(before)} → ${describe(membership)}`);
  }
  for (const { group } of ended) details.push(`groups: - ${group}`);
  return { upserts, removals: ended.map(({ group }) => group), details };
}

function describe({ group, from, until }: MembershipRecord): string {
  return [group, from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ');
}

export interface ManagementWrites {
  readonly upserts: readonly string[];
  readonly removals: readonly string[];
  readonly details: readonly string[];
}

/** The groups that an account manages, by the same rule. */
export function planManagements(said: readonly string[], present: readonly StoredManagement[]): ManagementWrites {
  const stored = new Map(present.map((entry) => [entry.group, entry]));
  const named = new Set(said);
  const upserts = [...named].filter((group) => stored.get(group)?.declared !== true);
  const removals = present.filter(({ group, declared }) => declared && !named.has(group)).map(({ group }) => group);
  const added = upserts.filter((group) => !stored.has(group));
  return {
    upserts,
    removals,
    details: [...added.map((group) => `manages: + ${group}`), ...removals.map((group) => `manages: - ${group}`)],
  };
}
