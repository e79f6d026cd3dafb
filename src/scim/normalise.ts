/** JSON of a request in the server's own form: canonical names, values of the declared types, nothing that the schema does not know (RFC 7643 section 2). */
import { ok } from '../shared/result.ts';
import { type Attribute, commonAttributes, findAttribute, type ResourceType } from './attribute.ts';
import { parseInstant } from './filter.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import { isoOf, type Json } from './represent.ts';

const maxText = 20_000;

/** Unknown attributes and those that only the server writes are passed over; what is null or an empty array counts as not there. */
export function normaliseResource(type: ResourceType, body: unknown): ScimAnswer<Json> {
  if (!isObject(body)) return scimError('invalidSyntax', 'expected a JSON object');
  const kept: Record<string, unknown> = {};
  const core = [...commonAttributes, ...type.schema.attributes];
  for (const [key, value] of Object.entries(body)) {
    const extension = type.extensions.find(({ id }) => id.toLowerCase() === key.toLowerCase());
    const name = key.toLowerCase().startsWith(`${type.schema.id.toLowerCase()}:`)
      ? key.slice(type.schema.id.length + 1)
      : key;
    const known = findAttribute(core, name);
    if (extension === undefined && known === undefined) continue;
    const found =
      extension === undefined
        ? normaliseValue(known as Attribute, value)
        : normaliseObject(extension.attributes, value, extension.id);
    if (!found.ok) return found;
    if (found.value !== undefined) kept[extension?.id ?? (known as Attribute).name] = found.value;
  }
  return ok(kept);
}

/** Undefined: there is nothing. */
export function normaliseValue(attribute: Attribute, value: unknown): ScimAnswer<unknown> {
  if (value === null || value === undefined || attribute.mutability === 'readOnly') return ok(undefined);
  if (!attribute.multiValued) return normaliseSingle(attribute, value);
  // A single value of a multi-valued attribute is common, and there is only one thing that it can mean.
  const values = Array.isArray(value) ? value : [value];
  const kept: unknown[] = [];
  for (const one of values) {
    const found = normaliseSingle(attribute, one);
    if (!found.ok) return found;
    if (found.value !== undefined) kept.push(found.value);
  }
  return ok(kept);
}

function normaliseSingle(attribute: Attribute, value: unknown): ScimAnswer<unknown> {
  const { name, type, subAttributes } = attribute;
  if (value === null) return ok(undefined);
  if (type === 'complex') {
    const bare = typeof value === 'string' && subAttributes?.some((sub) => sub.name === 'value');
    return normaliseObject(subAttributes ?? [], bare ? { value } : value, name);
  }
  if (type === 'boolean') return normaliseBoolean(name, value);
  if (typeof value !== 'string') return scimError('invalidValue', `expected a string as \`${name}\``);
  if (value.length > maxText || value.includes('\0') || !value.isWellFormed()) {
    return scimError('invalidValue', `expected well-formed text of at most ${maxText} characters as \`${name}\``);
  }
  if (type !== 'dateTime') return ok(value);
  const instant = parseInstant(value);
  return instant === undefined
    ? scimError('invalidValue', `expected an instant with its zone as \`${name}\`, such as \`2027-06-30T00:00:00Z\``)
    : ok(isoOf(instant));
}

/** Some clients send the words as text. */
function normaliseBoolean(name: string, value: unknown): ScimAnswer<boolean> {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (word === true || word === 'true') return ok(true);
  if (word === false || word === 'false') return ok(false);
  return scimError('invalidValue', `expected \`true\` or \`false\` as \`${name}\``);
}

function normaliseObject(attributes: readonly Attribute[], value: unknown, name: string): ScimAnswer<unknown> {
  if (value === null || value === undefined) return ok(undefined);
  if (!isObject(value)) return scimError('invalidValue', `expected an object as \`${name}\``);
  const kept: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const known = findAttribute(attributes, key);
    if (known === undefined) continue;
    const found = normaliseValue(known, one);
    if (!found.ok) return found;
    if (found.value !== undefined) kept[known.name] = found.value;
  }
  return ok(kept);
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
