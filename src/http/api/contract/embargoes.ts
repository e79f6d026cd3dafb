/** Endpoints of embargoes and their life cycle (policy-semantics 7). */
import { z } from 'zod';
import { ruleId, strictly, subject } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { type Declaration, declare } from '../declaration.ts';
import { pageOf, reason } from '../schemas/common.ts';
import { logicalPath } from '../schemas/parameters.ts';
import {
  changedEmbargoSchema,
  embargoHistoryEntry,
  exemptionSchema,
  extensionSchema,
  newEmbargoSchema,
  newPartySchema,
  releaseSchema,
  stepSchema,
  versionedEmbargo,
  writtenEmbargo,
} from '../schemas/rules.ts';

const tag = 'Embargoes';
const id = ruleId.describe('Name of the embargo.');
const params = strictly({ id });
const answer = { status: 200, description: 'The embargo.', body: writtenEmbargo, etag: true } as const;

/** A step of the life cycle: POST to a name below the embargo. */
function step<const Path extends `/${string}`, Body extends z.ZodType>(
  path: Path,
  body: Body,
  texts: Pick<Declaration, 'summary' | 'description'>,
) {
  return declare({
    method: 'POST',
    path: `/embargoes/{id}${path}`,
    tag,
    ...texts,
    scope: 'policy:write',
    params,
    body,
    guarded: 'must',
    answer,
    problems: [409, 422],
  });
}

export const embargoContract = {
  listEmbargoes: declare({
    method: 'GET',
    path: '/embargoes',
    tag,
    summary: 'List embargoes',
    description: 'Those that the caller may see: all, those of its paths, or those to which it is a party.',
    scope: 'policy:read',
    query: strictly({
      path: logicalPath.optional().describe('Embargoes at, above or below this path.'),
      state: z.enum(['draft', 'active', 'released', 'withdrawn']).optional().describe('As it was set.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, by id.',
      body: pageOf(versionedEmbargo, 'The embargoes.'),
    },
    problems: [],
  }),
  createEmbargo: declare({
    method: 'POST',
    path: '/embargoes',
    tag,
    summary: 'Make an embargo',
    description:
      'Once it is active, grants for its parties are written with it. To close data that are open now, `from` lies far enough ahead, or `retroactive` is true: the answer then says which tokens are out.',
    scope: 'policy:write',
    body: newEmbargoSchema,
    answer: { ...answer, status: 201, location: true },
    problems: [409, 422],
  }),
  getEmbargo: declare({
    method: 'GET',
    path: '/embargoes/{id}',
    tag,
    summary: 'Read an embargo',
    scope: 'policy:read',
    params,
    answer: { status: 200, description: 'The embargo.', body: versionedEmbargo, etag: true },
    problems: [],
  }),
  replaceEmbargo: declare({
    method: 'PUT',
    path: '/embargoes/{id}',
    tag,
    summary: 'Change an embargo',
    description: 'Everything but its state. What the body does not name is absent from then on.',
    scope: 'policy:write',
    params,
    body: changedEmbargoSchema,
    guarded: 'must',
    answer,
    problems: [409, 422],
  }),
  getEmbargoHistory: declare({
    method: 'GET',
    path: '/embargoes/{id}/history',
    tag,
    summary: 'Read the history of an embargo',
    description: 'Every state that it had, who changed it, when and why.',
    scope: 'policy:read',
    params,
    query: strictly(pageParameters),
    answer: { status: 200, description: 'Oldest first.', body: pageOf(embargoHistoryEntry, 'The entries.') },
    problems: [],
  }),
  activateEmbargo: step('/activate', stepSchema, { summary: 'Let a draft close its path' }),
  extendEmbargo: step('/extend', extensionSchema, {
    summary: 'Move the end of an embargo',
    description: 'Within its limits by a principal investigator, beyond them by an embargo manager.',
  }),
  releaseEmbargo: step('/release', releaseSchema, { summary: 'Open the data now, or earlier than planned' }),
  withdrawEmbargo: step('/withdraw', stepSchema, {
    summary: 'End an embargo that was a mistake',
    description: 'The grants that were written for its parties go with it.',
  }),
  exemptPath: step('/exempt', exemptionSchema, { summary: 'Leave a path below an embargo open' }),
  addParty: step('/parties', newPartySchema, { summary: 'Admit a party' }),
  removeParty: declare({
    method: 'DELETE',
    path: '/embargoes/{id}/parties/{subject}',
    tag,
    summary: 'Remove a party',
    description:
      'Revokes the refresh tokens that reach into the embargo, and answers with the access tokens that are still out.',
    scope: 'policy:write',
    params: strictly({ id, subject: subject.describe('The party, percent-encoded: `group%3A%2Fescape%2Fcta`.') }),
    query: strictly({ reason: reason.optional().describe('Why; kept in the history.') }),
    guarded: 'must',
    answer,
    problems: [409, 422],
  }),
};
