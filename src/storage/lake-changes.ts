/** Reads what changed in the lake since a version, so that a changed rule costs as much as that rule and not as much as the lake. */
import type { Kysely } from 'kysely';
import type { LakeSnapshot } from '../lake/snapshot.ts';
import type { Changed, PolicyChange } from '../policy/update.ts';
import {
  type ClientFacts,
  consistently,
  findEmbargoes,
  findGrants,
  type LakeFacts,
  loadClientFacts,
  loadClients,
  loadExchangeRules,
  loadLakeFacts,
} from './lake-facts.ts';
import type { DB } from './schema.ts';

/** From this number of changed rules on a reading of everything is no slower. */
const mostChangedRules = 1000;
const mostChangedClients = 500;

export type LakeChange =
  | { readonly kind: 'nothing' }
  /** `clients` is absent when none of them changed, nor any exchange rule. */
  | { readonly kind: 'some'; readonly policy: PolicyChange; readonly clients?: ClientFacts }
  | { readonly kind: 'everything'; readonly facts: LakeFacts };

/** All at one version, in one repeatable-read transaction. */
export function loadLakeChange(db: Kysely<DB>, since: Pick<LakeSnapshot, 'version' | 'clients'>): Promise<LakeChange> {
  return consistently(db, async (trx) => {
    const row = await trx.selectFrom('lake_version').selectAll().executeTakeFirstOrThrow();
    const version = Number(row.version);
    if (version === since.version) return { kind: 'nothing' };
    const everything = async (): Promise<LakeChange> => ({ kind: 'everything', facts: await loadLakeFacts(trx) });
    // A version that went back is that of a restored backup.
    if (Number(row.base_version) > since.version || version < since.version) return everything();
    const rules = await changedRules(trx, since.version);
    if (rules === undefined) return everything();
    const policy = { version, ...rules };
    if (Number(row.clients_version) <= since.version) return { kind: 'some', policy };
    return { kind: 'some', policy, clients: await changedClients(trx, since) };
  });
}

/** Of many thousand clients only those that changed are read; the others stay the objects that they are. */
async function changedClients(trx: Kysely<DB>, since: Pick<LakeSnapshot, 'version' | 'clients'>): Promise<ClientFacts> {
  const rows = await trx
    .selectFrom('client_versions')
    .select('client_id')
    .where('version', '>', String(since.version))
    .limit(mostChangedClients + 1)
    .execute();
  if (rows.length > mostChangedClients) return loadClientFacts(trx);
  const ids = rows.map(({ client_id }) => client_id);
  const clients = new Map(since.clients);
  for (const id of ids) clients.delete(id);
  if (ids.length > 0) for (const [id, client] of await loadClients(trx, ids)) clients.set(id, client);
  return { clients, exchangeRules: await loadExchangeRules(trx) };
}

/** Undefined: too many. */
async function changedRules(
  trx: Kysely<DB>,
  since: number,
): Promise<Pick<PolicyChange, 'grants' | 'embargoes'> | undefined> {
  const rows = await trx
    .selectFrom('rule_versions')
    .select(['kind', 'id'])
    .distinct()
    .where('policy_version', '>', String(since))
    .limit(mostChangedRules + 1)
    .execute();
  if (rows.length > mostChangedRules) return undefined;
  const idsOf = (kind: string) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  return {
    grants: await changeOf(idsOf('grant'), (ids) => findGrants(trx, ids)),
    embargoes: await changeOf(idsOf('embargo'), (ids) => findEmbargoes(trx, ids)),
  };
}

/** What is not found any more was deleted, released or withdrawn. */
async function changeOf<T extends { readonly id: string }>(
  ids: readonly string[],
  find: (ids: readonly string[]) => Promise<readonly T[]>,
): Promise<Changed<T>> {
  if (ids.length === 0) return { changed: [], removed: [] };
  const changed = await find(ids);
  const present = new Set(changed.map(({ id }) => id));
  return { changed, removed: ids.filter((id) => !present.has(id)) };
}
