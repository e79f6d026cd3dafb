/** Clients: the definition as the file says it, the secret as an initial value, memberships of the client itself. */
import { hashClientSecret, secretMatches } from '../../clients/secret.ts';
import { clientRecord, membershipRecords } from '../records.ts';
import type { LakeClient } from '../schema.ts';
import { emptyClient, type StoredClient } from '../state.ts';
import { type Change, describeFields } from './change.ts';
import { type MembershipWrites, planMemberships } from './memberships.ts';
import { keptNotice, planSecret, type SaidSecret } from './secret.ts';

export interface ClientWrite {
  readonly client: Pick<StoredClient, 'record' | 'declared' | 'secretHash'>;
  readonly rowChanges: boolean;
  readonly memberships: MembershipWrites;
}

export interface ClientsPlan {
  readonly writes: readonly ClientWrite[];
  /** Ids of clients to delete, with everything issued to them. */
  readonly removals: readonly string[];
  readonly changes: readonly Change[];
  readonly notices: readonly string[];
}

export function planClients(
  desired: readonly LakeClient[],
  present: readonly StoredClient[],
  options: ClientOptions,
): ClientsPlan {
  const stored = new Map(present.map((entry) => [entry.record.clientId, entry]));
  const named = new Set(desired.map(({ clientId }) => clientId));
  const plans = desired.map((said) => planClient(said, stored.get(said.clientId), options));
  const removals = present
    .filter(({ record, declared }) => options.prune && declared && !named.has(record.clientId))
    .map(({ record }) => record.clientId);
  return {
    writes: plans.flatMap(({ write }) => write ?? []),
    removals,
    changes: [
      ...plans.flatMap(({ change }) => change ?? []),
      ...removals.map((clientId) => ({ sign: '-' as const, object: `client ${clientId}`, details: [] })),
    ],
    notices: plans.flatMap(({ notice }) => notice ?? []),
  };
}

interface ClientOptions {
  readonly prune: boolean;
  readonly resetSecrets: boolean;
  readonly declare: boolean;
}

interface ClientPlan {
  readonly write?: ClientWrite;
  readonly change?: Change;
  readonly notice?: string;
}

function planClient(
  said: LakeClient,
  stored: StoredClient | undefined,
  { resetSecrets, declare }: ClientOptions,
): ClientPlan {
  const before = stored ?? emptyClient;
  // Owners are also named by the owners themselves: a file that does not speak of them leaves them.
  const { owners = before.record.definition.owners } = said;
  const record = clientRecord({ ...said, owners: owners && [...owners] }, before.record.state);
  const initial = saidSecret(said, before.secretHash);
  const secret = planSecret(initial, before.secretHash, resetSecrets);
  const memberships = planMemberships(membershipRecords(said.groups), before.memberships);
  const rowDetails = [...describeFields(fieldsOf(before.record), fieldsOf(record)), ...secret.details];
  const rowChanges = stored === undefined || rowDetails.length > 0;
  const details = [...rowDetails, ...memberships.details];
  const object = `client ${said.clientId}`;
  return {
    ...((rowChanges || memberships.upserts.length + memberships.removals.length > 0) && {
      write: {
        client: { record, declared: stored?.declared ?? declare, secretHash: secret.hash },
        rowChanges,
        memberships,
      },
    }),
    ...(stored === undefined
      ? { change: { sign: '+', object, details: [] } }
      : details.length > 0 && { change: { sign: '~', object, details } }),
    ...(secret.kept && initial !== null && { notice: keptNotice(object, initial.field) }),
  };
}

function saidSecret(said: LakeClient, stored: string | null): SaidSecret | null {
  if (said.clientSecret !== undefined) {
    const differs = stored !== null && !secretMatches(said.clientSecret, stored);
    return { field: 'clientSecret', hash: hashClientSecret(said.clientSecret), differs };
  }
  if (said.clientSecretHash === undefined) return null;
  return { field: 'clientSecretHash', hash: said.clientSecretHash, differs: said.clientSecretHash !== stored };
}

function fieldsOf({ definition, state }: StoredClient['record']) {
  return { ...definition, state };
}
