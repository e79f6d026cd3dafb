/** Endpoints of groups and memberships. */
import { z } from 'zod';
import { groupPath, labels, strictly, text, visibleAscii } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';
import { instantText } from '../schemas/parameters.ts';

const tag = 'Groups';
const id = z.uuid('expected the id of a group').describe('Id of the group; it stays when its path changes.');
export const groupParams = strictly({ id });
const memberParams = strictly({ id, account: visibleAscii('an id').describe('Id of the account.') });
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

export const newGroupSchema = strictly({
  path: groupPath.describe('Below a group that exists.'),
  description: text(1000).nullable().optional().describe('One line.'),
  isDefault: z.boolean().optional().describe('Said by administrators.'),
  ...written,
});

export const changedGroupSchema = strictly({
  description: text(1000).nullable().optional().describe('One line; null takes it away.'),
  isDefault: z.boolean().optional().describe('Said by administrators.'),
  labels: labels.optional().describe('All of them: what is not named is taken away.'),
  ...written,
});

export const groupManagersSchema = strictly({
  managers: z
    .array(visibleAscii('a username'))
    .max(1000)
    .describe('Usernames of all; those not named manage it no more.'),
  ...written,
});

export const groupManagersAnswer = z.strictObject({
  managers: z.array(anyText).describe('Usernames of those who manage this very group; it may have others above.'),
});

export const groupMoveAnswer = z.strictObject({
  groups: z
    .array(z.strictObject({ from: anyText, to: anyText }))
    .describe('Old and new path of the group and of those below it, at most a hundred.'),
  groupCount: z.int().min(0).describe('How many they are.'),
  rules: z.array(anyText).describe('Rules and clients that name the paths and follow, such as `grant members-read`.'),
});

export const membershipChangeAnswer = z.strictObject({
  groupPath: anyText.describe('As it was then.'),
  accountId: anyText,
  change: z.enum(['added', 'changed', 'removed', 'ended']),
  from: utc.nullable(),
  until: utc.nullable(),
  at: utc,
  actor: anyText.describe('`user:<username>`, `client:<id>` or `system`.'),
  reason: anyText.nullable(),
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

const group = { status: 200, description: 'The group.', body: groupAnswer } as const;

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
    params: groupParams,
    answer: group,
    problems: [],
  }),
  changeGroup: declare({
    method: 'PATCH',
    path: '/groups/{id}',
    tag,
    summary: 'Change the description or the labels of a group',
    description: 'By its managers and administrators; fields that are absent stay.',
    scope: 'people:write',
    params: groupParams,
    body: changedGroupSchema,
    answer: group,
    problems: [422],
  }),
  previewGroupMove: declare({
    method: 'GET',
    path: '/groups/{id}/move',
    tag,
    summary: 'Ask what a move would change',
    description: 'Refused as the move would be.',
    scope: 'people:read',
    params: groupParams,
    query: strictly({ path: groupPath.describe('The new path.') }),
    answer: { status: 200, description: 'What would follow.', body: groupMoveAnswer },
    problems: [403, 409, 422],
  }),
  moveGroup: declare({
    method: 'POST',
    path: '/groups/{id}/move',
    tag,
    summary: 'Rename or move a group',
    scope: 'people:write',
    params: groupParams,
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
    params: groupParams,
    answer: { status: 200, description: 'It is gone.', body: removedGroup },
    problems: [409],
  }),
  getGroupManagers: declare({
    method: 'GET',
    path: '/groups/{id}/managers',
    tag,
    summary: 'Read who manages a group',
    description: 'For administrators, readers and managers.',
    scope: 'people:read',
    params: groupParams,
    answer: { status: 200, description: 'The managers.', body: groupManagersAnswer },
    problems: [403],
  }),
  setGroupManagers: declare({
    method: 'PUT',
    path: '/groups/{id}/managers',
    tag,
    summary: 'Say who manages a group',
    scope: 'people:write',
    params: groupParams,
    body: groupManagersSchema,
    answer: { status: 200, description: 'The managers.', body: groupManagersAnswer },
    problems: [422],
  }),
  listMembershipChanges: declare({
    method: 'GET',
    path: '/groups/{id}/history',
    tag,
    summary: 'List who came to a group and left it',
    description: 'For administrators, readers and managers.',
    scope: 'people:read',
    params: groupParams,
    query: strictly({ ...pageParameters }),
    answer: {
      status: 200,
      description: 'A piece of the list, newest first.',
      body: pageOf(membershipChangeAnswer, 'The changes.'),
    },
    problems: [403],
  }),
  listGroupMembers: declare({
    method: 'GET',
    path: '/groups/{id}/members',
    tag,
    summary: 'List the members of a group',
    description: 'For administrators, readers and managers.',
    scope: 'people:read',
    params: groupParams,
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
};
