/** Keeps the day on which each client last had a token: one row per client and day from each process, and nothing per request. */
import { type Kysely, sql } from 'kysely';
import { recordset } from './bulk-write.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** How often new days are written, in milliseconds. */
const everyMilliseconds = 60_000;

export interface ClientUses {
  /** `at` in milliseconds since the epoch; never waits. */
  record(clientId: string, at: number): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createClientUses(db: Kysely<DB>, onError: (error: unknown) => void): ClientUses {
  let today = 0;
  /** Clients of today. */
  const seen = new Set<string>();
  let waiting = new Map<string, number>();

  const flush = async () => {
    const batch = waiting;
    if (batch.size === 0) return;
    waiting = new Map();
    try {
      await write(db, batch);
    } catch (error) {
      // A day that is lost is written again with the next token.
      for (const clientId of batch.keys()) seen.delete(clientId);
      onError(error);
    }
  };
  const timer = setInterval(() => void flush(), everyMilliseconds);
  timer.unref();

  return {
    record: (clientId, at) => {
      const now = Math.floor(at / day);
      if (now !== today) {
        today = now;
        seen.clear();
      }
      if (seen.has(clientId)) return;
      seen.add(clientId);
      waiting.set(clientId, now);
    },
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Clients that have gone meanwhile are passed over. */
async function write(db: Kysely<DB>, days: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...days].map(([client_id, number]) => ({
    client_id,
    used_on: new Date(number * day).toISOString().slice(0, 10),
  }));
  await sql`INSERT INTO client_uses (client_id, used_on)
    SELECT client_id, used_on FROM (${recordset({ client_id: 'text', used_on: 'date' }, rows)}) AS used
    JOIN clients USING (client_id) ORDER BY client_id FOR KEY SHARE OF clients
    ON CONFLICT (client_id) DO UPDATE SET used_on = greatest(client_uses.used_on, excluded.used_on)`.execute(db);
}
