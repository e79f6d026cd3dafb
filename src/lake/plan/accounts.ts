/** Accounts: found by id, else by username; pruned ones are suspended, since their `sub` must never go to anybody else (W-CLM-1). */
import { accountRecord, knownAsRecord, membershipRecords, type UsableState } from '../records.ts';
import type { LakeAccount } from '../schema.ts';
import { emptyAccount, type StoredAccount } from '../state.ts';
import { type Change, describeFields } from './change.ts';
import { type KnownAsWrites, noKnownAsWrites, planKnownAs } from './known-as.ts';
import { type ManagementWrites, type MembershipWrites, planManagements, planMemberships } from './memberships.ts';
import { keptNotice, planSecret, type SaidSecret } from './secret.ts';

/** A row to write whole, and its memberships as far as they change. */
export interface AccountWrite {
  readonly account: Pick<StoredAccount, 'record' | 'declared' | 'passwordHash'>;
  readonly isNew: boolean;
  /** Whether the row itself changes, and not only memberships. */
  readonly rowChanges: boolean;
  readonly memberships: MembershipWrites;
  readonly manages: ManagementWrites;
  readonly knownAs: KnownAsWrites;
}

export interface AccountsPlan {
  readonly writes: readonly AccountWrite[];
  readonly changes: readonly Change[];
  readonly notices: readonly string[];
}

export interface AccountOptions {
  /** Whether what is made counts as made by a lake file, which `--prune` may take away again. */
  readonly declare: boolean;
  readonly prune: boolean;
  readonly resetSecrets: boolean;
  /** Ids of new accounts. */
  readonly newId: () => string;
  /** The password that the file has for an account, hashed. */
  readonly secretOf: (said: LakeAccount, storedHash: string | null) => SaidSecret | null;
}

export function planAccounts(
  desired: readonly LakeAccount[],
  present: readonly StoredAccount[],
  options: AccountOptions,
): AccountsPlan {
  const byId = new Map(present.map((stored) => [stored.record.id, stored]));
  const byUsername = new Map(present.map((stored) => [stored.record.username, stored]));
  const named = new Set<string>();
  const plans = desired.map((said) => {
    const stored = (said.id === undefined ? undefined : byId.get(said.id)) ?? byUsername.get(said.username);
    if (stored !== undefined) named.add(stored.record.id);
    return planAccount(said, stored, options);
  });
  const pruned = options.prune
    ? present.filter(({ record, declared }) => declared && record.state === 'active' && !named.has(record.id))
    : [];
  const all = [...plans, ...pruned.map(suspend)];
  return {
    writes: all.flatMap(({ write }) => write ?? []),
    changes: all.flatMap(({ change }) => change ?? []),
    notices: plans.flatMap(({ notice }) => notice ?? []),
  };
}

interface AccountPlan {
  readonly write?: AccountWrite;
  readonly change?: Change;
  readonly notice?: string;
}

function planAccount(said: LakeAccount, stored: StoredAccount | undefined, options: AccountOptions): AccountPlan {
  const before = stored ?? emptyAccount;
  const returns = stored !== undefined && isPruned(stored) && said.state === undefined;
  const state: UsableState = returns ? 'active' : before.record.state;
  const record = accountRecord(said, stored?.record.id ?? said.id ?? options.newId(), state, before.record);
  const secret = options.secretOf(said, before.passwordHash);
  const password = planSecret(secret, before.passwordHash, options.resetSecrets);
  const memberships = planMemberships(membershipRecords(said.groups), before.memberships);
  const manages = planManagements(said.manages ?? [], before.manages);
  const knownAs = planKnownAs(knownAsRecord(said), before.knownAs);
  const rowDetails = [...describeFields(fieldsOf(before.record), fieldsOf(record)), ...password.details];
  const rowChanges = stored === undefined || rowDetails.length > 0;
  const details = [...rowDetails, ...memberships.details, ...manages.details, ...knownAs.details];
  const object = `account ${said.username}`;
  const isWritten =
    rowChanges ||
    [memberships, manages, ...Object.values(knownAs.kinds)].some(
      ({ upserts, removals }) => upserts.length + removals.length > 0,
    );
  return {
    ...(isWritten && {
      write: {
        account: {
          record,
          declared: stored === undefined ? options.declare : before.declared || returns,
          passwordHash: password.hash,
        },
        isNew: stored === undefined,
        rowChanges,
        memberships,
        manages,
        knownAs,
      },
    }),
    ...(stored === undefined
      ? { change: { sign: '+', object, details: [] } }
      : details.length > 0 && { change: { sign: '~', object, details } }),
    ...(password.kept && secret !== null && { notice: keptNotice(object, secret.field) }),
  };
}

/** Suspended by an earlier `--prune`, which takes the mark of creation away: naming the account again brings it back. */
function isPruned({ record, declared }: StoredAccount): boolean {
  return record.state === 'suspended' && !declared;
}

function suspend(stored: StoredAccount): AccountPlan {
  const record = { ...stored.record, state: 'suspended' as const };
  return {
    write: {
      account: { record, declared: false, passwordHash: stored.passwordHash },
      isNew: false,
      rowChanges: true,
      memberships: { upserts: [], removals: [], details: [] },
      manages: { upserts: [], removals: [], details: [] },
      knownAs: noKnownAsWrites,
    },
    change: { sign: '-', object: `account ${record.username}`, details: ['suspended'] },
  };
}

function fieldsOf({ id: _, ...fields }: StoredAccount['record']) {
  return fields;
}
