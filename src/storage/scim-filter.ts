/** SCIM filters as SQL: what comes from the request is a parameter, always (RFC 7644 section 3.4.2.2). */
import { type RawBuilder, sql } from 'kysely';
import { type Attribute, type Located, locatedName } from '../scim/attribute.ts';
import type { Condition, FilterValue, Operator } from '../scim/filter.ts';
import type { Collection, Field, Fields } from './scim-fields.ts';

/** True, or false or null where the condition is not met; to be used as the condition of a `WHERE`. */
export function conditionSql(fields: Fields, condition: Condition): RawBuilder<boolean> {
  return render(condition, (of) => target(fields, of));
}

/** Name of an attribute of the condition that cannot be searched by. */
export function findUnsearchable(fields: Fields, condition: Condition): string | undefined {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.map((one) => findUnsearchable(fields, one)).find((name) => name !== undefined);
    case 'not':
      return findUnsearchable(fields, condition.condition);
    case 'some': {
      const own = target(fields, condition.of) === undefined ? locatedName(condition.of) : undefined;
      return own ?? findUnsearchable(fields, condition.condition);
    }
    default:
      return target(fields, condition.of) === undefined ? locatedName(condition.of) : undefined;
  }
}

type Target =
  | { readonly kind: 'scalar'; readonly field: Field }
  /** An attribute of several parts, of which each has at most one value. */
  | { readonly kind: 'parts'; readonly fields: readonly Field[] }
  | { readonly kind: 'collection'; readonly collection: Collection; readonly field: Field | null };

function target({ scalars, collections }: Fields, of: Located): Target | undefined {
  const scalar = scalars[locatedName(of)];
  if (scalar !== undefined) return { kind: 'scalar', field: scalar };
  const name = locatedName({ ...of, sub: null });
  const collection = collections[name];
  if (collection !== undefined) {
    const field = collection.fields[of.sub?.name ?? ''] ?? null;
    return of.sub !== null && field === null ? undefined : { kind: 'collection', collection, field };
  }
  const parts = Object.entries(scalars).filter(([key]) => key.startsWith(`${name}.`));
  return of.sub === null && parts.length > 0 ? { kind: 'parts', fields: parts.map(([, field]) => field) } : undefined;
}

type FindTarget = (of: Located) => Target | undefined;

function render(condition: Condition, find: FindTarget): RawBuilder<boolean> {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const parts = condition.conditions.map((one) => render(one, find));
      return sql<boolean>`(${sql.join(parts, condition.kind === 'and' ? sql` AND ` : sql` OR `)})`;
    }
    case 'not':
      return sql<boolean>`NOT coalesce(${render(condition.condition, find)}, false)`;
    case 'some': {
      const { collection } = collectionOf(find(condition.of));
      // Inside, the fields are those of the value that was chosen.
      const inner = render(condition.condition, ({ sub }) => {
        const field = collection.fields[sub?.name ?? ''];
        return field && { kind: 'scalar', field };
      });
      return collection.exists(inner);
    }
    case 'present':
      return present(found(find(condition.of)));
    case 'compare':
      return compared(found(find(condition.of)), condition);
  }
}

function present(to: Target): RawBuilder<boolean> {
  if (to.kind === 'scalar') return sql<boolean>`${to.field.sql} IS NOT NULL`;
  if (to.kind === 'collection') {
    return to.collection.exists(to.field === null ? sql<boolean>`true` : sql<boolean>`${to.field.sql} IS NOT NULL`);
  }
  return sql<boolean>`num_nonnulls(${sql.join(to.fields.map((field) => field.sql))}) > 0`;
}

function compared(to: Target, { of, operator, value }: Extract<Condition, { kind: 'compare' }>): RawBuilder<boolean> {
  const attribute = of.sub ?? of.attribute;
  if (to.kind === 'scalar') return comparison(to.field, attribute, operator, value);
  if (to.kind === 'collection' && to.field !== null) {
    return to.collection.exists(comparison(to.field, attribute, operator, value));
  }
  throw new Error(`${attribute.name} has no value to compare`);
}

function comparison(field: Field, attribute: Attribute, operator: Operator, value: FilterValue): RawBuilder<boolean> {
  if (typeof value === 'boolean') return sql<boolean>`${field.sql} = ${value}`;
  if (typeof value === 'number') return sql<boolean>`${field.sql} ${signs[operator]} ${new Date(value)}`;
  if (operator === 'eq' && attribute.caseExact && field.equals) return field.equals(value);
  const { left, right } = texts(field, attribute.caseExact, value);
  switch (operator) {
    case 'co':
      return sql<boolean>`strpos(${left}, ${right}) > 0`;
    case 'sw':
      return sql<boolean>`starts_with(${left}, ${right})`;
    case 'ew':
      return sql<boolean>`right(${left}, length(${right})) = ${right}`;
    case 'eq':
      return sql<boolean>`${left} = ${right}`;
    default:
      return sql<boolean>`${left} COLLATE "C" ${signs[operator]} ${right} COLLATE "C"`;
  }
}

function texts({ sql: column, ascii }: Field, caseExact: boolean, value: string) {
  const given = ascii ? sql`(${value}::text COLLATE "C")` : sql`${value}::text`;
  return caseExact ? { left: column, right: given } : { left: sql`lower(${column})`, right: sql`lower(${given})` };
}

const signs: Readonly<Record<Operator, RawBuilder<unknown>>> = {
  eq: sql`=`,
  gt: sql`>`,
  ge: sql`>=`,
  lt: sql`<`,
  le: sql`<=`,
  co: sql`=`,
  sw: sql`=`,
  ew: sql`=`,
};

function found(to: Target | undefined): Target {
  if (to === undefined) throw new Error('a filter was not asked whether its attributes can be searched');
  return to;
}

function collectionOf(to: Target | undefined) {
  if (to?.kind !== 'collection') throw new Error('only values of an attribute with several are chosen by a filter');
  return to;
}
