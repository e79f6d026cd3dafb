/** Keeps the day on which each client last had a token, and each of its secrets proved it: one row per day from each process, and nothing per request. */
import { type Kysely, sql } from 'kysely';
import { recordset } from './bulk-write.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** How often new days are written, in milliseconds. */
const everyMilliseconds = 60_000;

export interface ClientUses {
  /** `at` in milliseconds since the epoch; never waits. */
  record(clientId: string, at: number): void;
  /** A secret proved the client; `hash` is that of the secret. */
  recordSecret(clientId: string, hash: string, at: number): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createClientUses(db: Kysely<DB>, onError: (error: unknown) => void): ClientUses {
  const clients = createDays<string>();
  const secrets = createDays<SecretUse>();

  const flush = async () => {
    await clients.flush((batch) => write(db, batch)).catch(onError);
    await secrets.flush((batch) => writeSecrets(db, batch)).catch(onError);
  };
  const timer = setInterval(() => void flush(), everyMilliseconds);
  timer.unref();

  return {
    record: (clientId, at) => clients.note(clientId, clientId, at),
    recordSecret: (clientId, hash, at) => secrets.note(hash, { clientId, hash }, at),
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

interface SecretUse {
  readonly clientId: string;
  readonly hash: string;
}

interface Use<T> {
  readonly what: T;
  /** Days since the epoch. */
  readonly day: number;
}

/** What was used on which day, each once. */
function createDays<T>() {
  let today = 0;
  const seen = new Set<string>();
  let waiting = new Map<string, Use<T>>();
  return {
    note(key: string, what: T, at: number): void {
      const now = Math.floor(at / day);
      if (now !== today) {
        today = now;
        seen.clear();
      }
      if (seen.has(key)) return;
      seen.add(key);
      waiting.set(key, { what, day: now });
    },
    async flush(save: (uses: readonly Use<T>[]) => Promise<void>): Promise<void> {
      const batch = waiting;
      if (batch.size === 0) return;
      waiting = new Map();
      try {
        await save([...batch.values()]);
      } catch (error) {
        // A day that is lost is written again with the next use.
        for (const key of batch.keys()) seen.delete(key);
        throw error;
      }
    },
  };
}

/** Clients that have gone meanwhile are passed over. */
async function write(db: Kysely<DB>, uses: readonly Use<string>[]): Promise<void> {
  const rows = uses.map(({ what: client_id, day: number }) => ({ client_id, used_on: dayText(number) }));
  await sql`INSERT INTO client_uses (client_id, used_on)
    SELECT client_id, used_on FROM (${recordset({ client_id: 'text', used_on: 'date' }, rows)}) AS used
    JOIN clients USING (client_id) ORDER BY client_id FOR KEY SHARE OF clients
    ON CONFLICT (client_id) DO UPDATE SET used_on = greatest(client_uses.used_on, excluded.used_on)`.execute(db);
}

async function writeSecrets(db: Kysely<DB>, uses: readonly Use<SecretUse>[]): Promise<void> {
  const rows = uses.map(({ what, day: number }) => ({
    client_id: what.clientId,
    secret_hash: what.hash,
    used_on: dayText(number),
  }));
  const types = { client_id: 'text', secret_hash: 'text', used_on: 'date' };
  await sql`INSERT INTO client_secret_uses (client_id, secret_hash, used_on)
    SELECT client_id, used.secret_hash, used_on FROM (${recordset(types, rows)}) AS used
    JOIN clients USING (client_id) ORDER BY client_id, used.secret_hash FOR KEY SHARE OF clients
    ON CONFLICT (client_id, secret_hash) DO UPDATE
    SET used_on = greatest(client_secret_uses.used_on, excluded.used_on)`.execute(db);
}

function dayText(number: number): string {
  return new Date(number * day).toISOString().slice(0, 10);
}
