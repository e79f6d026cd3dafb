/** Endpoints of groups, memberships and the requests for them. */
import { z } from 'zod';
import { groupPath, strictly, text, visibleAscii } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';
import { instantText } from '../schemas/parameters.ts';

const tag = 'Groups';
const id = z.uuid('expected the id of a group').describe('Id of the group; it stays when its path changes.');
const params = strictly({ id });
const memberParams = strictly({ id, account: visibleAscii('an id').describe('Id of the account.') });
const requestParams = strictly({ id: z.uuid('expected the id of a request').describe('Id of the request.') });
const written = { reason: reason.optional().describe('Why; kept in the audit log.') };

export const groupAnswer = z.strictObject({
  id: anyText,
  path: anyText.describe('`/vo/name` (WLCG profile, section 4.1).'),
  description: anyText.nullable(),
  isDefault: z.boolean().describe('Tokens name it whenever groups are asked for (W-GRP-3).'),
  labels: z.record(z.string(), anyText),
  createdAt: utc,
  updatedAt: utc,
});

export const groupMemberAnswer = z.strictObject({
  accountId: anyText,
  username: anyText,
  name: anyText.nullable(),
  from: utc.nullable().describe('Null: since ever.'),
  until: utc.nullable().describe('Null: without end.'),
  reason: anyText.nullable(),
});

export const endedMembership = z.strictObject({
  tokensOut: z.int().min(0).describe('Access tokens for embargoed paths that storages working offline still take.'),
  latestExpiry: utc.nullable().describe('When the last of them ends; null: none is out.'),
});

export const removedGroup = z.strictObject({ removed: anyText.describe('The id of what was there.') });

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

export const newGroupSchema = strictly({
  path: groupPath.describe('Below a group that exists.'),
  description: text(1000).nullable().optional().describe('One line.'),
  isDefault: z.boolean().optional().describe('Said by administrators.'),
  ...written,
});

export const movedGroupSchema = strictly({
  path: groupPath.describe('The new path; everything below moves along, and so do the rules that name the paths.'),
  ...written,
});

export const membershipSchema = strictly({
  from: instantText.nullable().optional().describe('Start; absent or null: at once.'),
  until: instantText.nullable().optional().describe('End; absent or null: without end.'),
  ...written,
});

export const requestRefusalSchema = strictly({ reason: reason.describe('Told to the member, by mail.') });

const group = { status: 200, description: 'The group.', body: groupAnswer } as const;
const request = { status: 200, description: 'The request.', body: groupRequestAnswer } as const;

export const groupContract = {
  listGroups: declare({
    method: 'GET',
    path: '/groups',
    tag,
    summary: 'List groups',
    description: 'The directory: members are listed apart.',
    scope: 'people:read',
    query: strictly({
      search: text(200).optional().describe('Any part of the path or the description, in any case.'),
      under: groupPath.optional().describe('Groups at or below this path.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'A piece of the list, by path.', body: pageOf(groupAnswer, 'The groups.') },
    problems: [403],
  }),
  createGroup: declare({
    method: 'POST',
    path: '/groups',
    tag,
    summary: 'Make a group',
    description: 'By administrators and managers of a group above.',
    scope: 'people:write',
    body: newGroupSchema,
    answer: { status: 201, description: 'The group.', body: groupAnswer, location: true },
    problems: [409, 422],
  }),
  getGroup: declare({
    method: 'GET',
    path: '/groups/{id}',
    tag,
    summary: 'Read a group',
    scope: 'people:read',
    params,
    answer: group,
    problems: [],
  }),
  moveGroup: declare({
    method: 'POST',
    path: '/groups/{id}/move',
    tag,
    summary: 'Rename or move a group',
    scope: 'people:write',
    params,
    body: movedGroupSchema,
    answer: group,
    problems: [409, 422],
  }),
  removeGroup: declare({
    method: 'DELETE',
    path: '/groups/{id}',
    tag,
    summary: 'Delete a group',
    description: 'Refused while groups are below it or rules name it.',
    scope: 'people:write',
    params,
    answer: { status: 200, description: 'It is gone.', body: removedGroup },
    problems: [409],
  }),
  listGroupMembers: declare({
    method: 'GET',
    path: '/groups/{id}/members',
    tag,
    summary: 'List the members of a group',
    description: 'For administrators, readers and managers.',
    scope: 'people:read',
    params,
    query: strictly({ search: text(200).optional().describe('Part of a username or name.'), ...pageParameters }),
    answer: {
      status: 200,
      description: 'A piece of the list, by username.',
      body: pageOf(groupMemberAnswer, 'The members.'),
    },
    problems: [403],
  }),
  setGroupMember: declare({
    method: 'PUT',
    path: '/groups/{id}/members/{account}',
    tag,
    summary: 'Add a member, or change its dates',
    scope: 'people:write',
    params: memberParams,
    body: membershipSchema,
    answer: { status: 200, description: 'The membership.', body: groupMemberAnswer },
    problems: [422],
  }),
  removeGroupMember: declare({
    method: 'DELETE',
    path: '/groups/{id}/members/{account}',
    tag,
    summary: 'End a membership',
    description: 'With what was issued on it; by managers, administrators and the member.',
    scope: 'people:write',
    params: memberParams,
    query: strictly({ reason: reason.optional().describe('Why; kept in the audit log.') }),
    answer: { status: 200, description: 'What is still out.', body: endedMembership },
    problems: [],
  }),
  listGroupRequests: declare({
    method: 'GET',
    path: '/group-requests',
    tag,
    summary: 'List requests for memberships',
    description: 'Administrators and readers see all, managers those for their groups.',
    scope: 'people:read',
    query: strictly({
      state: z
        .enum(['pending', 'approved', 'refused', 'withdrawn', 'expired'])
        .optional()
        .describe('Only requests in this state.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, newest first.',
      body: pageOf(groupRequestAnswer, 'The requests.'),
    },
    problems: [403],
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
};
