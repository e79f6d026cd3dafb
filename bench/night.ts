/** A night of a data challenge: what Rucio and FTS ask for the tokens of 800 000 files, which the Rubin exercise moved between two sites with a budget of twelve hours. */
import { sql } from 'kysely';
import type { Database } from '../src/storage/database.ts';
import { openDatabaseForCommand } from '../src/storage/runtime-database.ts';
import type { Place } from './place.ts';
import { installSluice } from './sluice.ts';
import { runTransfers, type TransferResult } from './transfers.ts';

export const night = { files: 800_000, budgetHours: 12 };

/** Two tokens for each file, source and destination; each is exchanged by FTS, and refreshed once. */
const perFile = 'SXRDXR';
const chainsPerFile = 2;

/** Five exchanges and five refreshes at a time are what one FTS asks (services.md). */
const inFlight = 10;

export interface NightResults {
  /** Files whose tokens were asked for, and those whose rows were in the tables before. */
  readonly files: number;
  readonly preloaded: number;
  readonly transfers: TransferResult;
  readonly tokensPerSecond: number;
  /** Of the whole night at this rate. */
  readonly hours: number;
  readonly budgetPart: number;
  /** Of the database, by the files that were asked for. */
  readonly bytesPerFile: number;
  readonly databaseGigabytes: number;
}

export async function measureNight(
  files: number,
  place: Place,
  progress: (line: string) => void,
): Promise<NightResults> {
  const installed = await installSluice(place, { name: 'night' });
  await installed.start();
  const { db, close } = await openDatabaseForCommand({ databaseUrl: null, dataDir: installed.dataDir });
  try {
    const preloaded = Math.max(night.files - files, 0);
    progress(`night: the rows of ${preloaded} files`);
    if (preloaded > 0) await preload(db, preloaded);
    const before = await databaseBytes(db);
    progress(`night: the tokens of ${files} files`);
    const plan = { issuer: installed.issuer, connections: inFlight, once: '', repeated: perFile };
    const transfers = await runTransfers({ ...plan, firstFile: preloaded, files });
    const after = await databaseBytes(db);
    const hours = ((transfers.seconds / files) * night.files) / 3600;
    return {
      files,
      preloaded,
      transfers,
      tokensPerSecond: transfers.answers / transfers.seconds,
      hours,
      budgetPart: hours / night.budgetHours,
      bytesPerFile: (after - before) / files,
      databaseGigabytes: after / 1e9,
    };
  } finally {
    await close();
  }
}

/** As the same requests leave them: a chain for each exchanged token, a line of the issue log for each token. */
async function preload(db: Database, files: number): Promise<void> {
  await sql`
    INSERT INTO refresh_tokens (id, family_hash, token_hash, client_id, subject_client_id, origin_client_id, grant_id,
      payload, created_at, rotated_at, last_used_at, expires_at)
    SELECT gen_random_uuid(), hash, hash, 'fts', 'rucio', 'rucio', hash,
      jsonb_build_object('scope', 'storage.read:/escape/rucio/cnaf_storm/rubin/raw/00/00/file-' || n || ' offline_access',
        'audiences', jsonb_build_array('xfer.cr.cnaf.infn.it'), 'acr', NULL, 'amr', jsonb_build_array(), 'authTime', NULL,
        'nonce', NULL, 'sid', NULL, 'claims', NULL, 'act', jsonb_build_object('sub', 'fts'), 'flow', 'exchange'),
      now(), now(), now(), now() + interval '30 days'
    FROM generate_series(1, ${files * chainsPerFile}::integer) AS n,
      LATERAL (SELECT encode(sha256(('chain-' || n)::bytea), 'base64') AS hash) AS made`.execute(db);
  await sql`
    INSERT INTO issue_log (at, event, jti, subject, client_id, flow, parent_jti, audience, requested, issued, refused, because,
      policy_version, expires_at, cap, address)
    SELECT now(), 'issued', gen_random_uuid(), 'rucio', 'fts', 'refresh_token', gen_random_uuid(),
      ARRAY['xfer.cr.cnaf.infn.it'], 'storage.read:/escape/rucio/cnaf_storm/rubin/raw/00/00/file-' || n,
      'storage.read:/escape/rucio/cnaf_storm/rubin/raw/00/00/file-' || n, '[]', ARRAY['rucio-all'], 10,
      now() + interval '4 hours', '{"at": 1795000000000, "kind": "lifetime", "rule": null}', '127.0.0.1'
    FROM generate_series(1, ${files * perFile.length}::integer) AS n`.execute(db);
  await sql`ANALYZE refresh_tokens, issue_log`.execute(db);
}

async function databaseBytes(db: Database): Promise<number> {
  const found = await sql<{ bytes: string }>`SELECT pg_database_size(current_database()) AS bytes`.execute(db);
  return Number(found.rows[0]?.bytes);
}
