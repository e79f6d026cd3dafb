/** The feed of changes, for scripts that keep a copy of accounts, groups and memberships. */
import { z } from 'zod';
import { strictly } from '../../../lake/schema/scalars.ts';
import { defaultLimit, pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, utc } from '../schemas/common.ts';
import { accountAnswer } from '../schemas/people.ts';

const { memberships: _memberships, owners: _owners, lastLoginAt: _login, ...accountFields } = accountAnswer.shape;

const change = z
  .enum(['created', 'changed', 'removed', 'ended'])
  .describe('What happened then; `present` says what is true now.');

export const accountChange = z.strictObject({
  kind: z.literal('account'),
  change,
  at: utc,
  id: anyText,
  present: z.strictObject(accountFields).nullable().describe('Null: it is gone.'),
});

export const groupChange = z.strictObject({
  kind: z.literal('group'),
  change,
  at: utc,
  id: anyText,
  present: z
    .strictObject({
      id: anyText,
      path: anyText,
      description: anyText.nullable(),
      default: z.boolean(),
      labels: z.record(z.string(), z.string()),
    })
    .nullable()
    .describe('Null: it is gone.'),
});

export const membershipChange = z.strictObject({
  kind: z.literal('membership'),
  change,
  at: utc,
  account: anyText.describe('Id of the account.'),
  group: anyText.describe('Id of the group.'),
  present: z.strictObject({ from: utc.nullable(), until: utc.nullable() }).nullable().describe('Null: it is gone.'),
});

export const changesAnswer = z.strictObject({
  items: z.array(z.discriminatedUnion('kind', [accountChange, groupChange, membershipChange])),
  since: anyText.describe('For the next call, also when nothing came.'),
  more: z.boolean().describe('Whether the next call has something at once.'),
});

export const changeContract = {
  listChanges: declare({
    method: 'GET',
    path: '/changes',
    tag: 'Accounts',
    summary: 'Read what changed',
    description:
      'Entries of accounts, groups and memberships in the order of their transactions; nothing ever appears before a cursor that was given out. Each entry has what is there now. Without `since` everything that is there comes, and can be taken as the first copy. A removal is told for 90 days; a `since` from before that answers 409.',
    scope: 'people:read',
    query: strictly({
      since: z
        .string()
        .max(200, 'expected a cursor of this feed')
        .regex(/^[0-9a-f.-]+$/, 'expected a cursor of this feed')
        .optional()
        .describe('`since` of the answer before. Absent: from the beginning.'),
      limit: pageParameters.limit.describe(`Entries of one answer. Default ${defaultLimit}.`),
    }),
    answer: { status: 200, description: 'A piece of the feed.', body: changesAnswer },
    problems: [403, 409, 422],
  }),
};
