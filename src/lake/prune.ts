/** What would be left of the database's lake after `--prune`: a file may not refer to what goes. */
import type { ParsedLake } from './parse.ts';
import type { LakeState, Stored } from './state.ts';

/** Accounts stay, as they are only suspended. */
export function withoutPruned(lake: ParsedLake, state: LakeState): LakeState {
  return {
    ...state,
    groups: kept(state.groups, lake.named.groups, ({ path }) => path),
    clients: kept(state.clients, lake.named.clients, ({ clientId }) => clientId),
    storages: kept(
      state.storages,
      namesOf(lake.storages, ({ name }) => name),
      ({ name }) => name,
    ),
    namespace: kept(state.namespace, namesOf(lake.namespace, String), String),
    grants: kept(
      state.grants,
      namesOf(lake.grants, ({ id }) => id),
      ({ id }) => id,
    ),
    embargoes: kept(
      state.embargoes,
      namesOf(lake.embargoes, ({ id }) => id),
      ({ id }) => id,
    ),
    exchangeRules: kept(
      state.exchangeRules,
      namesOf(lake.exchangeRules, ({ id }) => id),
      ({ id }) => id,
    ),
  };
}

function kept<S extends Stored<unknown>>(
  stored: readonly S[],
  named: ReadonlySet<string>,
  keyOf: (record: S['record']) => string,
): S[] {
  return stored.filter(({ declared, record }) => !declared || named.has(keyOf(record)));
}

function namesOf<T>(entries: readonly { readonly value: T }[], nameOf: (value: T) => string): ReadonlySet<string> {
  return new Set(entries.map(({ value }) => nameOf(value)));
}
