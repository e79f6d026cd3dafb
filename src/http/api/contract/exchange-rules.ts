/** Endpoints of exchange rules (policy-semantics 6, row "exchange rule"). */
import { ruleId, strictly } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { pageOf, reason } from '../schemas/common.ts';
import {
  changedExchangeRuleSchema,
  exchangeRuleHistoryEntry,
  newExchangeRuleSchema,
  removedExchangeRule,
  versionedExchangeRule,
  writtenExchangeRule,
} from '../schemas/exchange-rules.ts';

const tag = 'Exchange rules';
const params = strictly({ id: ruleId.describe('Name of the rule.') });

export const exchangeRuleContract = {
  listExchangeRules: declare({
    method: 'GET',
    path: '/exchange-rules',
    tag,
    summary: 'List exchange rules',
    scope: 'policy:read',
    query: strictly(pageParameters),
    answer: {
      status: 200,
      description: 'A piece of the list, by id.',
      body: pageOf(versionedExchangeRule, 'The rules.'),
    },
    problems: [],
  }),
  createExchangeRule: declare({
    method: 'POST',
    path: '/exchange-rules',
    tag,
    summary: 'Make an exchange rule',
    scope: 'policy:write',
    body: newExchangeRuleSchema,
    answer: { status: 201, description: 'The rule.', body: writtenExchangeRule, etag: true, location: true },
    problems: [409, 422],
  }),
  getExchangeRule: declare({
    method: 'GET',
    path: '/exchange-rules/{id}',
    tag,
    summary: 'Read an exchange rule',
    scope: 'policy:read',
    params,
    answer: { status: 200, description: 'The rule.', body: versionedExchangeRule, etag: true },
    problems: [],
  }),
  replaceExchangeRule: declare({
    method: 'PUT',
    path: '/exchange-rules/{id}',
    tag,
    summary: 'Change an exchange rule',
    description: 'What the body does not name is absent from then on.',
    scope: 'policy:write',
    params,
    body: changedExchangeRuleSchema,
    guarded: 'must',
    answer: { status: 200, description: 'The rule.', body: writtenExchangeRule, etag: true },
    problems: [409, 422],
  }),
  removeExchangeRule: declare({
    method: 'DELETE',
    path: '/exchange-rules/{id}',
    tag,
    summary: 'Remove an exchange rule',
    description: 'Its history stays.',
    scope: 'policy:write',
    params,
    query: strictly({ reason: reason.optional().describe('Why; kept in the history.') }),
    guarded: 'must',
    answer: { status: 200, description: 'The rule that was removed.', body: removedExchangeRule },
    problems: [409, 422],
  }),
  getExchangeRuleHistory: declare({
    method: 'GET',
    path: '/exchange-rules/{id}/history',
    tag,
    summary: 'Read the history of an exchange rule',
    description: 'Every state that it had, who changed it, when and why; also of a rule that is gone.',
    scope: 'policy:read',
    params,
    query: strictly(pageParameters),
    answer: { status: 200, description: 'Oldest first.', body: pageOf(exchangeRuleHistoryEntry, 'The entries.') },
    problems: [],
  }),
};
