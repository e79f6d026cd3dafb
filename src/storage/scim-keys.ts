/** The order of SCIM lists, and keys that name a place in them: whether a value is missing, the value, the id. */
import { type RawBuilder, sql } from 'kysely';
import { locatedName } from '../scim/attribute.ts';
import type { Sort } from '../scim/directory.ts';
import type { Fields } from './scim-fields.ts';

/** The order of one kind of resource. */
export interface Order {
  /** Text of the key of a row. */
  readonly key: RawBuilder<string>;
  readonly by: RawBuilder<unknown>;
  /** Rows behind the one of the key. */
  readonly after: (key: string) => RawBuilder<boolean>;
}

/** How the rows of a table are told apart and dated. */
export interface Table {
  readonly name: 'accounts' | 'groups';
  /** In the form in which it is indexed. */
  readonly id: RawBuilder<unknown>;
  readonly idType: RawBuilder<unknown>;
  readonly isId: (text: string) => boolean;
}

export const accountsTable: Table = {
  name: 'accounts',
  id: sql`accounts.id COLLATE "C"`,
  idType: sql`text`,
  isId: (text) => text.length <= 255 && !text.includes('\0'),
};

export const groupsTable: Table = {
  name: 'groups',
  id: sql`groups.id`,
  idType: sql`uuid`,
  isId: (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
};

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const instantText = (column: RawBuilder<unknown>) =>
  sql<string>`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

export function orderOf(table: Table, fields: Fields, sort: Sort | null): Order {
  return sort === null ? byCreation(table) : byAttribute(table, fields, sort);
}

/** By an index; what is new comes last. */
function byCreation({ name, id, idType }: Table): Order {
  const created = sql.ref(`${name}.created_at`);
  return {
    key: sql<string>`json_build_array('0', ${instantText(created)}, ${id}::text)::text`,
    by: sql`${created}, ${id}`,
    after: (key) => {
      const [, at, last] = partsOf(key);
      return sql<boolean>`(${created}, ${id}) > (${at}::timestamptz, ${last}::${idType})`;
    },
  };
}

/** RFC 7644 section 3.4.2.3: what has no value comes last, in descending order first. */
function byAttribute({ id }: Table, fields: Fields, { by, descending }: Sort): Order {
  const attribute = by.sub ?? by.attribute;
  const column = sortField(fields, sortName(by)) ?? sql`NULL`;
  const text =
    attribute.type === 'dateTime'
      ? instantText(column)
      : attribute.caseExact
        ? sql`${column}::text`
        : sql`lower(${column}::text)`;
  const parts = [
    sql`(CASE WHEN ${column} IS NULL THEN '1' ELSE '0' END) COLLATE "C"`,
    sql`coalesce(${text}, '') COLLATE "C"`,
    sql`${id}::text COLLATE "C"`,
  ];
  const direction = descending ? sql` DESC` : sql``;
  return {
    key: sql<string>`json_build_array(${sql.join(parts)})::text`,
    by: sql.join(parts.map((part) => sql`${part}${direction}`)),
    after: (key) =>
      sql<boolean>`(${sql.join(parts)}) ${descending ? sql`<` : sql`>`} (${sql.join(partsOf(key).map((part) => sql`${part}::text`))})`,
  };
}

export function canSortBy(fields: Fields, by: Sort['by']): boolean {
  return sortField(fields, sortName(by)) !== undefined;
}

/** Of the mail addresses there is one. */
function sortName(by: Sort['by']): string {
  const name = locatedName(by);
  if (name === 'emails') return 'emails.value';
  return name === 'name' ? 'name.formatted' : name;
}

function sortField({ scalars, collections }: Fields, name: string): RawBuilder<unknown> | undefined {
  return name === 'emails.value' ? collections.emails?.fields.value?.sql : scalars[name]?.sql;
}

export function isKeyOf({ isId }: Table, sort: Sort | null, key: string): boolean {
  try {
    const parts: unknown = JSON.parse(key);
    if (!Array.isArray(parts) || parts.length !== 3) return false;
    const [, value, id] = parts;
    const sound = parts.every((part) => typeof part === 'string' && part.isWellFormed() && !part.includes('\0'));
    return sound && isId(id) && (sort !== null || (instantPattern.test(value) && !Number.isNaN(Date.parse(value))));
  } catch {
    return false;
  }
}

function partsOf(key: string): readonly [string, string, string] {
  return JSON.parse(key);
}
