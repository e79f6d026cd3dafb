/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9): which parts of a resource an answer has. */

import { ok } from '../shared/result.ts';
import { type Located, locate, type ResourceType } from './attribute.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { Json } from './represent.ts';

/** Null: all. A whole extension is named by its URN alone. */
export interface Projection {
  readonly only: readonly Part[] | null;
  readonly without: readonly Part[];
}

type Part = Located | { readonly whole: string };

/** Names of unknown attributes are passed over; both lists at once are refused. */
export function readProjection(
  type: ResourceType,
  attributes: readonly string[],
  excluded: readonly string[],
): ScimAnswer<Projection> {
  if (attributes.length > 0 && excluded.length > 0) {
    return scimError('invalidValue', 'expected `attributes` or `excludedAttributes`, not both');
  }
  if (attributes.length + excluded.length > 200) return scimError('invalidValue', 'expected at most 200 attributes');
  const without = partsOf(type, excluded);
  return ok({ only: attributes.length === 0 ? null : partsOf(type, attributes), without });
}

/** Whether an attribute of the core schema is in the answer at all, so that it need not be read otherwise. */
export function isWanted({ only, without }: Projection, name: string): boolean {
  const names = (part: Part) => 'attribute' in part && part.extension === null && part.attribute.name === name;
  const wanted = only === null || only.some(names);
  return wanted && !without.some((part) => names(part) && (part as Located).sub === null);
}

export function project(type: ResourceType, resource: Json, { only, without }: Projection): Json {
  if (only === null && without.length === 0) return resource;
  const extensions = new Set(type.extensions.map(({ id }) => id));
  const keep = (extension: string | null, name: string, value: unknown): unknown => {
    const included = only === null ? value : pick(only.filter(isOf(extension, name)), value);
    return isAlways(extension, name) ? value : drop(without.filter(isOf(extension, name)), included);
  };
  const kept = Object.entries(resource).map(([name, value]): [string, unknown] => {
    if (!extensions.has(name)) return [name, keep(null, name, value)];
    const inner = Object.entries(value as Json).map(([sub, one]): [string, unknown] => [sub, keep(name, sub, one)]);
    const left = inner.filter(([, one]) => one !== undefined);
    return [name, left.length === 0 ? undefined : Object.fromEntries(left)];
  });
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

function isAlways(extension: string | null, name: string): boolean {
  return extension === null && (name === 'id' || name === 'schemas');
}

function partsOf(type: ResourceType, names: readonly string[]): Part[] {
  return names.flatMap((name): Part[] => {
    const lower = name.toLowerCase();
    const whole = type.extensions.find(({ id }) => id.toLowerCase() === lower);
    if (whole !== undefined) return [{ whole: whole.id }];
    const located = locate(type, name);
    return located === undefined ? [] : [located];
  });
}

function isOf(extension: string | null, name: string): (part: Part) => boolean {
  return (part) =>
    'whole' in part ? part.whole === extension : part.extension === extension && part.attribute.name === name;
}

/** The parts of a value that are asked for; undefined when none is. */
function pick(parts: readonly Part[], value: unknown): unknown {
  if (parts.length === 0) return undefined;
  const subs = subNames(parts);
  if (subs === null) return value;
  return eachValue(value, (one) => Object.fromEntries(Object.entries(one).filter(([name]) => subs.has(name))));
}

function drop(parts: readonly Part[], value: unknown): unknown {
  if (value === undefined || parts.length === 0) return value;
  const subs = subNames(parts);
  if (subs === null) return undefined;
  return eachValue(value, (one) => Object.fromEntries(Object.entries(one).filter(([name]) => !subs.has(name))));
}

/** Null: the whole attribute. */
function subNames(parts: readonly Part[]): ReadonlySet<string> | null {
  const names = parts.map((part) => ('whole' in part ? null : (part.sub?.name ?? null)));
  return names.includes(null) ? null : new Set(names as string[]);
}

function eachValue(value: unknown, change: (one: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((one) => (isObject(one) ? change(one) : one));
  return isObject(value) ? change(value) : value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
