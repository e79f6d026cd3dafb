/** PATCH (RFC 7644 section 3.5.2): operations applied to the JSON of a resource. */
import { ok } from '../shared/result.ts';
import { findAttribute, type Located, locate, type ResourceType } from './attribute.ts';
import { isObject, normaliseResource } from './normalise.ts';
import { type Operation, whole } from './patch-operations.ts';
import { applyToAttribute } from './patch-values.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { Json } from './represent.ts';

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
