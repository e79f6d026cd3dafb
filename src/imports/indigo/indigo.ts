/** A dump of INDIGO IAM (1.8 and later) as a lake file, with everything told that does not come over as it was. */
import { err, ok, type Result } from '../../shared/result.ts';
import type { LakeItem } from '../checked.ts';
import type { ImportNote } from '../note.ts';
import type { DumpTables } from '../sql-dump.ts';
import { importAccounts } from './accounts.ts';
import { importClients } from './clients.ts';
import { importGroups } from './groups.ts';
import { importPolicies } from './policies.ts';
import { indigoRows, neededTables } from './tables.ts';

export interface ImportedLake {
  /** A lake file as plain values. */
  readonly lake: Readonly<Record<string, unknown>>;
  /** By the words for what is counted. */
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly ImportNote[];
}

/** The error says what the dump lacks. */
export function importIndigo(tables: DumpTables): Result<ImportedLake, string> {
  const missing = neededTables.filter((table) => !tables.has(table));
  if (missing.length > 0) {
    return err(`no table \`${missing.join('`, `')}\`, expected a dump of the database of INDIGO IAM 1.8 or later`);
  }
  const rows = indigoRows(tables);
  const groups = importGroups(rows);
  const accounts = importAccounts(rows, groups);
  const clients = importClients(rows, accounts.usernameOf);
  const policies = importPolicies(rows, groups, accounts, clients.items);
  const exchange = rows.of('iam_exchange_policy').length;
  const lake = {
    version: 1,
    groups: groups.items,
    accounts: accounts.items,
    clients: clients.items,
    grants: policies.grants,
  };
  return ok({
    lake,
    counts: {
      groups: groups.items.length,
      accounts: accounts.items.length,
      identities: countOf(accounts.items, 'identities'),
      certificates: countOf(accounts.items, 'certificates'),
      'SSH keys': countOf(accounts.items, 'sshKeys'),
      clients: clients.items.length,
      grants: policies.grants.length,
    },
    notes: [
      ...groups.notes,
      ...accounts.notes,
      ...clients.notes,
      ...policies.notes,
      ...(exchange > 0 ? [exchangePolicies(exchange)] : []),
    ],
  });
}

function countOf(accounts: readonly LakeItem[], field: string): number {
  return accounts.reduce((sum, account) => sum + ((account[field] ?? []) as readonly unknown[]).length, 0);
}

function exchangePolicies(count: number): ImportNote {
  const why = `${count} of them: an exchange never gives more than the subject token has; what should be more, or refused, is said by exchangeRules`;
  return { object: 'exchange policies', outcome: 'left-out', why };
}
