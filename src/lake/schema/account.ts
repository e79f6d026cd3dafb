/** An account of the lake file, with its memberships. */
import { z } from 'zod';
import { isPasswordHash } from '../../accounts/password.ts';
import { certificate, identity, sshKey } from './known-as.ts';
import { from, groupPath, instant, labels, path, strictly, text, until, visibleAscii, word } from './scalars.ts';

export const membershipSchema = strictly({
  path: groupPath.describe('The group.'),
  from,
  until,
});

/** A membership without bounds is written as the path alone. */
export const membership = z.union([groupPath, membershipSchema], {
  error: 'expected a group path, or an object with `path` and dates',
});

const roleName = z.enum(['admin', 'reader', 'embargo-manager']);

const managerRole = strictly({
  role: z.literal('embargo-manager').describe('The role that may be bound to paths.'),
  paths: z
    .array(path)
    .min(1, 'expected at least one path')
    .describe('Logical paths; the role counts for embargoes at or below them.'),
});

export const accountSchema = strictly({
  id: visibleAscii('an id').optional().describe('Becomes `sub` (W-CLM-1) and never changes; generated when absent.'),
  username: word('a username').describe('Name at login; `user:<username>` in grants and embargoes.'),
  name: text().optional().describe('Full name, for people.'),
  email: text(320).optional().describe('Mail address.'),
  kind: z
    .enum(['person', 'service'])
    .optional()
    .describe('`service`: a robot. Absent: unchanged, `person` for a new account.'),
  givenName: text().optional().describe('Given name. Absent: unchanged, as with the fields down to `labels`.'),
  familyName: text().optional().describe('Family name.'),
  affiliation: text().optional().describe('Home institution.'),
  emailVerifiedAt: instant.optional().describe('When it was proved that mail arrives.'),
  labels: labels.optional().describe('Names and values for administrators and scripts.'),
  password: z
    .string()
    .min(1, 'expected a password')
    .max(1024, 'expected a password of at most 1024 characters')
    .optional()
    .describe('Initial password, hashed with argon2id on the way in. A later change needs `--reset-secrets`.'),
  passwordHash: z
    .string()
    .refine(
      isPasswordHash,
      'expected an argon2id hash as PHC string, `$argon2id$v=19$m=…,t=…,p=…$…$…`, or bcrypt, `$2b$…`, of cost 14 at most',
    )
    .optional()
    .describe(
      'Initial password as an argon2id PHC string or a bcrypt hash, instead of `password`; bcrypt is replaced at the next login.',
    ),
  roles: z
    .array(
      z.union([roleName, managerRole], {
        error: 'expected `admin`, `reader`, `embargo-manager`, or `{ role: embargo-manager, paths: […] }`',
      }),
    )
    .optional()
    .describe('Roles in the administration of the issuer. `embargo-manager` alone counts everywhere.'),
  state: z.enum(['active', 'suspended']).optional().describe('Absent: unchanged, `active` for a new account.'),
  endsAt: instant.optional().describe('End of the account.'),
  groups: z.array(membership).optional().describe('Memberships: a group path, or an object with dates.'),
  manages: z
    .array(groupPath)
    .optional()
    .describe('Groups whose requests the account may approve, with all groups below.'),
  identities: z.array(identity).optional().describe('Subjects at upstream providers that the account logs in with.'),
  certificates: z.array(certificate).optional().describe('Certificates that services know the account by.'),
  sshKeys: z.array(sshKey).optional().describe('SSH keys that services know the account by; a line, or an object.'),
});
