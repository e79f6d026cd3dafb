/** Exchange rules: read by administrators and readers, written by administrators (policy-semantics 6). */
import { checkExchangeRule } from '../lake/check/exchange-rule.ts';
import type { ExchangeRuleRecord } from '../lake/records.ts';
import { type Actor, isAdmin, seesAll } from './actor.ts';
import type { ChangeContext, ExchangeRuleAdministration, Versioned, WriteContext } from './administration.ts';
import { refuseFaults } from './check-record.ts';
import { collectPage } from './pages.ts';
import { type Answer, type Refused, refuse } from './refusal.ts';
import type { RuleSession } from './store.ts';
import { type RuleAdministrationDeps, refuseOtherVersion, write } from './write.ts';

export function createExchangeRuleAdministration(deps: RuleAdministrationDeps): ExchangeRuleAdministration {
  const { reads } = deps.store;
  return {
    list: async (actor, page) => {
      if (!seesAll(actor)) return { ok: true, value: { items: [], next: null } };
      return { ok: true, value: await collectPage(page, reads.exchangeRules, ({ record }) => record.id) };
    },
    get: async (actor, id) => visible(actor, id, await reads.exchangeRule(id)),
    create: (context, record) => write(deps, context, (session) => create(session, context, record)),
    replace: (context, record) => write(deps, context, (session) => replace(session, context, record)),
    remove: (context, id) => write(deps, context, (session) => remove(session, context, id)),
    history: async (actor, id) => {
      const entries = seesAll(actor) ? await reads.exchangeRuleHistory(id) : [];
      return entries.length === 0 ? notFound(id) : { ok: true, value: entries };
    },
  };
}

async function create(session: RuleSession, { actor }: WriteContext, record: ExchangeRuleRecord) {
  if (!isAdmin(actor)) return forbidden();
  if ((await session.exchangeRule(record.id)) !== undefined) {
    return refuse('conflict', `exchange rule \`${record.id}\` exists already`);
  }
  return put(session, record);
}

async function replace(session: RuleSession, context: ChangeContext, record: ExchangeRuleRecord) {
  const stored = await find(session, context, record.id);
  return stored.ok ? put(session, record) : stored;
}

async function remove(session: RuleSession, context: ChangeContext, id: string) {
  const stored = await find(session, context, id);
  if (!stored.ok) return stored;
  return { ok: true as const, value: stored.value.record, version: await session.removeExchangeRule(id) };
}

async function put(session: RuleSession, record: ExchangeRuleRecord) {
  const clients = [record.origin, record.target].flatMap((matcher) =>
    matcher !== 'any' && 'client' in matcher ? [`client:${matcher.client}`] : [],
  );
  const refused = refuseFaults(checkExchangeRule([], record, await session.knownNames(clients)));
  if (refused !== undefined) return refused;
  return { ok: true as const, value: record, version: await session.putExchangeRule(record) };
}

async function find(
  session: RuleSession,
  context: ChangeContext,
  id: string,
): Promise<Answer<Versioned<ExchangeRuleRecord>>> {
  const found = visible(context.actor, id, await session.exchangeRule(id));
  if (!found.ok) return found;
  if (!isAdmin(context.actor)) return forbidden();
  return refuseOtherVersion(context, found.value.version) ?? found;
}

function visible(
  actor: Actor,
  id: string,
  stored: Versioned<ExchangeRuleRecord> | undefined,
): Answer<Versioned<ExchangeRuleRecord>> {
  if (stored === undefined || !seesAll(actor)) return notFound(id);
  return { ok: true, value: { record: stored.record, version: stored.version } };
}

function notFound(id: string): Refused {
  return refuse('not-found', `exchange rule \`${id}\` not known`);
}

function forbidden(): Refused {
  return refuse('forbidden', 'exchange rules are written by administrators');
}
