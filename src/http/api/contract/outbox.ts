/** Endpoints of mails on their way. */
import { z } from 'zod';
import { strictly, text } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';

const tag = 'Outbox';

export const mailAnswer = z
  .strictObject({
    id: anyText,
    recipient: anyText,
    kind: anyText,
    state: z.enum(['waiting', 'sent', 'failed']),
    writtenAt: utc,
    attempts: z.int(),
    nextAttemptAt: utc.nullable(),
    error: anyText.nullable().describe('Of the last attempt.'),
    settledAt: utc.nullable(),
  })
  .describe('A mail; never what it says.');

export const mailStepSchema = strictly({ reason: reason.optional().describe('Why; kept in the audit log.') });

export const outboxContract = {
  listMails: declare({
    method: 'GET',
    path: '/outbox',
    tag,
    summary: 'List mails',
    description: 'For administrators and readers; from the newest on.',
    scope: 'people:read',
    query: strictly({
      state: z.enum(['waiting', 'sent', 'failed']).optional().describe('Absent: all.'),
      search: text(200).optional().describe('Beginning of the recipient, in any case.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'A piece of the list.', body: pageOf(mailAnswer, 'The mails.') },
    problems: [403],
  }),
  retryMail: declare({
    method: 'POST',
    path: '/outbox/{id}/retry',
    tag,
    summary: 'Try a waiting mail now',
    scope: 'people:write',
    params: strictly({
      id: z
        .string()
        .regex(/^[1-9]\d{0,17}$/, 'expected the id of a mail')
        .describe('As the list names it.'),
    }),
    body: mailStepSchema,
    answer: { status: 200, description: 'The mail.', body: mailAnswer },
    problems: [409],
  }),
};
