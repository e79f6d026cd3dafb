/** Endpoints of people who ask for accounts. */
import { z } from 'zod';
import { strictly, word } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';

const tag = 'Enrolments';
const params = strictly({ id: z.uuid('expected the id of an enrolment').describe('Id of the enrolment.') });

export const enrolmentAnswer = z.strictObject({
  id: anyText,
  state: z.enum(['pending', 'accepted', 'refused']),
  email: anyText,
  emailProved: z.boolean(),
  values: z.record(z.string(), anyText).describe('What was entered, by the names of the fields.'),
  note: anyText.nullable(),
  groups: z.array(anyText).describe('Paths of the groups asked for.'),
  upstream: z
    .strictObject({ name: anyText, issuer: anyText, subject: anyText })
    .nullable()
    .describe('Null: by the form.'),
  askedAt: utc,
  decidedAt: utc.nullable(),
  decidedBy: anyText.nullable().describe('Username; null: nobody had to, or not yet.'),
  reason: anyText.nullable(),
  accountId: anyText.nullable().describe('Of an acceptance.'),
});

export const acceptanceSchema = strictly({
  username: word('a username').optional().describe('Absent: made of what was entered.'),
  reason: reason.optional().describe('Why; kept in the audit log.'),
});

export const enrolmentRefusalSchema = strictly({ reason: reason.describe('Told to who asked, by mail.') });

const enrolment = { status: 200, description: 'The enrolment.', body: enrolmentAnswer } as const;

export const enrolmentContract = {
  listEnrolments: declare({
    method: 'GET',
    path: '/enrolments',
    tag,
    summary: 'List people who ask for accounts',
    description:
      'For administrators and readers; where managers decide, each manager sees those for groups that it manages alone.',
    scope: 'people:read',
    query: strictly({
      state: z.enum(['pending', 'accepted', 'refused']).optional().describe('Default `pending`.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, pending ones from the oldest on, others from the newest.',
      body: pageOf(enrolmentAnswer, 'The enrolments.'),
    },
    problems: [403],
  }),
  acceptEnrolment: declare({
    method: 'POST',
    path: '/enrolments/{id}/accept',
    tag,
    summary: 'Make the account',
    description: 'With its groups; a mail tells who asked. Of several decisions one counts.',
    scope: 'people:write',
    params,
    body: acceptanceSchema,
    answer: enrolment,
    problems: [409, 422],
  }),
  refuseEnrolment: declare({
    method: 'POST',
    path: '/enrolments/{id}/refuse',
    tag,
    summary: 'Refuse an account',
    scope: 'people:write',
    params,
    body: enrolmentRefusalSchema,
    answer: enrolment,
    problems: [409, 422],
  }),
};
