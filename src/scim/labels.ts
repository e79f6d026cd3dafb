/** Labels of accounts and groups as INDIGO's scripts write and read them. */
import { ok } from '../shared/result.ts';
import { type ScimAnswer, scimError } from './problem.ts';

/** A label as JSON has it. */
type Label = Readonly<Record<string, unknown>>;

/** INDIGO's labels have a prefix of their own; here it is what stands before the last slash of the name. */
export function representLabels(labels: Readonly<Record<string, string>>): readonly Label[] {
  return Object.entries(labels).map(([key, value]) => {
    const slash = key.lastIndexOf('/');
    return { ...(slash > 0 && { prefix: key.slice(0, slash) }), name: key.slice(slash + 1), value };
  });
}

export function readLabels(labels: readonly Label[]): ScimAnswer<Readonly<Record<string, string>>> {
  const keys = labels.map(labelKeyOf);
  if (keys.includes(undefined)) return scimError('invalidValue', 'expected a `name` in each of `labels`');
  return ok(Object.fromEntries(labels.map(({ value = '' }, index) => [keys[index], value])));
}

/** INDIGO's prefix is what stands before the last slash of a name. Undefined without a name. */
export function labelKeyOf({ prefix, name }: Label): string | undefined {
  if (typeof name !== 'string' || name === '' || name === '__proto__') return undefined;
  return typeof prefix === 'string' && prefix !== '' ? `${prefix}/${name}` : name;
}
