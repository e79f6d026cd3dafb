/** Endpoints of accounts. */
import { z } from 'zod';
import { strictly, text, visibleAscii } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason } from '../schemas/common.ts';
import { instantText } from '../schemas/parameters.ts';
import {
  accountAnswer,
  accountStepSchema,
  accountSummary,
  changedAccountSchema,
  mergeSchema,
  newAccountSchema,
  ownersSchema,
} from '../schemas/people.ts';

const tag = 'Accounts';
const params = strictly({ id: visibleAscii('an id').describe('Id of the account, the `sub` of its tokens.') });
const account = { status: 200, description: 'The account.', body: accountAnswer, etag: true } as const;

export const removedAccount = z.strictObject({ removed: anyText.describe('The id, which is all that is left.') });
export const exportedAccount = z.record(z.string(), z.unknown());

export const accountContract = {
  listAccounts: declare({
    method: 'GET',
    path: '/accounts',
    tag,
    summary: 'List accounts',
    description: 'For administrators and readers.',
    scope: 'people:read',
    query: strictly({
      search: text(200)
        .optional()
        .describe(
          'Beginnings of the username, of words of the name or of the mail address, in any case; all words have to be found.',
        ),
      username: text(255).optional().describe('Exactly this username.'),
      state: z.enum(['active', 'suspended']).optional().describe('Only these.'),
      kind: z.enum(['person', 'service']).optional().describe('People, or accounts of services.'),
      role: z.enum(['admin', 'reader', 'embargo-manager']).optional().describe('Accounts that hold this role.'),
      ownerless: z.enum(['true']).optional().describe('Service accounts that nobody owns.'),
      endsBefore: instantText.optional().describe('Accounts that end before this instant.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, by username.',
      body: pageOf(accountSummary, 'The accounts.'),
    },
    problems: [403],
  }),
  createAccount: declare({
    method: 'POST',
    path: '/accounts',
    tag,
    summary: 'Make an account',
    description: 'Without a password: the person sets one by a link, or logs in through an upstream provider.',
    scope: 'people:write',
    body: newAccountSchema,
    answer: { status: 201, description: 'The account.', body: accountAnswer, etag: true, location: true },
    problems: [409, 422],
  }),
  getAccount: declare({
    method: 'GET',
    path: '/accounts/{id}',
    tag,
    summary: 'Read an account',
    description: 'Administrators and readers read all, owners their service accounts, everybody oneself.',
    scope: 'people:read',
    params,
    answer: account,
    problems: [],
  }),
  changeAccount: declare({
    method: 'PATCH',
    path: '/accounts/{id}',
    tag,
    summary: 'Change an account',
    description:
      'What the body does not name stays as it is. Owners may change name, mail address and affiliation of a service account.',
    scope: 'people:write',
    params,
    body: changedAccountSchema,
    guarded: 'may',
    answer: account,
    problems: [409, 412, 422],
  }),
  removeAccount: declare({
    method: 'DELETE',
    path: '/accounts/{id}',
    tag,
    summary: 'Remove an account',
    description:
      'Revokes everything that was issued, and erases all but the id in logs and histories. Neither id nor username comes back.',
    scope: 'people:write',
    params,
    query: strictly({ reason: reason.optional().describe('Why; kept in the audit log.') }),
    guarded: 'may',
    answer: { status: 200, description: 'What is left.', body: removedAccount },
    problems: [409, 412],
  }),
  suspendAccount: declare({
    method: 'POST',
    path: '/accounts/{id}/suspend',
    tag,
    summary: 'Suspend an account',
    description:
      'Ends its sessions, refresh chains and consents at once; its access tokens are inactive at introspection.',
    scope: 'people:write',
    params,
    body: accountStepSchema,
    answer: account,
    problems: [409],
  }),
  restoreAccount: declare({
    method: 'POST',
    path: '/accounts/{id}/restore',
    tag,
    summary: 'Restore a suspended account',
    description: 'What was revoked stays so.',
    scope: 'people:write',
    params,
    body: accountStepSchema,
    answer: account,
    problems: [409],
  }),
  mergeAccounts: declare({
    method: 'POST',
    path: '/accounts/{id}/merge',
    tag,
    summary: 'Merge a duplicate into this account',
    description:
      'Memberships, managements, consents, owned clients and service accounts move here; then the duplicate is removed.',
    scope: 'people:write',
    params,
    body: mergeSchema,
    answer: account,
    problems: [409, 422],
  }),
  exportAccount: declare({
    method: 'GET',
    path: '/accounts/{id}/export',
    tag,
    summary: 'Export what is kept of an account',
    description: 'GDPR articles 15 and 20; for administrators, readers, owners and oneself.',
    scope: 'people:read',
    params,
    answer: { status: 200, description: 'Everything but secrets.', body: exportedAccount },
    problems: [],
  }),
  setAccountOwners: declare({
    method: 'PUT',
    path: '/accounts/{id}/owners',
    tag,
    summary: 'Say who owns a service account',
    scope: 'people:write',
    params,
    body: ownersSchema,
    answer: account,
    problems: [409, 422],
  }),
};
