/** Refreshes beside a million live chains of refresh tokens and beside a thousand, round by round in turn: a refresh must not know how many there are. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { successorOf } from '../src/artifacts/refresh-family.ts';
import type { Database } from '../src/storage/database.ts';
import { createRefreshTokenStore } from '../src/storage/refresh-tokens.ts';
import { openDatabaseForCommand } from '../src/storage/runtime-database.ts';
import { measure, type Sample } from './measure.ts';
import type { Place } from './place.ts';
import { installSluice, sluiceSubject } from './sluice.ts';
import { overRounds, percentile, type Rounds } from './statistics.ts';
import type { Subject } from './subject.ts';
import type { Workload } from './workloads.ts';

/** Statements of each kind in a round. */
const statements = 1000;

/** Of one database, over the rounds. */
export interface ChainResults {
  readonly chains: number;
  readonly tableMegabytes: number;
  readonly perSecond: Rounds;
  readonly p99Milliseconds: Rounds;
  /** Medians of the store's own statements, from outside the database, in milliseconds. */
  readonly findMilliseconds: Rounds;
  readonly rotateMilliseconds: Rounds;
}

interface Side {
  readonly subject: Subject;
  readonly db: Database;
  readonly chains: number;
  readonly samples: Sample[];
  readonly finds: number[];
  readonly rotations: number[];
}

/** First few chains, then many. */
export async function measureChains(
  plan: { readonly rounds: number; readonly seconds: number; readonly chains: number },
  refresh: Workload,
  place: Place,
  progress: (line: string) => void,
): Promise<readonly ChainResults[]> {
  const sides = [await prepare(place, 'few', 1000, progress), await prepare(place, 'many', plan.chains, progress)];
  for (const { subject } of sides) await measure(subject, refresh, plan.seconds);
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`chains: round ${round + 1} of ${plan.rounds}`);
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      side.samples.push(await measure(side.subject, refresh, plan.seconds));
      await measureStatements(side);
    }
  }
  return Promise.all(sides.map(resultsOf));
}

async function prepare(place: Place, name: string, chains: number, progress: (line: string) => void): Promise<Side> {
  const installed = await installSluice(place, { name: `chains-${name}` });
  const server = await installed.start();
  const { db, close } = await openDatabaseForCommand({ databaseUrl: null, dataDir: installed.dataDir });
  place.atEnd(close);
  progress(`chains: ${chains} rows`);
  await preload(db, chains);
  const subject = sluiceSubject(installed.issuer, installed.dataDir, server);
  return { subject, db, chains, samples: [], finds: [], rotations: [] };
}

const tokenOf = (n: number) => `preloaded-${n}`;

/** As logins through a portal leave them. */
async function preload(db: Database, chains: number): Promise<void> {
  const payload = JSON.stringify({
    scope: 'openid offline_access storage.read:/cta/open storage.read:/magic storage.read:/lofar',
    audiences: ['https://localhost:8444'],
    acr: 'https://refeds.org/profile/sfa',
    amr: ['pwd'],
    authTime: 1_795_000_000,
    nonce: null,
    sid: randomBytes(24).toString('base64url'),
    claims: { id_token: { acr: null, 'wlcg.groups': null } },
    flow: 'authorization_code',
    act: null,
  });
  await sql`
    INSERT INTO refresh_tokens (id, family_hash, token_hash, client_id, account_id, grant_id, payload, created_at, rotated_at,
      last_used_at, expires_at)
    SELECT gen_random_uuid(), hash, hash, 'portal', accounts.id, gen_random_uuid(), ${payload}::jsonb, now(), now(), now(),
      now() + interval '30 days'
    FROM generate_series(1, ${chains}::integer) AS n, accounts,
      LATERAL (SELECT translate(rtrim(encode(sha256(convert_to('preloaded-' || n, 'UTF8')), 'base64'), '='), '+/', '-_')
        AS hash) AS made
    WHERE accounts.username = 'alice'`.execute(db);
  await sql`VACUUM ANALYZE refresh_tokens`.execute(db);
  await sql`CHECKPOINT`.execute(db);
}

/** Chains anywhere in the table, one statement after the other. */
async function measureStatements({ db, chains, finds, rotations }: Side): Promise<void> {
  const store = createRefreshTokenStore(db);
  const took: { find: number[]; rotate: number[] } = { find: [], rotate: [] };
  for (let count = 0; count < statements; count += 1) {
    const token = tokenOf(1 + Math.floor(Math.random() * chains));
    const begun = performance.now();
    const chain = await store.find(token);
    const found = performance.now();
    took.find.push(found - begun);
    // One that an earlier round rotated is found, and stays.
    if (!chain?.current) continue;
    const nonce = randomBytes(32).toString('base64url');
    const rotation = { from: token, to: successorOf(token, nonce), nonce, inGrace: [] };
    if (!(await store.rotate(chain.id, rotation, Date.now()))) throw new Error('a chain could not be rotated');
    took.rotate.push(performance.now() - found);
  }
  finds.push(percentile(took.find, 0.5));
  rotations.push(percentile(took.rotate, 0.5));
}

async function resultsOf({ db, chains, samples, finds, rotations }: Side): Promise<ChainResults> {
  const size = await sql<{ bytes: string }>`SELECT pg_total_relation_size('refresh_tokens') AS bytes`.execute(db);
  return {
    chains,
    tableMegabytes: Number(size.rows[0]?.bytes) / 1e6,
    perSecond: overRounds(samples.map(({ perSecond }) => perSecond)),
    p99Milliseconds: overRounds(samples.map(({ p99Milliseconds }) => p99Milliseconds)),
    findMilliseconds: overRounds(finds),
    rotateMilliseconds: overRounds(rotations),
  };
}
