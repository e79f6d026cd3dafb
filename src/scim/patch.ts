/** PATCH (RFC 7644 section 3.5.2): operations applied to the JSON of a resource. */
import { isDeepStrictEqual } from 'node:util';
import { ok } from '../shared/result.ts';
import { type Attribute, findAttribute, type Located, locate, type ResourceType } from './attribute.ts';
import { type Condition, parseFilter } from './filter.ts';
import { isMet } from './match.ts';
import { isObject, normaliseResource, normaliseValue } from './normalise.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { Json } from './represent.ts';

export interface Target {
  readonly of: Located;
  /** Which values of a multi-valued attribute; null: all. */
  readonly where: Condition | null;
}

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  /** Null: the value is an object with the attributes. A whole extension is written so too. */
  readonly target: Target | null;
  readonly value: unknown;
}

const mostOperations = 1000;

export function readOperations(type: ResourceType, body: unknown): ScimAnswer<readonly Operation[]> {
  const list = isObject(body) ? memberOf(body, 'Operations') : undefined;
  if (!Array.isArray(list) || list.length === 0) {
    return scimError('invalidSyntax', 'expected `Operations`, an array of at least one operation');
  }
  if (list.length > mostOperations) return scimError('tooMany', `expected at most ${mostOperations} operations`);
  const operations: Operation[] = [];
  for (const one of list) {
    const read = readOperation(type, one);
    if (!read.ok) return read;
    operations.push(read.value);
  }
  return ok(operations);
}

function readOperation(type: ResourceType, body: unknown): ScimAnswer<Operation> {
  if (!isObject(body)) return scimError('invalidSyntax', 'expected an object as operation');
  const name = memberOf(body, 'op');
  const op = typeof name === 'string' ? name.toLowerCase() : '';
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    return scimError('invalidSyntax', 'expected `add`, `replace` or `remove` as `op`');
  }
  const value = memberOf(body, 'value');
  if (op !== 'remove' && value === undefined) return scimError('invalidValue', `expected a \`value\` to ${op}`);
  const path = memberOf(body, 'path') ?? '';
  if (path === '') return withoutPath(op, value);
  if (typeof path !== 'string' || path.length > 2000) return scimError('invalidPath', 'expected text as `path`');
  const target = readTarget(type, path);
  return target.ok ? ok({ op, target: target.value, value }) : target;
}

function withoutPath(op: Operation['op'], value: unknown): ScimAnswer<Operation> {
  if (op === 'remove') return scimError('noTarget', 'expected a `path` to remove');
  if (!isObject(value)) return scimError('invalidValue', 'expected an object as `value` where there is no `path`');
  return ok({ op, target: null, value });
}

/** An extension as if it were an attribute with the ones that it has. */
function wholeExtension(id: string): Target {
  return { of: { extension: id, attribute: whole, sub: null }, where: null };
}

const whole = { name: '', type: 'complex', multiValued: false, mutability: 'readWrite' } as unknown as Attribute;

/** `name.givenName`, `emails[type eq "work"]`, `emails[type eq "work"].value`. */
function readTarget(type: ResourceType, path: string): ScimAnswer<Target> {
  const extension = type.extensions.find(({ id }) => id.toLowerCase() === path.toLowerCase());
  if (extension !== undefined) return ok(wholeExtension(extension.id));
  const [, before, filter, after] = /^([^[]+)\[(.*)\](?:\.([\w$-]+))?$/s.exec(path) ?? [];
  const of = locate(type, before ?? path);
  if (of === undefined) return scimError('invalidPath', `there is no attribute \`${shorten(path)}\``);
  if (before === undefined) return ok({ of, where: null });
  if (!of.attribute.multiValued || of.sub !== null || filter === undefined) {
    return scimError('invalidPath', `\`${shorten(before)}\` has no values to choose from`);
  }
  const condition = parseFilter(type, `${before}[${filter}]`);
  if (!condition.ok) return scimError('invalidFilter', condition.error);
  if (condition.value.kind !== 'some') return scimError('invalidPath', `\`${shorten(path)}\` is not a path`);
  if (after === undefined) return ok({ of, where: condition.value.condition });
  const sub = findAttribute(of.attribute.subAttributes ?? [], after);
  if (sub === undefined) return scimError('invalidPath', `there is no attribute \`${shorten(path)}\``);
  return ok({ of: { ...of, sub }, where: condition.value.condition });
}

/** The resource after the operations; it itself stays as it is. */
export function applyOperations(
  type: ResourceType,
  resource: Json,
  operations: readonly Operation[],
): ScimAnswer<Json> {
  let current = resource;
  for (const operation of operations) {
    const next = applyOperation(type, current, operation);
    if (!next.ok) return next;
    current = next.value;
  }
  return ok(current);
}

function applyOperation(type: ResourceType, resource: Json, { op, target, value }: Operation): ScimAnswer<Json> {
  if (target === null) return mergeObject(type, resource, op, value);
  const { of, where } = target;
  if (of.attribute === whole) return applyToExtension(type, resource, op, of.extension as string, value);
  if (isReadOnly(of)) return scimError('mutability', `\`${of.attribute.name}\` is not changed here`);
  const holder = of.extension === null ? resource : ((resource[of.extension] as Json | undefined) ?? {});
  const next = applyToAttribute(holder, op, of, where, value);
  if (!next.ok) return next;
  return ok(of.extension === null ? next.value : { ...resource, [of.extension]: next.value });
}

function isReadOnly({ attribute, sub }: Located): boolean {
  return attribute.mutability === 'readOnly' || sub?.mutability === 'readOnly';
}

/** Each attribute of the value as an operation of its own; what only the server writes is passed over. */
function mergeObject(type: ResourceType, resource: Json, op: Operation['op'], value: unknown): ScimAnswer<Json> {
  const plain = withoutPaths(type, value as Json);
  const known = normaliseResource(type, plain);
  if (!known.ok) return known;
  const operations = Object.entries(known.value).flatMap(([name, one]): Operation[] => {
    const extension = type.extensions.find(({ id }) => id === name);
    if (extension === undefined) return [{ op, target: { of: located(type, name), where: null }, value: one }];
    return Object.entries(one as Json).map(([inner, innerValue]) => ({
      op,
      target: { of: located(type, `${name}:${inner}`), where: null },
      value: innerValue,
    }));
  });
  return applyOperations(type, resource, operations);
}

/** Some clients name attributes by their paths, `name.givenName`, inside the value too. */
function withoutPaths(type: ResourceType, value: Json): Json {
  const plain: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const of = locate(type, key);
    if (of === undefined || (of.extension === null && of.sub === null)) {
      plain[key] = one;
      continue;
    }
    const { extension, attribute, sub } = of;
    const holder = extension === null ? plain : withObject(plain, extension);
    if (sub === null) holder[attribute.name] = one;
    else withObject(holder, attribute.name)[sub.name] = one;
  }
  return plain;
}

function withObject(holder: Record<string, unknown>, name: string): Record<string, unknown> {
  const before = holder[name];
  const made: Record<string, unknown> = isObject(before) ? { ...before } : {};
  holder[name] = made;
  return made;
}

function located(type: ResourceType, path: string): Located {
  const found = locate(type, path);
  if (found === undefined) throw new Error(`no attribute ${path}`);
  return found;
}

function applyToExtension(
  type: ResourceType,
  resource: Json,
  op: Operation['op'],
  id: string,
  value: unknown,
): ScimAnswer<Json> {
  const { [id]: before = {}, ...rest } = resource;
  const ours = type.extensions.find((extension) => extension.id === id)?.attributes ?? [];
  const kept = Object.fromEntries(
    Object.entries(before as Json).filter(([name]) => findAttribute(ours, name)?.mutability === 'readOnly'),
  );
  if (op === 'remove') return ok({ ...rest, [id]: kept });
  if (!isObject(value)) return scimError('invalidValue', 'expected an object as `value` of an extension');
  return mergeObject(type, op === 'replace' ? { ...rest, [id]: kept } : resource, op, { [id]: value });
}

function applyToAttribute(
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

/** Names of members in any case. */
function memberOf(body: Json, name: string): unknown {
  const lower = name.toLowerCase();
  return Object.entries(body).find(([key]) => key.toLowerCase() === lower)?.[1];
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
