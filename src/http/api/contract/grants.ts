/** Endpoints of grants (policy-semantics 2 and 7). */
import { ruleId, strictly, subject } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { pageOf, reason } from '../schemas/common.ts';
import { logicalPath } from '../schemas/parameters.ts';
import {
  changedGrantSchema,
  grantHistoryEntry,
  newGrantSchema,
  removedGrant,
  versionedGrant,
  writtenGrant,
} from '../schemas/rules.ts';

const tag = 'Grants';
const params = strictly({ id: ruleId.describe('Name of the grant.') });

export const grantContract = {
  listGrants: declare({
    method: 'GET',
    path: '/grants',
    tag,
    summary: 'List grants',
    scope: 'policy:read',
    query: strictly({
      subject: subject.optional().describe('Grants of this subject.'),
      path: logicalPath.optional().describe('Grants at, above or below this path.'),
      embargo: ruleId.optional().describe('Grants that were written for the parties of this embargo.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'A piece of the list, by id.', body: pageOf(versionedGrant, 'The grants.') },
    problems: [],
  }),
  createGrant: declare({
    method: 'POST',
    path: '/grants',
    tag,
    summary: 'Make a grant',
    scope: 'policy:write',
    body: newGrantSchema,
    answer: { status: 201, description: 'The grant.', body: writtenGrant, etag: true, location: true },
    problems: [409, 422],
  }),
  getGrant: declare({
    method: 'GET',
    path: '/grants/{id}',
    tag,
    summary: 'Read a grant',
    scope: 'policy:read',
    params,
    answer: { status: 200, description: 'The grant.', body: versionedGrant, etag: true },
    problems: [],
  }),
  replaceGrant: declare({
    method: 'PUT',
    path: '/grants/{id}',
    tag,
    summary: 'Change a grant',
    description: 'What the body does not name is absent from then on.',
    scope: 'policy:write',
    params,
    body: changedGrantSchema,
    guarded: 'must',
    answer: { status: 200, description: 'The grant.', body: writtenGrant, etag: true },
    problems: [409, 422],
  }),
  removeGrant: declare({
    method: 'DELETE',
    path: '/grants/{id}',
    tag,
    summary: 'Remove a grant',
    description: 'Its history stays.',
    scope: 'policy:write',
    params,
    query: strictly({ reason: reason.optional().describe('Why; kept in the history.') }),
    guarded: 'must',
    answer: { status: 200, description: 'The grant that was removed.', body: removedGrant },
    problems: [409, 422],
  }),
  getGrantHistory: declare({
    method: 'GET',
    path: '/grants/{id}/history',
    tag,
    summary: 'Read the history of a grant',
    description: 'Every state that it had, who changed it, when and why; also of a grant that is gone.',
    scope: 'policy:read',
    params,
    query: strictly(pageParameters),
    answer: { status: 200, description: 'Oldest first.', body: pageOf(grantHistoryEntry, 'The entries.') },
    problems: [],
  }),
};
