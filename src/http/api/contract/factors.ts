/** Endpoints of second factors: administrators see what an account has, and remove it when everything was lost. */
import { z } from 'zod';
import { strictly, visibleAscii } from '../../../lake/schema/scalars.ts';
import { declare } from '../declaration.ts';
import { anyText, reason, utc } from '../schemas/common.ts';

const tag = 'Accounts';
const params = strictly({ id: visibleAscii('an id').describe('Id of the account, the `sub` of its tokens.') });

export const factorsAnswer = z.strictObject({
  passkeys: z
    .array(
      z.strictObject({
        name: anyText.describe('Of the choice of whom it belongs to.'),
        synced: z.boolean().describe('Whether it may be copied between devices.'),
        createdAt: utc,
        lastUsedAt: utc.nullable(),
      }),
    )
    .describe('Passkeys, the oldest first.'),
  oneTimeCode: z
    .strictObject({ createdAt: utc, lastUsedAt: utc.nullable() })
    .nullable()
    .describe('Codes of an authenticator app; null: not set up.'),
  recoveryCodesLeft: z.int().min(0).describe('How many recovery codes have not been used.'),
});

export const factorContract = {
  getFactors: declare({
    method: 'GET',
    path: '/accounts/{id}/factors',
    tag,
    summary: 'Read which second factors an account has',
    description: 'For administrators, readers and oneself. Never a secret.',
    scope: 'people:read',
    params,
    answer: { status: 200, description: 'The factors.', body: factorsAnswer },
    problems: [],
  }),
  removeFactors: declare({
    method: 'DELETE',
    path: '/accounts/{id}/factors',
    tag,
    summary: 'Remove every second factor of an account',
    description:
      'For somebody who lost them all; make sure who asks. The account is told by mail. Refused when passkeys are its only way to sign in.',
    scope: 'people:write',
    params,
    query: strictly({ reason: reason.optional().describe('Why; kept in the audit log.') }),
    answer: { status: 200, description: 'What is left: none.', body: factorsAnswer },
    problems: [403, 409],
  }),
};
