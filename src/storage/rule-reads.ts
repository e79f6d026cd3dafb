/** Reads rules one by one and page by page, for the administration. */
import { type Kysely, sql } from 'kysely';
import type { PageRequest } from '../rules/administration.ts';
import type { RuleReads } from '../rules/store.ts';
import { toStoredExchangeRule } from './exchange-rules.ts';
import { toStorage } from './lake-facts.ts';
import { toHistoryEntry, toStoredEmbargo, toStoredGrant } from './rule-rows.ts';
import type { DB } from './schema.ts';

export function createRuleReads(db: Kysely<DB>): RuleReads {
  return {
    grant: async (id) => {
      const row = await db.selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toStoredGrant(row);
    },
    grants: async ({ subject, path, embargo }, page) => {
      let query = db.selectFrom('grants').selectAll();
      if (subject !== undefined) query = query.where('subject', '=', subject);
      if (embargo !== undefined) query = query.where('embargo_id', '=', embargo);
      if (path !== undefined) query = query.where(isAround(path));
      const rows = await query.where(isAfter('id', page)).orderBy('id').limit(following(page)).execute();
      return rows.map(toStoredGrant);
    },
    embargo: async (id) => {
      const row = await db.selectFrom('embargoes').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toStoredEmbargo(row);
    },
    embargoes: async ({ path, state }, page) => {
      let query = db.selectFrom('embargoes').selectAll();
      if (state !== undefined) query = query.where('state', '=', state);
      if (path !== undefined) query = query.where(isAround(path));
      const rows = await query.where(isAfter('id', page)).orderBy('id').limit(following(page)).execute();
      return rows.map(toStoredEmbargo);
    },
    grantHistory: async (id) => (await history(db, 'grant', id)).map((row) => toHistoryEntry(row)),
    embargoHistory: async (id) => (await history(db, 'embargo', id)).map((row) => toHistoryEntry(row)),
    exchangeRule: async (id) => {
      const row = await db.selectFrom('exchange_rules').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toStoredExchangeRule(row);
    },
    exchangeRules: async (page) => {
      const query = db.selectFrom('exchange_rules').selectAll().where(isAfter('id', page));
      const rows = await query.orderBy('id').limit(following(page)).execute();
      return rows.map(toStoredExchangeRule);
    },
    exchangeRuleHistory: async (id) => (await history(db, 'exchange-rule', id)).map((row) => toHistoryEntry(row)),
    storage: async (name) => {
      const row = await db.selectFrom('storages').selectAll().where('name', '=', name).executeTakeFirst();
      return row && toStorage(row);
    },
    storages: async (page) => {
      const rows = await db
        .selectFrom('storages')
        .selectAll()
        .where(isAfter('name', page))
        .orderBy('name')
        .limit(following(page))
        .execute();
      return rows.map(toStorage);
    },
    isRegistered: async (path) => {
      const row = await db.selectFrom('namespace_paths').select('path').where('path', '=', path).executeTakeFirst();
      return row !== undefined;
    },
    namespace: async (under, page) => {
      let query = db.selectFrom('namespace_paths').select('path');
      if (under !== undefined) query = query.where(isAtOrBelow(under));
      const rows = await query.where(isAfter('path', page)).orderBy('path').limit(following(page)).execute();
      return rows.map(({ path }) => path);
    },
  };
}

function history(db: Kysely<DB>, kind: 'grant' | 'embargo' | 'exchange-rule', id: string) {
  return db
    .selectFrom('rule_versions')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .orderBy('version')
    .execute();
}

/** One more than asked for says that more follows. */
function following({ limit }: PageRequest): number {
  return limit + 1;
}

function isAfter(column: string, { after }: PageRequest) {
  return after === null ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} > ${after}`;
}

function isAtOrBelow(path: string) {
  const directory = path === '/' ? path : `${path}/`;
  return sql<boolean>`(path = ${path} OR starts_with(path, ${directory}))`;
}

/** At, above or below. */
function isAround(path: string) {
  return sql<boolean>`(${isAtOrBelow(path)} OR path = '/' OR starts_with(${path}, path || '/'))`;
}
