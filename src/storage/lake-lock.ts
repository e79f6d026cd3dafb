/** Who brings the lake to a file and who changes a single rule take turns: each judges its change by what is there, which must stay so. */
import { type Kysely, sql } from 'kysely';
import type { Signature } from '../rules/store.ts';
import type { DB } from './schema.ts';

const lakeLock = 5_133_001;

/** To be called first in a transaction, which keeps it. */
export async function lockLake(trx: Kysely<DB>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(${lakeLock})`.execute(trx);
}

/** Whom the histories of this transaction's writes name (migrations 0006 and 0024). */
export async function sign(trx: Kysely<DB>, { actor, reason, address }: Signature): Promise<void> {
  await sql`SELECT set_config('sluice.actor', ${actor}, true), set_config('sluice.reason', ${reason ?? ''}, true),
    set_config('sluice.address', ${address ?? ''}, true)`.execute(trx);
}
