/** The tables of INDIGO IAM that are read, and how their values are told. */
import type { DumpRow, DumpTables } from '../sql-dump.ts';

export const wantedTables: ReadonlySet<string> = new Set([
  'iam_account',
  'iam_user_info',
  'iam_group',
  'iam_account_group',
  'iam_account_labels',
  'iam_group_labels',
  'iam_authority',
  'iam_account_authority',
  'iam_oidc_id',
  'iam_saml_id',
  'iam_ssh_key',
  'iam_x509_cert',
  'iam_totp_mfa',
  'iam_aup_signature',
  'iam_exchange_policy',
  'iam_scope_policy',
  'iam_scope_policy_scope',
  'iam_account_client',
  'client_details',
  'client_grant_type',
  'client_redirect_uri',
  'client_post_logout_redirect_uri',
  'client_scope',
]);

/** Without them it is no dump of INDIGO IAM. */
export const neededTables = ['iam_account', 'iam_user_info', 'iam_group', 'client_details'] as const;

export interface IndigoRows {
  /** Rows of a table; none when the dump does not have it. */
  of(table: string): readonly DumpRow[];
  /** Rows by the value of a column, in the order of the dump. */
  by(table: string, column: string): ReadonlyMap<string, readonly DumpRow[]>;
}

export function indigoRows(tables: DumpTables): IndigoRows {
  const indexes = new Map<string, Map<string, DumpRow[]>>();
  const rowsOf = (table: string) => tables.get(table) ?? [];
  return {
    of: rowsOf,
    by: (table, column) => {
      const key = `${table}.${column}`;
      const known = indexes.get(key);
      if (known !== undefined) return known;
      const index = new Map<string, DumpRow[]>();
      for (const row of rowsOf(table)) {
        const value = row[column];
        if (value === null || value === undefined) continue;
        const list = index.get(value);
        if (list === undefined) index.set(value, [row]);
        else list.push(row);
      }
      indexes.set(key, index);
      return index;
    },
  };
}

/** Empty text says nothing. */
export function textOf(row: DumpRow | undefined, column: string): string | null {
  const value = row?.[column]?.trim();
  return value === undefined || value === '' ? null : value;
}

export function isSet(row: DumpRow, column: string): boolean {
  const value = row[column];
  return value !== null && value !== undefined && value !== '0' && value !== '' && value !== '\0';
}

export function numberOf(row: DumpRow, column: string): number | null {
  const value = row[column];
  return value === null || value === undefined || value === '' ? null : Number(value);
}

/** DATETIME has no zone; INDIGO's containers run in UTC. Undefined: none. */
export function instantOf(row: DumpRow | undefined, column: string): string | undefined {
  const value = textOf(row, column);
  if (value === null) return undefined;
  const at = Date.parse(`${value.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().replace('.000Z', 'Z');
}

/** Labels with their prefix, as `prefix/name`. */
export function labelsOf(rows: readonly DumpRow[]): Record<string, string> | undefined {
  if (rows.length === 0) return undefined;
  return Object.fromEntries(
    rows.map((row) => {
      const prefix = textOf(row, 'prefix');
      const name = textOf(row, 'name') ?? '';
      return [prefix === null ? name : `${prefix}/${name}`, row.val ?? ''];
    }),
  );
}
