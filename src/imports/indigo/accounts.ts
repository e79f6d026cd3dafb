/** Accounts of INDIGO IAM: the UUID stays the `sub`, password hashes go on working, authorities become roles and managed groups. */
import { accountSchema } from '../../lake/schema/account.ts';
import { checkedItem, type LakeItem } from '../checked.ts';
import type { ImportNote } from '../note.ts';
import type { DumpRow } from '../sql-dump.ts';
import type { ImportedGroups } from './groups.ts';
import { createKnownAsReader, type KnownAsReader, samlNotes } from './known-as.ts';
import { type IndigoRows, instantOf, isSet, labelsOf, textOf } from './tables.ts';

export interface ImportedAccounts {
  readonly items: readonly LakeItem[];
  /** By INDIGO's number. */
  readonly usernameOf: ReadonlyMap<string, string>;
  readonly notes: readonly ImportNote[];
}

export function importAccounts(rows: IndigoRows, groups: ImportedGroups): ImportedAccounts {
  const known = createKnownAsReader(rows);
  const read = createReader(rows, groups, known);
  const notes: ImportNote[] = [];
  const usernameOf = new Map<string, string>();
  const items = rows.of('iam_account').flatMap((row) => {
    const username = textOf(row, 'username') ?? '';
    const checked = checkedItem(accountSchema, read(row), `account ${username}`);
    notes.push(...checked.notes);
    if (checked.item === undefined) return [];
    usernameOf.set(row.id ?? '', username);
    return [checked.item];
  });
  return {
    items,
    usernameOf,
    notes: [...notes, ...known.notes(), ...samlNotes(rows, usernameOf), ...leftOut(rows, usernameOf)],
  };
}

function createReader(rows: IndigoRows, groups: ImportedGroups, known: KnownAsReader): (row: DumpRow) => LakeItem {
  const people = rows.by('iam_user_info', 'id');
  const held = {
    memberships: rows.by('iam_account_group', 'account_id'),
    labels: rows.by('iam_account_labels', 'account_id'),
    authorities: rows.by('iam_account_authority', 'account_id'),
  };
  const authorityOf = new Map(rows.of('iam_authority').map((row) => [row.id ?? '', row.auth ?? '']));
  return (row) => {
    const of = (index: ReadonlyMap<string, readonly DumpRow[]>) => index.get(row.id ?? '') ?? [];
    const [person] = people.get(row.user_info_id ?? '') ?? [];
    const names = [textOf(person, 'givenname'), textOf(person, 'middlename'), textOf(person, 'familyname')];
    const authorities = of(held.authorities).map(({ authority_id }) => authorityOf.get(authority_id ?? '') ?? '');
    const verified = person !== undefined && isSet(person, 'emailverified');
    return present({
      id: textOf(row, 'uuid'),
      username: textOf(row, 'username'),
      name: names.filter(Boolean).join(' '),
      givenName: names[0],
      familyName: names[2],
      email: textOf(person, 'email'),
      emailVerifiedAt: verified ? instantOf(row, 'creationtime') : null,
      affiliation: textOf(person, 'affiliation'),
      kind: isSet(row, 'service_account') ? 'service' : null,
      passwordHash: textOf(row, 'password'),
      roles: rolesOf(authorities),
      manages: managedOf(authorities, groups),
      state: isSet(row, 'active') ? 'active' : 'suspended',
      endsAt: instantOf(row, 'end_time'),
      labels: labelsOf(of(held.labels)),
      groups: of(held.memberships).flatMap((membership) => membershipOf(membership, groups)),
      ...known.of(row),
    });
  };
}

/** Nothing that is empty is said. */
function present(fields: LakeItem): LakeItem {
  const said = (value: unknown) =>
    value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => said(value)));
}

function rolesOf(authorities: readonly string[]): string[] {
  const roles = { ROLE_ADMIN: 'admin', ROLE_READER: 'reader' } as const;
  return authorities.flatMap((authority) => roles[authority as keyof typeof roles] ?? []);
}

/** `ROLE_GM:<uuid of the group>`. */
function managedOf(authorities: readonly string[], { pathOfUuid }: ImportedGroups): string[] {
  return authorities.flatMap((authority) => {
    const [, uuid] = /^ROLE_GM:(.+)$/.exec(authority) ?? [];
    return uuid === undefined ? [] : (pathOfUuid.get(uuid.toLowerCase()) ?? []);
  });
}

function membershipOf(row: DumpRow, { pathOf }: ImportedGroups): (string | LakeItem)[] {
  const path = pathOf.get(row.group_id ?? '');
  const until = instantOf(row, 'end_time');
  if (path === undefined) return [];
  return [until === undefined ? path : { path, until }];
}

/** What INDIGO knows of accounts and Sluice does not take, each kind told once. */
function leftOut(rows: IndigoRows, usernameOf: ReadonlyMap<string, string>): ImportNote[] {
  const told = (table: string, column: string, what: string, why: string): ImportNote[] => {
    const owners = [...rows.by(table, column).keys()].flatMap((id) => usernameOf.get(id) ?? []);
    if (owners.length === 0) return [];
    const some = owners.slice(0, 5).join(', ');
    const more = owners.length > 5 ? ` and ${owners.length - 5} more` : '';
    return [{ object: what, outcome: 'left-out', why: `${why} (${some}${more})` }];
  };
  return [
    ...told('iam_totp_mfa', 'account_id', 'one-time codes', 'they are encrypted for INDIGO; to be set up anew'),
    ...told('iam_aup_signature', 'account_id', 'signatures of the acceptable use policy', 'to be signed anew'),
  ];
}
