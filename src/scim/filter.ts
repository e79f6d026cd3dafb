/** Filters of RFC 7644 section 3.4.2.2: parsed, every attribute found in the schema, every value of the attribute's type. */
import { type Filter, parse } from 'scim2-parse-filter';
import { err, ok, type Result } from '../shared/result.ts';
import { type Attribute, findAttribute, type Located, locate, type ResourceType } from './attribute.ts';

export type Operator = 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** Of dates, milliseconds since the epoch. */
export type FilterValue = string | boolean | number;

/** What a resource has to meet. `ne` is written as the negation of `eq`: no value of the attribute equals. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'present'; readonly of: Located }
  | { readonly kind: 'compare'; readonly of: Located; readonly operator: Operator; readonly value: FilterValue }
  /** One and the same value of a multi-valued attribute meets all of the condition, whose attributes are its own. */
  | { readonly kind: 'some'; readonly of: Located; readonly condition: Condition };

/** Longest filter, in characters. */
const maxLength = 4000;

/** Refuses with what was wrong, for `invalidFilter`. */
export function parseFilter(type: ResourceType, text: string): Result<Condition, string> {
  if (text.length > maxLength) return err(`expected a filter of at most ${maxLength} characters`);
  const strings: string[] = [];
  try {
    const parsed = parse(withoutStrings(text, strings));
    return typed(parsed, { find: (path) => locate(type, path), strings });
  } catch {
    // Also what is nested too deeply for the stack.
    return err(`the filter \`${shorten(text)}\` is not of the form of RFC 7644 section 3.4.2.2`);
  }
}

/** The parser does not read JSON's escapes, and takes exponential time for strings that do not end: it gets their numbers instead. */
function withoutStrings(text: string, strings: string[]): string {
  const rest = text.replace(/"(?:[^"\\]|\\.)*"/gs, (literal) => {
    strings.push(JSON.parse(literal));
    return `"${strings.length - 1}"`;
  });
  if (rest.replaceAll(/"\d+"/g, '').includes('"')) throw new SyntaxError('a string does not end');
  return rest;
}

interface Context {
  readonly find: (path: string) => Located | undefined;
  /** By the numbers that stand for them. */
  readonly strings: readonly string[];
}

function typed(filter: Filter, context: Context): Result<Condition, string> {
  switch (filter.op) {
    case 'and':
    case 'or': {
      const conditions: Condition[] = [];
      for (const one of filter.filters) {
        const condition = typed(one, context);
        if (!condition.ok) return condition;
        conditions.push(condition.value);
      }
      return ok({ kind: filter.op, conditions });
    }
    case 'not': {
      const condition = typed(filter.filter, context);
      return condition.ok ? ok({ kind: 'not', condition: condition.value }) : condition;
    }
    case '[]':
      return valuePath(filter.attrPath, filter.valFilter, context);
    case 'pr': {
      const of = context.find(filter.attrPath);
      return of === undefined ? unknown(filter.attrPath) : ok({ kind: 'present', of });
    }
    default:
      return comparison(filter, context);
  }
}

/** `emails[type eq "work"]`: inside, names are those of the attribute. */
function valuePath(path: string, inner: Filter, context: Context): Result<Condition, string> {
  const of = context.find(path);
  if (of === undefined) return unknown(path);
  const { extension, attribute, sub } = of;
  if (sub !== null || attribute.subAttributes === undefined) {
    return err(`\`${shorten(path)}\` has no attributes of its own to choose values by`);
  }
  const find = (name: string) => {
    const known = findAttribute(attribute.subAttributes ?? [], name);
    return known && { extension, attribute, sub: known };
  };
  const condition = typed(inner, { ...context, find });
  return condition.ok ? ok({ kind: 'some', of, condition: condition.value }) : condition;
}

interface Comparison {
  readonly op: Operator | 'ne';
  readonly attrPath: string;
  readonly compValue: boolean | null | number | string;
}

function comparison({ op, attrPath, compValue }: Comparison, context: Context): Result<Condition, string> {
  const found = context.find(attrPath);
  if (found === undefined) return unknown(attrPath);
  const of = withDefaultSub(found);
  const target = of.sub ?? of.attribute;
  if (target.type === 'complex') return err(`\`${shorten(attrPath)}\` is compared by one of its attributes`);
  if (compValue === null) {
    // RFC 7643 section 2.5: null is the same as not there.
    const present: Condition = { kind: 'present', of };
    if (op === 'eq') return ok({ kind: 'not', condition: present });
    return op === 'ne' ? ok(present) : err('`null` is compared by `eq` and `ne` only');
  }
  const operator = op === 'ne' ? 'eq' : op;
  const value = typedValue(
    target,
    operator,
    typeof compValue === 'string' ? (context.strings[Number(compValue)] ?? '') : compValue,
  );
  if (!value.ok) return value;
  const condition: Condition = { kind: 'compare', of, operator, value: value.value };
  return ok(op === 'ne' ? { kind: 'not', condition } : condition);
}

/** RFC 7643 section 2.4: what is compared of a value that has several attributes is its `value`. */
function withDefaultSub(of: Located): Located {
  const value = of.sub === null ? of.attribute.subAttributes?.find(({ name }) => name === 'value') : undefined;
  return value === undefined || !of.attribute.multiValued ? of : { ...of, sub: value };
}

function typedValue({ name, type }: Attribute, operator: Operator, value: boolean | number | string) {
  if (type === 'boolean') {
    return typeof value === 'boolean' && operator === 'eq'
      ? ok(value)
      : err(`\`${name}\` is compared by \`eq\` and \`ne\` with \`true\` and \`false\``);
  }
  if (typeof value !== 'string') return err(`\`${name}\` is compared with a string in double quotes`);
  // PostgreSQL has no NUL in text.
  if (value.includes('\0') || !value.isWellFormed()) return err(`\`${name}\` is compared with well-formed text`);
  return type === 'dateTime' ? instantOf(name, operator, value) : ok(value);
}

function instantOf(name: string, operator: Operator, value: string): Result<FilterValue, string> {
  const instant = parseInstant(value);
  if (instant === undefined) {
    return err(`\`${name}\` is compared with an instant with its zone, such as \`2027-06-30T00:00:00Z\``);
  }
  const ordered = !['co', 'sw', 'ew'].includes(operator);
  return ordered ? ok(instant) : err(`\`${name}\` is not compared by its characters`);
}

/** Milliseconds since the epoch of an xsd:dateTime with its zone; undefined for anything else, and for years that the database does not take. */
export function parseInstant(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  const instant = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(instant) || new Date(instant).getUTCFullYear() < 1 ? undefined : instant;
}

function unknown(path: string): Result<never, string> {
  return err(`there is no attribute \`${shorten(path)}\` to filter by`);
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
