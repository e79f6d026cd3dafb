/** Endpoints of requests for memberships and of invitations to them. */
import { z } from 'zod';
import { strictly, text } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';
import { instantText } from '../schemas/parameters.ts';
import { groupParams, membershipSchema } from './groups.ts';

const tag = 'Groups';
const requestParams = strictly({ id: z.uuid('expected the id of a request').describe('Id of the request.') });
const invitationParams = strictly({ id: z.uuid('expected the id of an invitation').describe('Id of the invitation.') });
const groupId = z.uuid('expected the id of a group');

export const groupRequestAnswer = z.strictObject({
  id: anyText,
  accountId: anyText,
  username: anyText,
  groupId: anyText,
  groupPath: anyText,
  kind: z.enum(['join', 'renewal']),
  note: anyText.nullable(),
  state: z.enum(['pending', 'approved', 'refused', 'withdrawn', 'expired']),
  createdAt: utc,
  expiresAt: utc.describe('Nobody decides it until then: it expires.'),
  decidedAt: utc.nullable(),
  decidedBy: anyText.nullable(),
  answer: anyText.nullable().describe('What the member was told.'),
});

export const requestRefusalSchema = strictly({ reason: reason.describe('Told to the member, by mail.') });

export const newGroupRequestSchema = strictly({
  group: groupId.describe('Id of the group.'),
  note: text(1000).nullable().optional().describe('For its managers; one line.'),
});

export const invitationAnswer = z.strictObject({
  id: anyText,
  groupId: anyText,
  groupPath: anyText,
  email: anyText.nullable().describe('Where the link was sent; null: it was handed out.'),
  uses: z.int().min(1),
  used: z.int().min(0),
  until: utc.nullable().describe('End of the memberships; null: without end.'),
  createdBy: anyText,
  createdAt: utc,
  expiresAt: utc,
});

export const newInvitationSchema = strictly({
  email: text(320).nullable().optional().describe('Where the link is sent; absent: it is in the answer alone.'),
  uses: z.int().min(1).max(10_000).optional().describe('How many may accept it; 1 for a mail address, and if absent.'),
  until: instantText.nullable().optional().describe('End of the memberships; absent: without end.'),
  expiresAt: instantText.describe('End of the invitation, within a year.'),
});

export const createdInvitation = z.strictObject({
  id: anyText,
  link: z.url().describe('What makes whoever opens it and agrees a member; it is shown once.'),
});

export const revokedInvitation = z.strictObject({ revoked: anyText.describe('Its id.') });

const request = { status: 200, description: 'The request.', body: groupRequestAnswer } as const;

export const groupRequestContract = {
  listGroupRequests: declare({
    method: 'GET',
    path: '/group-requests',
    tag,
    summary: 'List requests for memberships',
    description: 'Administrators and readers see all, managers those for their groups; with `own` everybody their own.',
    scope: 'people:read',
    query: strictly({
      state: z
        .enum(['pending', 'approved', 'refused', 'withdrawn', 'expired'])
        .optional()
        .describe('Only requests in this state.'),
      own: z.enum(['true']).optional().describe('Only what the caller asked for.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, newest first.',
      body: pageOf(groupRequestAnswer, 'The requests.'),
    },
    problems: [403],
  }),
  askForGroup: declare({
    method: 'POST',
    path: '/group-requests',
    tag,
    summary: 'Ask for a membership',
    description: 'For oneself, or for more time in a group; its managers are told by mail.',
    scope: 'people:write',
    body: newGroupRequestSchema,
    answer: { status: 201, description: 'The request.', body: groupRequestAnswer, location: true },
    problems: [409, 422],
  }),
  getGroupRequest: declare({
    method: 'GET',
    path: '/group-requests/{id}',
    tag,
    summary: 'Read a request',
    scope: 'people:read',
    params: requestParams,
    answer: request,
    problems: [],
  }),
  withdrawGroupRequest: declare({
    method: 'DELETE',
    path: '/group-requests/{id}',
    tag,
    summary: 'Take back what one asked for',
    scope: 'people:write',
    params: requestParams,
    answer: request,
    problems: [409],
  }),
  approveGroupRequest: declare({
    method: 'POST',
    path: '/group-requests/{id}/approve',
    tag,
    summary: 'Accept a request',
    description: 'Of several decisions one counts.',
    scope: 'people:write',
    params: requestParams,
    body: membershipSchema,
    answer: request,
    problems: [409, 422],
  }),
  refuseGroupRequest: declare({
    method: 'POST',
    path: '/group-requests/{id}/refuse',
    tag,
    summary: 'Refuse a request',
    scope: 'people:write',
    params: requestParams,
    body: requestRefusalSchema,
    answer: request,
    problems: [409, 422],
  }),
  createInvitation: declare({
    method: 'POST',
    path: '/groups/{id}/invitations',
    tag,
    summary: 'Invite to a group',
    description: 'By its managers and administrators; it ends when who made it manages the group no more.',
    scope: 'people:write',
    params: groupParams,
    body: newInvitationSchema,
    answer: { status: 201, description: 'The link.', body: createdInvitation },
    problems: [422],
  }),
  listInvitations: declare({
    method: 'GET',
    path: '/group-invitations',
    tag,
    summary: 'List invitations that can be accepted',
    description: 'Administrators and readers see all, managers those to their groups.',
    scope: 'people:read',
    query: strictly({ group: groupId.optional().describe('Only those to this group.'), ...pageParameters }),
    answer: { status: 200, description: 'A piece of the list.', body: pageOf(invitationAnswer, 'The invitations.') },
    problems: [403],
  }),
  revokeInvitation: declare({
    method: 'DELETE',
    path: '/group-invitations/{id}',
    tag,
    summary: 'Take an invitation back',
    description: 'Its link is worth nothing from now on; who accepted it stays a member.',
    scope: 'people:write',
    params: invitationParams,
    answer: { status: 200, description: 'It is taken back.', body: revokedInvitation },
    problems: [],
  }),
};
