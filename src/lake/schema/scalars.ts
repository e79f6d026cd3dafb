/** The small values that the lake file is made of: texts, paths, instants, subjects, intervals. Each describes itself for the JSON Schema. */
import { z } from 'zod';
import { parsePath } from '../../policy/path.ts';
import { actions, type Subject } from '../../policy/rule.ts';

/** An object whose unknown fields are faults that name the allowed ones. */
export function strictly<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const allowed = Object.keys(shape)
    .map((name) => `\`${name}\``)
    .join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `unknown field, expected one of ${allowed}` : undefined),
  });
}

/** PostgreSQL holds no NUL and no half of a surrogate pair; control characters have no place in names and logs. */
const printable = /^\P{Cc}*$/u;

/** Free text on one line. */
export function text(most = 1000) {
  return z
    .string()
    .min(1, `expected a text of 1 to ${most} characters`)
    .max(most, `expected a text of 1 to ${most} characters`)
    .regex(printable, 'expected a text without control characters')
    .refine((value) => value.isWellFormed(), 'expected well-formed Unicode');
}

/** A name without blanks, as in tokens and requests that are lists of names. */
export function word(what: string, most = 255) {
  return z
    .string()
    .regex(/^[^\s\p{C}]+$/u, `expected ${what} without blanks and control characters`)
    .max(most, `expected ${what} of at most ${most} characters`);
}

/** Visible ASCII without blanks (RFC 6749 Appendix A.1 allows blanks in client ids; scope and audience lists do not). */
export function visibleAscii(what: string, most = 255) {
  return z
    .string()
    .regex(/^[!-~]+$/, `expected ${what} of visible ASCII characters without blanks`)
    .max(most, `expected ${what} of at most ${most} characters`);
}

/** Canonical form of a path: repeated slashes collapsed, no trailing one. */
export const path = z.string().transform((value, context) => {
  const parsed = parsePath(value);
  if (parsed.ok) return parsed.value as string;
  context.issues.push({
    code: 'custom',
    input: value,
    message: `path \`${shorten(value)}\` not accepted, expected \`/\` and segments of letters, digits and \`-_.~=@,\`, up to 512 characters`,
  });
  return z.NEVER;
});

/** Longer values are cut in messages. */
export function shorten(value: string): string {
  return value.length > 80 ? `${value.slice(0, 77)}...` : value;
}

export const groupPath = z
  .string()
  .regex(
    /^(?:\/[a-zA-Z0-9][a-zA-Z0-9_.-]*)+$/,
    'expected a group path such as `/vo/name`, names of letters, digits and `_.-`',
  )
  .max(255, 'expected a group path of at most 255 characters');

/** An instant with its zone, kept as UTC text; a YAML timestamp is such a text. */
export const instant = z.iso
  .datetime({ offset: true, error: 'expected an instant with its zone, such as `2027-06-30T00:00:00Z`' })
  .refine(hasCommonYear, 'expected an instant of the years 1 to 9999 in UTC')
  .transform(normalInstant);

/** PostgreSQL takes no other year as JavaScript writes it. What is no instant at all has its own fault. */
function hasCommonYear(value: string): boolean {
  const year = new Date(value).getUTCFullYear();
  return Number.isNaN(year) || (year >= 1 && year <= 9999);
}

/** UTC, fractions of a second only when there are any. */
export function normalInstant(value: string): string {
  return new Date(value).toISOString().replace('.000Z', 'Z');
}

const subjectPattern = /^(?:user:[^\s\p{C}]{1,255}|group:(?:\/[a-zA-Z0-9][a-zA-Z0-9_.-]*)+|client:[^\s\p{C}]{1,255})$/u;

export const subject = z
  .string()
  .regex(subjectPattern, 'expected `user:<username>`, `group:<path>` or `client:<clientId>`')
  .transform((value) => value as Subject);

export const action = z.enum(actions);

const mostLabels = 100;

/** Names and values of an operator's own choice, on accounts and groups; INDIGO's prefixed ones are `prefix/name`. */
export const labels = z
  .record(
    z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._/:-]{0,319}$/, 'expected names of letters, digits and `._/:-`'),
    z
      .string()
      .max(1000, 'expected values of at most 1000 characters')
      .regex(printable, 'expected values without control characters')
      .refine((value) => value.isWellFormed(), 'expected well-formed Unicode'),
  )
  .refine((all) => Object.keys(all).length <= mostLabels, `expected at most ${mostLabels} labels`);

/** At least one action. */
export const actionList = z.array(action).min(1, 'expected at least one action');

export const from = instant.optional().describe('First instant at which it counts. Absent: since ever.');

export const until = instant
  .optional()
  .describe('First instant at which it counts no more (half-open interval). Absent: without end.');

/** An identifier of an operator's own choice. */
export const ruleId = word('an id', 128);
