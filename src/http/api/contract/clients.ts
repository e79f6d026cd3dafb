/** Endpoints of clients that registered themselves: what an administrator lets them have (W-SEC-2). */
import { z } from 'zod';
import { strictly, visibleAscii } from '../../../lake/schema/scalars.ts';
import { scope } from '../../../lake/schema/scope.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, policyVersion, reason, utc } from '../schemas/common.ts';

const scopeList = z.array(scope).max(256, 'expected at most 256 scopes').default([]);

export const allowanceSchema = strictly({
  allow: scopeList.describe('Scopes that it may ask for from now on; storage scopes in logical paths.'),
  disallow: scopeList.describe('Scopes that it may ask for no more.'),
  optionalGroups: z
    .boolean()
    .optional()
    .describe('Whether a bare `wlcg.groups` lets it name optional groups. Absent: as it is.'),
  reason: reason.describe('Why; kept in the audit log.'),
});

export const registeredClientAnswer = z.strictObject({
  clientId: anyText,
  name: anyText.nullable(),
  state: z.enum(['active', 'suspended']),
  scopes: z.array(anyText),
  optionalGroups: z.boolean().describe('Whether a bare `wlcg.groups` lets it name optional groups.'),
  redirectUris: z.array(anyText),
  registeredAt: utc,
  registeredBy: anyText.nullable().describe('Username; null: nobody in particular, or the account has gone.'),
  usedOn: anyText.nullable().describe('Day of its last token in UTC; null: it had none.'),
});

export const allowedClient = z.strictObject({
  clientId: anyText,
  scopes: z.array(anyText).describe('All that it may ask for.'),
  optionalGroups: z.boolean(),
  policyVersion,
});

export const clientContract = {
  listRegisteredClients: declare({
    method: 'GET',
    path: '/registered-clients',
    tag: 'Clients',
    summary: 'List clients that registered themselves',
    scope: 'policy:read',
    query: strictly(pageParameters),
    answer: {
      status: 200,
      description: 'A piece of the list, by client id.',
      body: pageOf(registeredClientAnswer, 'The clients.'),
    },
    problems: [403],
  }),
  allowClient: declare({
    method: 'POST',
    path: '/registered-clients/{clientId}/allowance',
    tag: 'Clients',
    summary: 'Allow a registered client more or less',
    description: 'What is allowed here outlasts updates by the client itself. For administrators.',
    scope: 'policy:write',
    params: strictly({ clientId: visibleAscii('a client id').describe('As its registration was answered.') }),
    body: allowanceSchema,
    answer: { status: 200, description: 'What the client may ask for.', body: allowedClient },
    problems: [404, 422],
  }),
};
