/** Upstream providers as the lake file declared them, on PostgreSQL. */
import type { Kysely } from 'kysely';
import type { Upstream, Upstreams } from '../federation/upstream.ts';
import type { DB } from './schema.ts';

export function createUpstreams(db: Kysely<DB>): Upstreams {
  const all = async () => {
    const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'upstreams').executeTakeFirst();
    return (row?.value ?? []) as unknown as readonly Upstream[];
  };
  return {
    list: async () => (await all()).toSorted((one, other) => one.title.localeCompare(other.title)),
    find: async (name) => (await all()).find((upstream) => upstream.name === name),
  };
}
