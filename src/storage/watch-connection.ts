/** A connection of its own for what must not wait behind requests: the look at the lake's version, and the sign of life of this process. */
import pg from 'pg';
import type { DatabaseLook } from '../lake/confirmation.ts';

export interface WatchConnection {
  look(): Promise<DatabaseLook & { readonly now: number; readonly keysVersion: number }>;
  /** Notes which version the process decides by; `now` in milliseconds since the epoch. */
  tell(run: string, version: number, now: number): Promise<void>;
  close(): Promise<void>;
}

/** An answer that takes longer is none, in milliseconds. */
const timeoutMs = 1500;

/** Connects at the first use, and anew after a connection broke. Rejects when there is no answer in time. */
export function openWatchConnection(url: string): WatchConnection {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'sluice watch',
    max: 1,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    // Also when the network swallows the answer.
    query_timeout: timeoutMs,
    idleTimeoutMillis: 0,
    keepAlive: true,
    // A sign of life that a crash of the database loses is no loss.
    options: '-c synchronous_commit=off',
  });
  // The next look tells.
  pool.on('error', () => {});
  return {
    async look() {
      const { rows } = await pool.query<{ version: string; keys_version: string; now: string }>({
        name: 'look',
        text: `SELECT lake.version, keys.version AS keys_version, extract(epoch FROM clock_timestamp()) * 1000 AS now
          FROM lake_version lake, signing_key_version keys`,
      });
      const [found] = rows;
      return { version: Number(found?.version), keysVersion: Number(found?.keys_version), now: Number(found?.now) };
    },
    async tell(run, version, now) {
      await pool.query({
        name: 'tell',
        text: `UPDATE server_runs SET alive_at = $2, confirmed_version = $3, confirmed_at = clock_timestamp() WHERE id = $1`,
        values: [run, new Date(now), version],
      });
    },
    close: () => pool.end(),
  };
}
