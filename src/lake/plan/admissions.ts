/** What follows from the embargoes of a plan: grants that go with their party, and who is admitted no more (policy-semantics 3 and 7). */
import { phaseOf } from '../../rules/life-cycle.ts';
import { lostAdmissions, partyGrantChanges } from '../../rules/party-grants.ts';
import type { EmbargoRecord, GrantRecord, PartyRecord } from '../records.ts';
import type { Stored } from '../state.ts';
import type { AccountWrite } from './accounts.ts';
import type { Change } from './change.ts';

/** Entries of an embargo that are gone, whose refresh tokens are revoked. */
export interface LostAdmissions {
  readonly embargo: EmbargoRecord;
  readonly parties: readonly PartyRecord[];
  /** Who leaves a group that stays a party; absent: the entries themselves are gone, with all who hold them. */
  readonly leavers?: ReadonlySet<string>;
}

export interface AdmissionsPlan {
  readonly lost: readonly LostAdmissions[];
  /** Ids of grants that the API wrote for parties that are gone. */
  readonly removals: readonly string[];
  readonly changes: readonly Change[];
}

/** `upserts` are the embargoes that change; a grant that the file names (`isNamed`) stays. */
export function planAdmissions(
  upserts: readonly Stored<EmbargoRecord>[],
  present: { readonly embargoes: readonly Stored<EmbargoRecord>[]; readonly grants: readonly Stored<GrantRecord>[] },
  isNamed: (grant: string) => boolean,
  now: number,
): AdmissionsPlan {
  const stored = new Map(present.embargoes.map(({ record }) => [record.id, record]));
  const changed = upserts.flatMap(({ record: after }) => {
    const before = stored.get(after.id);
    return before === undefined ? [] : [{ before, after }];
  });
  const removals = changed
    .flatMap(({ before, after }) => {
      const written = present.grants.map(({ record }) => record).filter(({ embargo }) => embargo === after.id);
      return partyGrantChanges(before, after, written, () => false).removals;
    })
    .filter((id) => !isNamed(id));
  return {
    removals,
    changes: removals.map((id) => ({ sign: '-' as const, object: `grant ${id}`, details: ['its party is gone'] })),
    lost: changed
      .filter(({ after }) => ['active', 'scheduled'].includes(phaseOf(after, now)))
      .map(({ before, after }) => ({ embargo: after, parties: lostAdmissions(before, after) }))
      .filter(({ parties }) => parties.length > 0),
  };
}

/** Accounts that a plan takes out of groups which are parties of an embargo in force. */
export function planLeavers(
  accounts: readonly AccountWrite[],
  embargoes: readonly EmbargoRecord[],
  now: number,
): readonly LostAdmissions[] {
  const leavers = new Map<string, Set<string>>();
  for (const { account, memberships } of accounts) {
    for (const group of memberships.removals) {
      const ids = leavers.get(group) ?? new Set();
      leavers.set(group, ids.add(account.record.id));
    }
  }
  if (leavers.size === 0) return [];
  return embargoes
    .filter((embargo) => ['active', 'scheduled'].includes(phaseOf(embargo, now)))
    .flatMap((embargo) =>
      embargo.parties.flatMap((party) => {
        const left = party.subject.startsWith('group:') ? leavers.get(party.subject.slice('group:'.length)) : undefined;
        return left === undefined ? [] : [{ embargo, parties: [party], leavers: left }];
      }),
    );
}
