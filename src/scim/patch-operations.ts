/** The operations of a PATCH as they are sent (RFC 7644 section 3.5.2): what each does, and what its path names. */
import { ok } from '../shared/result.ts';
import { type Attribute, findAttribute, type Located, locate, type ResourceType } from './attribute.ts';
import { type Condition, parseFilter } from './filter.ts';
import { isObject } from './normalise.ts';
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

/** Stands for a whole extension. */
export const whole = { name: '', type: 'complex', multiValued: false, mutability: 'readWrite' } as unknown as Attribute;

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

/** Names of members in any case. */
function memberOf(body: Json, name: string): unknown {
  const lower = name.toLowerCase();
  return Object.entries(body).find(([key]) => key.toLowerCase() === lower)?.[1];
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
