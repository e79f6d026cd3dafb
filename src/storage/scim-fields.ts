/** Which expression stands for which attribute of a SCIM user or group. */
import { type RawBuilder, sql } from 'kysely';
import { indigoGroupId, indigoUserId } from '../scim/schemas.ts';

/** One value, or null where there is none. */
export interface Field {
  readonly sql: RawBuilder<unknown>;
  /** Letters are compared as in the collation `C`, for which the index was made. */
  readonly ascii?: boolean;
  /** How equality is asked of an index. */
  readonly equals?: (value: string) => RawBuilder<boolean>;
}

/** Values of which each has the fields; the name of the field of a plain value is empty. */
export interface Collection {
  /** Whether there is one that meets the condition. */
  readonly exists: (condition: RawBuilder<boolean>) => RawBuilder<boolean>;
  readonly fields: Readonly<Record<string, Field>>;
}

/** By the names of `locatedName`. */
export interface Fields {
  readonly scalars: Readonly<Record<string, Field>>;
  readonly collections: Readonly<Record<string, Collection>>;
}

/** What has a start and an end counts from the one up to the other (policy-semantics 2). */
export function isCurrent(table: string, now: Date): RawBuilder<boolean> {
  const of = (column: string) => sql.ref(`${table}.${column}`);
  return sql<boolean>`(${of('starts_at')} IS NULL OR ${of('starts_at')} <= ${now})
    AND (${of('ends_at')} IS NULL OR ${of('ends_at')} > ${now})`;
}

/** As it is shown: whole milliseconds. */
function shown(column: string): Field {
  return { sql: sql`date_trunc('milliseconds', ${sql.ref(column)})` };
}

function plain(column: string): Field {
  return { sql: sql.ref(column) };
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

function uuidField(column: string): Field {
  return {
    sql: sql`${sql.ref(column)}::text`,
    equals: (value) => (isUuid(value) ? sql<boolean>`${sql.ref(column)} = ${value}::uuid` : sql<boolean>`false`),
  };
}

function pathField(column: string): Field {
  return {
    sql: sql`substr(${sql.ref(column)}, 2)`,
    ascii: true,
    equals: (value) => sql<boolean>`${sql.ref(column)} = ${`/${value}`}`,
  };
}

function labelsOf(column: string): Collection {
  return {
    exists: (condition) =>
      sql<boolean>`EXISTS (SELECT FROM jsonb_each_text(${sql.ref(column)}) AS label (key, value) WHERE ${condition})`,
    fields: {
      prefix: { sql: sql`substring(label.key FROM '^(.*)/[^/]*$')` },
      name: { sql: sql`regexp_replace(label.key, '^.*/', '')` },
      value: { sql: sql`label.value` },
    },
  };
}

function constants(values: readonly string[]): Collection {
  return {
    exists: (condition) =>
      sql<boolean>`EXISTS (SELECT FROM unnest(${[...values]}::text[]) AS constant (value) WHERE ${condition})`,
    fields: { '': { sql: sql`constant.value` } },
  };
}

/** Rows of another table that name the account. */
function ownedBy(
  table: 'certificates' | 'ssh_keys' | 'identities',
  columns: Readonly<Record<string, string>>,
): Collection {
  return {
    exists: (condition) => sql<boolean>`accounts.id IN (SELECT owned.account_id FROM ${sql.table(table)} AS owned
      WHERE ${condition})`,
    fields: Object.fromEntries(
      Object.entries(columns).map(([name, column]) => [name, { ...plain(`owned.${column}`), ascii: true }]),
    ),
  };
}

function referencesTo(exists: Collection['exists']): Collection {
  return { exists, fields: { value: uuidField('referred.id'), display: pathField('referred.path') } };
}

export function userFields(now: Date): Fields {
  const groups = referencesTo(
    (
      condition,
    ) => sql<boolean>`EXISTS (SELECT FROM memberships JOIN groups AS referred ON referred.id = memberships.group_id
      WHERE memberships.account_id = accounts.id AND ${isCurrent('memberships', now)} AND ${condition})`,
  );
  const managed = referencesTo(
    (condition) => sql<boolean>`EXISTS (SELECT FROM group_managers
      JOIN groups AS referred ON referred.id = group_managers.group_id
      WHERE group_managers.account_id = accounts.id AND ${condition})`,
  );
  const username = { ...plain('accounts.username'), ascii: true };
  return {
    scalars: {
      id: plain('accounts.id'),
      externalId: { sql: sql`(SELECT external_id FROM scim_external_ids WHERE account_id = accounts.id)` },
      userName: username,
      displayName: username,
      'name.formatted': plain('accounts.name'),
      'name.givenName': plain('accounts.given_name'),
      'name.familyName': plain('accounts.family_name'),
      active: { sql: sql`(accounts.state = 'active')` },
      'meta.resourceType': { sql: sql`'User'::text` },
      'meta.created': shown('accounts.created_at'),
      'meta.lastModified': shown('accounts.updated_at'),
      [`${indigoUserId}:affiliation`]: plain('accounts.affiliation'),
      [`${indigoUserId}:endTime`]: shown('accounts.ends_at'),
      [`${indigoUserId}:serviceAccount`]: { sql: sql`(accounts.kind = 'service')` },
    },
    collections: {
      schemas: constants(['urn:ietf:params:scim:schemas:core:2.0:User', indigoUserId]),
      emails: {
        exists: (condition) => sql<boolean>`(accounts.email IS NOT NULL AND ${condition})`,
        fields: {
          value: plain('accounts.email'),
          type: { sql: sql`'work'::text` },
          primary: { sql: sql`true` },
        },
      },
      groups,
      [`${indigoUserId}:managedGroups`]: managed,
      [`${indigoUserId}:certificates`]: ownedBy('certificates', {
        display: 'label',
        subjectDn: 'subject_dn',
        issuerDn: 'issuer_dn',
      }),
      [`${indigoUserId}:sshKeys`]: ownedBy('ssh_keys', { display: 'name', value: 'key', fingerprint: 'fingerprint' }),
      [`${indigoUserId}:oidcIds`]: ownedBy('identities', { issuer: 'issuer', subject: 'subject' }),
      [`${indigoUserId}:labels`]: labelsOf('accounts.labels'),
      [`${indigoUserId}:authorities`]: {
        exists: (condition) => sql<boolean>`EXISTS (
          SELECT FROM unnest(array_append(accounts.roles, 'user')) AS held (role) WHERE ${condition})`,
        fields: { '': { sql: sql`('ROLE_' || upper(replace(held.role, '-', '_')))` } },
      },
    },
  };
}

export function groupFields(now: Date): Fields {
  const parent = (column: string) =>
    sql`(SELECT ${sql.ref(column)} FROM groups AS referred WHERE referred.path = regexp_replace(groups.path, '/[^/]+$', ''))`;
  return {
    scalars: {
      id: uuidField('groups.id'),
      externalId: { sql: sql`(SELECT external_id FROM scim_external_ids WHERE group_id = groups.id)` },
      displayName: pathField('groups.path'),
      'meta.resourceType': { sql: sql`'Group'::text` },
      'meta.created': shown('groups.created_at'),
      'meta.lastModified': shown('groups.updated_at'),
      [`${indigoGroupId}:description`]: plain('groups.description'),
      [`${indigoGroupId}:parentGroup.value`]: { sql: sql`${parent('referred.id')}::text` },
      [`${indigoGroupId}:parentGroup.display`]: { sql: sql`substr(${parent('referred.path')}, 2)`, ascii: true },
    },
    collections: {
      schemas: constants(['urn:ietf:params:scim:schemas:core:2.0:Group', indigoGroupId]),
      [`${indigoGroupId}:labels`]: labelsOf('groups.labels'),
      members: {
        exists: (condition) => sql<boolean>`EXISTS (SELECT FROM memberships
          JOIN accounts AS member ON member.id = memberships.account_id
          WHERE memberships.group_id = groups.id AND ${isCurrent('memberships', now)} AND ${condition})`,
        fields: {
          value: plain('member.id'),
          display: { ...plain('member.username'), ascii: true },
          type: { sql: sql`'User'::text` },
        },
      },
    },
  };
}
