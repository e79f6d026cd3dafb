/** Turns the issues of the schema library into faults in the project's own words. */
import type { z } from 'zod';
import type { LakeFault, LakePath } from './fault.ts';

/** Messages for what the schemas do not word themselves; handed to every `safeParse`. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing, expected ${article(issue.expected)}`
        : `expected ${article(issue.expected)}, got ${typeName(issue.input)}`;
    case 'invalid_value':
      return `expected ${choice(issue.values)}${gotValue(issue.input, issue.values)}`;
    case 'invalid_union':
      return `expected a text or an object as the reference says, got ${typeName(issue.input)}`;
    default:
      return undefined;
  }
}

/** One fault for each issue, and one for each unknown field. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], at: LakePath): LakeFault[] {
  return issues.flatMap((issue) => {
    const path = [...at, ...issue.path.map(part)];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], message: issue.message }));
    }
    return [{ path, message: issue.message }];
  });
}

function part(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key);
}

function choice(values: readonly unknown[]): string {
  const names = values.map((value) => `\`${String(value)}\``);
  return names.length === 1 ? names.join('') : `one of ${names.join(', ')}`;
}

function gotValue(input: unknown, values: readonly unknown[]): string {
  if (input === undefined) return ', but it is missing';
  // Written the same and still another value: `version: "1"`.
  if (typeof input !== 'object' && values.map(String).includes(String(input))) return `, got ${typeName(input)}`;
  const short = typeof input === 'string' && input.length <= 60;
  return short || typeof input === 'number' ? `, got \`${input}\`` : `, got ${typeName(input)}`;
}

function article(expected: string): string {
  const name = names[expected] ?? expected;
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

const names: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'integer',
  array: 'list',
  record: 'object',
  boolean: 'boolean (`true` or `false`)',
};

function typeName(input: unknown): string {
  if (input === undefined || input === null) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'number') return Number.isInteger(input) ? 'an integer' : 'a number';
  return typeof input === 'string' ? 'a text' : article(typeof input);
}
