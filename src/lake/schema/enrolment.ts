/** `enrolment` and `acceptableUse` of the lake file: how people get accounts, and what they have to agree to. */
import { z } from 'zod';
import { groupPath, instant, strictly, text, word } from './scalars.ts';

/** Text of several lines; an empty line begins a paragraph. */
export function paragraphs(most: number) {
  return z
    .string()
    .min(1, `expected a text of 1 to ${most} characters`)
    .max(most, `expected a text of 1 to ${most} characters`)
    .regex(/^(?:\P{Cc}|\n)*$/u, 'expected a text without control characters but line ends')
    .refine((value) => value.isWellFormed(), 'expected well-formed Unicode');
}

const days = (most: number) => z.int().min(1, `expected 1 to ${most} days`).max(most, `expected 1 to ${most} days`);

/** Fields of an account that a form fills; every other name is kept as a label of the account. */
export const accountFieldNames = ['name', 'givenName', 'familyName', 'affiliation', 'username'] as const;

const fieldSchema = strictly({
  name: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,39}$/, 'expected a name of letters, digits and `_-`')
    .refine((name) => name !== 'email' && name !== 'note', 'expected another name: the form has this field anyway')
    .describe(
      '`name`, `givenName`, `familyName`, `affiliation` or `username` (a wish); any other, such as `phone`, is kept as a label of the account.',
    ),
  title: text(100).optional().describe('What the form calls it. Default: by its name.'),
  hint: text(300).optional().describe('A sentence below the title.'),
  required: z.boolean().optional().describe('Default `false`.'),
});

const unique = (names: readonly string[]) => new Set(names).size === names.length;

export const enrolmentSchema = strictly({
  allow: z
    .enum(['nobody', 'upstream', 'anyone'])
    .optional()
    .describe('Who may ask for an account; `upstream`: who comes from an upstream provider. Default `nobody`.'),
  approval: z
    .enum(['none', 'administrators', 'managers'])
    .optional()
    .describe(
      'Who decides; `managers`: those of all the groups asked for, and administrators; `none`: whoever proves a mail address has an account. Default `administrators`.',
    ),
  confirmEmail: z.boolean().optional().describe('Whether the mail address has to be proved by a link. Default `true`.'),
  fields: z
    .array(fieldSchema)
    .max(20, 'expected at most 20 fields')
    .refine((fields) => unique(fields.map(({ name }) => name)), 'expected each field once')
    .optional()
    .describe(
      'What the form asks beside the mail address. Default: given and family name (required), affiliation, username.',
    ),
  note: z
    .enum(['required', 'optional', 'none'])
    .optional()
    .describe('Whether the form has a field for a note to those who decide. Default `optional`.'),
  groups: z
    .array(groupPath)
    .max(50, 'expected at most 50 groups')
    .refine(unique, 'expected each group once')
    .optional()
    .describe('Groups that may be asked for along with the account. Default: none.'),
  text: paragraphs(4000).optional().describe('What stands above the form; an empty line begins a paragraph.'),
}).refine(({ approval, confirmEmail }) => approval !== 'none' || confirmEmail !== false, {
  path: ['confirmEmail'],
  error: 'expected `true` where nobody approves: anybody could take an account with the address of another',
});

const versionSchema = strictly({
  name: word('a name', 64).describe('Name of the version, such as `2027-1`; a signature is for it.'),
  title: text(200).optional().describe('Title of the page.'),
  text: paragraphs(20_000).describe('The policy in plain text; an empty line begins a paragraph.'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an `https` URL' })
    .max(1000, 'expected at most 1000 characters')
    .optional()
    .describe('Where the whole document is.'),
  validFrom: instant.optional().describe('From when on it has to be agreed to. Absent: since ever.'),
  validDays: days(3650).optional().describe('A signature lasts so many days. Absent: until the next version.'),
});

export const acceptableUseSchema = strictly({
  versions: z
    .array(versionSchema)
    .min(1, 'expected at least one version')
    .max(100, 'expected at most 100 versions')
    .refine((versions) => unique(versions.map(({ name }) => name)), 'expected each version once')
    .refine(
      (versions) => unique(versions.map(({ validFrom }) => validFrom ?? '')),
      'expected one version to begin at an instant',
    )
    .describe('One is in force at a time: the one that began last.'),
  reminderDays: z
    .array(days(365))
    .max(5, 'expected at most 5 reminders')
    .optional()
    .describe('So many days before a signature ends, a mail reminds of it. Default 30 and 7.'),
});
