/** Accounts as requests and answers of the API write them. */
import { z } from 'zod';
import { instant, labels, path, strictly, text, visibleAscii, word } from '../../../lake/schema/scalars.ts';
import { anyText, reason, utc } from './common.ts';

const roles = z.enum(['admin', 'reader', 'embargo-manager']);
const kind = z.enum(['person', 'service']).describe('`service`: a robot with owners.');

/** Milliseconds since the epoch in the request as handlers see it. */
const instantOrNull = instant
  .transform((value) => Date.parse(value))
  .nullable()
  .meta({ type: ['string', 'null'], format: 'date-time' });

export const accountSummary = z.strictObject({
  id: anyText.describe('The `sub` of tokens; never changes.'),
  username: anyText,
  name: anyText.nullable(),
  email: anyText.nullable(),
  kind,
  state: z.enum(['active', 'suspended']),
  endsAt: utc.nullable().describe('End of the account; null: without end.'),
  roles: z.array(roles),
  createdAt: utc,
  lastLoginAt: utc.nullable(),
});

export const accountAnswer = z.strictObject({
  ...accountSummary.shape,
  givenName: anyText.nullable(),
  familyName: anyText.nullable(),
  affiliation: anyText.nullable().describe('Home institution.'),
  emailVerifiedAt: utc.nullable().describe('When it was proved that mail arrives.'),
  labels: z.record(z.string(), z.string()),
  embargoPaths: z
    .array(anyText)
    .nullable()
    .describe('Where the role `embargo-manager` counts, in logical paths; null: everywhere.'),
  suspendedAt: utc.nullable(),
  suspendedBecause: anyText.nullable(),
  owners: z.array(anyText).describe('Usernames of the owners of a service account.'),
  memberships: z
    .array(z.strictObject({ group: anyText, from: utc.nullable(), until: utc.nullable() }))
    .describe('Groups with the interval of each membership.'),
  updatedAt: utc.describe('Last change of the account itself, not of its memberships.'),
});

const fields = {
  name: text().nullable().optional().describe('Full name.'),
  givenName: text().nullable().optional(),
  familyName: text().nullable().optional(),
  email: text(320).nullable().optional().describe('Mail address.'),
  emailVerified: z
    .boolean()
    .optional()
    .describe('Whether it is proved that mail arrives. Another address is not, unless said.'),
  affiliation: text().nullable().optional().describe('Home institution.'),
  labels: labels.optional().describe('All labels; those that are not named are gone.'),
  roles: z.array(roles).max(3, 'expected each role once').optional(),
  embargoPaths: z
    .array(path)
    .min(1, 'expected at least one path')
    .nullable()
    .optional()
    .describe('Where the role `embargo-manager` counts; null: everywhere.'),
  endsAt: instantOrNull.optional().describe('End of the account; null: without end.'),
};

const why = reason.optional().describe('Why; kept in the audit log.');

export const newAccountSchema = strictly({
  id: visibleAscii('an id').optional().describe('The `sub` of tokens; generated when absent.'),
  username: word('a username'),
  kind: kind.optional(),
  ...fields,
  owners: z.array(word('a username')).max(50, 'expected at most 50 owners').optional(),
  reason: why,
});

export const changedAccountSchema = strictly({ username: word('a username').optional(), ...fields, reason: why });

export const accountStepSchema = strictly({ reason: reason.describe('Why; kept in the audit log.') });

export const mergeSchema = strictly({
  duplicate: visibleAscii('an id').describe('Id of the account that is removed.'),
  reason: reason.describe('Why; kept in the audit log.'),
});

export const ownersSchema = strictly({
  owners: z.array(word('a username')).max(50, 'expected at most 50 owners').describe('Usernames; all of them.'),
  reason: why,
});
