/** The grants that the API writes for the parties of an embargo, and takes back with them (policy-semantics 3). */
import type { EmbargoRecord, GrantRecord, PartyRecord } from '../lake/records.ts';
import { actionSet } from '../policy/action.ts';

export interface PartyGrantChanges {
  readonly upserts: readonly GrantRecord[];
  /** Ids. */
  readonly removals: readonly string[];
}

/**
 * What becomes of the grants that were written for an embargo (`written`) when its record changes (`before` null: it is new).
 * Somebody may have taken a grant away by hand: it does not come back while its party stays. `isUsed` says which ids are taken.
 */
export function partyGrantChanges(
  before: EmbargoRecord | null,
  after: EmbargoRecord,
  written: readonly GrantRecord[],
  isUsed: (id: string) => boolean,
): PartyGrantChanges {
  if (after.state === 'withdrawn') return { upserts: [], removals: written.map(({ id }) => id) };
  if (after.state !== 'active') return { upserts: [], removals: [] };
  const wanted = new Set(after.parties.map(keyOf));
  const had = new Set(before?.state === 'active' ? before.parties.map(keyOf) : []);
  const present = new Set(written.map(keyOf));
  const missing = after.parties.filter((party) => !had.has(keyOf(party)) && !present.has(keyOf(party)));
  const ids = freeIds(after.id, isUsed);
  return {
    removals: written.filter((grant) => !wanted.has(keyOf(grant))).map(({ id }) => id),
    upserts: [
      ...written
        .filter((grant) => wanted.has(keyOf(grant)) && grant.path !== after.path)
        .map((grant) => ({ ...grant, path: after.path })),
      ...missing.map((party) => partyGrant(after, party, ids.next().value)),
    ],
  };
}

function partyGrant(embargo: EmbargoRecord, party: PartyRecord, id: string): GrantRecord {
  return {
    id,
    subject: party.subject,
    actions: party.actions,
    path: embargo.path,
    audiences: null,
    from: party.from ?? null,
    until: party.until ?? null,
    embargo: embargo.id,
  };
}

function keyOf({ subject, actions, from, until }: GrantRecord | PartyRecord): string {
  return JSON.stringify([subject, actionSet(actions), from ?? null, until ?? null]);
}

/** `<embargo>:1`, `<embargo>:2`, … without those that are taken. */
function* freeIds(embargo: string, isUsed: (id: string) => boolean): Generator<string, never> {
  for (let number = 1; ; number += 1) {
    const id = `${embargo}:${number}`;
    if (!isUsed(id)) yield id;
  }
}

/** The parties whose admission is gone or smaller: no entry of the same subject takes its place. */
export function lostAdmissions(before: EmbargoRecord, after: EmbargoRecord): readonly PartyRecord[] {
  return before.parties.filter((party) => !after.parties.some((other) => isAtLeast(other, party)));
}

function isAtLeast(other: PartyRecord, party: PartyRecord): boolean {
  return (
    other.subject === party.subject &&
    (actionSet(party.actions) & ~actionSet(other.actions)) === 0 &&
    (other.from === undefined || (party.from !== undefined && Date.parse(other.from) <= Date.parse(party.from))) &&
    (other.until === undefined || (party.until !== undefined && Date.parse(other.until) >= Date.parse(party.until)))
  );
}
