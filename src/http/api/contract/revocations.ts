/** Endpoints of bulk revocation and of the audit log (issue: tokens as every lake service asks for them, section 4). */
import { z } from 'zod';
import { groupPath, instant, ruleId, strictly, text, visibleAscii, word } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';

/** Milliseconds since the epoch in the request as handlers see it. */
const issueTime = instant.transform((text) => Date.parse(text)).meta({ type: 'string', format: 'date-time' });

export const revocationSchema = strictly({
  client: visibleAscii('a client id')
    .optional()
    .describe('What was issued to this client, for it, or rests on a token of it.'),
  user: word('a username').optional().describe('What was issued to this account, whatever the client.'),
  group: groupPath
    .optional()
    .describe('What was issued to members of this group and of those below it, accounts and clients.'),
  embargo: ruleId.optional().describe('What may open something of the path of this embargo.'),
  issuedFrom: issueTime.optional().describe('What was issued at this instant or later.'),
  issuedBefore: issueTime.optional().describe('What was issued before this instant.'),
  reason: reason.describe('Why; kept in the audit log.'),
});

export const revocationAnswer = z.strictObject({
  at: utc,
  refreshChains: z.int().min(0).describe('Chains of refresh tokens that ended with this call.'),
  accessTokens: z
    .strictObject({
      count: z.int().min(0).describe('How many are out.'),
      lastExpiry: utc.nullable().describe('When the last of them ends; null: none is out.'),
    })
    .describe('Access tokens that verifiers which work offline take until they expire; introspection says inactive.'),
});

export const auditEntry = z.strictObject({
  id: anyText,
  at: utc,
  action: anyText,
  actor: anyText.describe(
    '`user:<username>`, `client:<clientId>`, `operator`, `system:<work>`, `database:<role>`; `account:<id>` for somebody who was removed.',
  ),
  address: anyText.nullable().describe('Network address; null: the command line, or not known.'),
  reason: anyText.nullable(),
  object: z
    .strictObject({ kind: anyText, id: anyText })
    .nullable()
    .describe('What it was done to, such as an account; null: nothing in particular.'),
  detail: z.record(z.string(), z.unknown()).describe('What only this action has.'),
});

export const revocationContract = {
  revokeTokens: declare({
    method: 'POST',
    path: '/revocations',
    tag: 'Revocation',
    summary: 'Revoke tokens in bulk',
    description: 'What is said counts together: only what meets all of it is revoked. At least one thing must be said.',
    scope: 'policy:write',
    body: revocationSchema,
    answer: { status: 200, description: 'What was revoked, and what is still out.', body: revocationAnswer },
    problems: [422],
  }),
  listAudit: declare({
    method: 'GET',
    path: '/audit',
    tag: 'Revocation',
    summary: 'Read the audit trail',
    description:
      'What administrators did, with the histories of grants, embargoes, exchange rules, keys and memberships. What is said counts together.',
    scope: 'policy:read',
    query: strictly({
      action: word('an action', 64)
        .optional()
        .describe(
          'Entries of this action, such as `tokens.revoked`; with a final dot every action of the object, such as `account.`.',
        ),
      actor: text(300).optional().describe('As entries name it.'),
      objectKind: word('a kind', 64)
        .optional()
        .describe(
          'Such as `account`, `group`, `client`, `grant`, `embargo`, `key`; accounts and groups with their memberships.',
        ),
      objectId: text(300).optional().describe('Id of the object.'),
      from: issueTime.optional().describe('First instant that counts.'),
      until: issueTime.optional().describe('First instant that counts no more.'),
      text: text(200)
        .optional()
        .describe(
          'Any part of what an entry says, in any case. Each answer looks through 25 000 entries; `next` goes on.',
        ),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'Newest first.', body: pageOf(auditEntry, 'The entries.') },
    problems: [403],
  }),
};
