/** Exchange rules over HTTP: the use cases of src/rules/administration.ts behind the contract. */
import { randomUUID } from 'node:crypto';
import { type ExchangeRuleRecord, exchangeRuleRecord } from '../../../lake/records.ts';
import type { ExchangeRuleAdministration, Versioned } from '../../../rules/administration.ts';
import { ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { exchangeRuleContract } from '../contract/exchange-rules.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { historyBody } from '../represent.ts';
import type { exchangeRuleAnswer, versionedExchangeRule } from '../schemas/exchange-rules.ts';
import { expectedNumber } from '../version-tag.ts';
import { actorIn, answered, pageBody, pieceOf, readPage, written, writtenBody } from './common.ts';

export function exchangeRuleHandlers(
  rules: ExchangeRuleAdministration,
  deps: ActorDeps,
): HandlersOf<typeof exchangeRuleContract> {
  return {
    listExchangeRules: async (request) => {
      const page = readPage('exchange-rules', request.query);
      if (!page.ok) return page;
      const list = await answered(rules.list(actorIn(deps, request), page.value));
      return list.ok ? ok({ body: pageBody('exchange-rules', list.value, versionedBody) }) : list;
    },

    createExchangeRule: async (request) => {
      const { reason, id = `x-${randomUUID()}`, ...fields } = request.body;
      const record = exchangeRuleRecord({ id, ...fields });
      const outcome = await written(rules.create({ actor: actorIn(deps, request), reason }, record));
      if (!outcome.ok) return outcome;
      const { value, version } = outcome.value;
      const exchangeRule = versionedBody({ record: value, version });
      const location = `/exchange-rules/${encodeURIComponent(id)}`;
      return ok({ body: { exchangeRule, ...writtenBody(outcome.value) }, version, location });
    },

    getExchangeRule: async (request) => {
      const rule = await answered(rules.get(actorIn(deps, request), request.params.id));
      return rule.ok ? ok({ body: versionedBody(rule.value), version: rule.value.version }) : rule;
    },

    replaceExchangeRule: async (request) => {
      const { reason, ...fields } = request.body;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const record = exchangeRuleRecord({ id: request.params.id, ...fields });
      const outcome = await written(rules.replace(context, record));
      if (!outcome.ok) return outcome;
      const { value, version } = outcome.value;
      const exchangeRule = versionedBody({ record: value, version });
      return ok({ body: { exchangeRule, ...writtenBody(outcome.value) }, version });
    },

    removeExchangeRule: async (request) => {
      const { reason } = request.query;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const outcome = await written(rules.remove(context, request.params.id));
      if (!outcome.ok) return outcome;
      return ok({ body: { removed: ruleBody(outcome.value.value), ...writtenBody(outcome.value) } });
    },

    getExchangeRuleHistory: async (request) => {
      const page = readPage('history', request.query);
      if (!page.ok) return page;
      const history = await answered(rules.history(actorIn(deps, request), request.params.id));
      if (!history.ok) return history;
      const piece = pieceOf(history.value, page.value);
      return ok({ body: pageBody('history', piece, (entry) => historyBody(entry, ruleBody)) });
    },
  };
}

function versionedBody({ record, version }: Versioned<ExchangeRuleRecord>): Shown<typeof versionedExchangeRule> {
  return { ...ruleBody(record), version };
}

function ruleBody(record: ExchangeRuleRecord): Shown<typeof exchangeRuleAnswer> {
  const { id, description, effect, origin, target, audiences, scopes, originScopes, only, withheld } = record;
  const { from, until } = record;
  return { id, description, effect, origin, target, audiences, scopes, originScopes, only, withheld, from, until };
}
