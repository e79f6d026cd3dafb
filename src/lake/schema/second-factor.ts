/** `secondFactor` of the lake file: whose logins, and which services', need more than a password. */
import { z } from 'zod';
import { strictly, visibleAscii } from './scalars.ts';
import { scope } from './scope.ts';

export const secondFactorSchema = strictly({
  everybody: z.boolean().optional().describe('Whether every login needs one. Default false.'),
  roles: z
    .array(z.enum(['admin', 'reader', 'embargo-manager', 'group-manager']))
    .optional()
    .describe('Accounts with one of these roles need one at every login; `group-manager`: who manages any group.'),
  clients: z.array(visibleAscii('a client id')).optional().describe('Logins to these clients need one.'),
  scopes: z
    .array(scope)
    .optional()
    .describe(
      'Logins for these scopes need one. A storage scope counts for logical paths at, below and above its own, and for actions that bring its own along: `storage.modify:/` is every writing of files that may replace others.',
    ),
});
