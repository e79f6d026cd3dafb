/** What an operation of a PATCH makes of the values of one attribute (RFC 7644 sections 3.5.2.1 to 3.5.2.3). */
import { isDeepStrictEqual } from 'node:util';
import { ok } from '../shared/result.ts';
import type { Attribute, Located } from './attribute.ts';
import type { Condition } from './filter.ts';
import { isMet } from './match.ts';
import { isObject, normaliseValue } from './normalise.ts';
import type { Operation } from './patch-operations.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { Json } from './represent.ts';

/** `holder` is the resource or its extension; it itself stays as it is. */
export function applyToAttribute(
  holder: Json,
  op: Operation['op'],
  of: Located,
  where: Condition | null,
  value: unknown,
): ScimAnswer<Json> {
  const { attribute, sub } = of;
  const { [attribute.name]: before, ...rest } = holder;
  const normal = op === 'remove' ? ok(undefined) : normaliseValue(sub ?? attributeOf(attribute, where), value);
  if (!normal.ok) return normal;
  const after =
    where !== null || (sub !== null && attribute.multiValued)
      ? changeChosen(attribute, asList(before), op, { sub, where, value: normal.value, removed: value })
      : changeWhole(attribute, before, op, { sub, value: normal.value, removed: value });
  if (!after.ok) return after;
  return ok(after.value === undefined ? rest : { ...rest, [attribute.name]: after.value });
}

/** What is written to one chosen value is one value. */
function attributeOf(attribute: Attribute, where: Condition | null): Attribute {
  return where === null ? attribute : { ...attribute, multiValued: false };
}

interface Change {
  readonly sub: Attribute | null;
  /** In the server's form; undefined: nothing. */
  readonly value: unknown;
  /** As it was sent: some clients name the values to remove. */
  readonly removed: unknown;
}

function changeWhole(
  attribute: Attribute,
  before: unknown,
  op: Operation['op'],
  { sub, value, removed }: Change,
): ScimAnswer<unknown> {
  if (sub !== null) {
    const { [sub.name]: _gone, ...others } = isObject(before) ? before : {};
    const next = value === undefined ? others : { ...others, [sub.name]: value };
    return ok(Object.keys(next).length === 0 ? undefined : next);
  }
  if (op === 'remove') return ok(attribute.multiValued ? removeNamed(asList(before), removed) : undefined);
  if (attribute.multiValued && op === 'add') return ok(addValues(asList(before), asList(value)));
  if (attribute.type === 'complex' && !attribute.multiValued && isObject(before) && isObject(value)) {
    // RFC 7644 sections 3.5.2.1 and 3.5.2.3: sub-attributes that are not named stay.
    return ok({ ...before, ...value });
  }
  return ok(value);
}

function removeNamed(before: readonly unknown[], removed: unknown): unknown[] {
  const named = asList(removed).flatMap((one) => (isObject(one) && typeof one.value === 'string' ? [one.value] : []));
  if (named.length === 0) return [];
  return before.filter((one) => !(isObject(one) && named.includes(one.value as string)));
}

/** RFC 7644 section 3.5.2.1: a value that is there is not added again, and a new primary one takes the place of the old. */
function addValues(before: readonly unknown[], added: readonly unknown[]): unknown[] {
  const fresh = added.filter((one) => !before.some((old) => isSame(old, one)));
  const primary = fresh.some((one) => isObject(one) && one.primary === true);
  const old = primary ? before.map((one) => (isObject(one) ? { ...one, primary: false } : one)) : before;
  return [...old, ...fresh];
}

function isSame(one: unknown, other: unknown): boolean {
  if (!isObject(one) || !isObject(other)) return isDeepStrictEqual(one, other);
  if (typeof other.value === 'string' && other.name === undefined) return one.value === other.value && !other.primary;
  return isDeepStrictEqual(one, other);
}

function changeChosen(
  attribute: Attribute,
  before: readonly unknown[],
  op: Operation['op'],
  { sub, where, value }: Change & { readonly where: Condition | null },
): ScimAnswer<unknown> {
  const isChosen = (one: unknown) => where === null || isMet(where, attribute, one);
  const chosen = before.filter(isChosen);
  if (chosen.length === 0) {
    if (op === 'remove') return ok(before);
    const made = op === 'add' || before.length === 0 ? madeBy(where, sub, value) : undefined;
    return made === undefined
      ? scimError('noTarget', `no value of \`${attribute.name}\` meets the filter`)
      : ok([...before, made]);
  }
  if (op === 'remove' && sub === null) return ok(before.filter((one) => !isChosen(one)));
  return ok(
    before.map((one) => {
      if (!isChosen(one)) return one;
      if (sub === null) return isObject(one) && isObject(value) ? { ...one, ...value } : value;
      const { [sub.name]: _gone, ...others } = one as Json;
      return value === undefined ? others : { ...others, [sub.name]: value };
    }),
  );
}

/** A value that meets `type eq "work"` because it is made so: clients write the first mail address this way. */
function madeBy(where: Condition | null, sub: Attribute | null, value: unknown): Json | undefined {
  const base = sub === null ? value : { [sub.name]: value };
  if (!isObject(base)) return undefined;
  if (where === null) return base;
  if (where.kind !== 'compare' || where.operator !== 'eq' || where.of.sub === null) return undefined;
  return { [where.of.sub.name]: where.value, ...base };
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
