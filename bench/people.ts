/** Pages, API and SCIM for a whole science cluster: 100 000 accounts, 50 000 groups, 10 000 clients (issue: people, groups and pages, section 5). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { applyLake } from '../src/lake/apply.ts';
import type { Database } from '../src/storage/database.ts';
import { createLakeStore } from '../src/storage/lake-store.ts';
import { openDatabaseForCommand } from '../src/storage/runtime-database.ts';
import { UserAgent } from '../test/support/user-agent.ts';
import { administrator, renderPeopleLake } from './people-lake.ts';
import type { Place } from './place.ts';
import { residentMegabytes } from './process-usage.ts';
import { installSluice } from './sluice.ts';
import { medianOf, percentile } from './statistics.ts';

export const people = { mostMilliseconds: 300, mostLoginMilliseconds: 600, mostMegabytes: 400 };

export interface AnswerTimes {
  readonly path: string;
  readonly status: number;
  readonly medianMilliseconds: number;
  readonly p95Milliseconds: number;
  readonly kilobytes: number;
}

export interface PeopleResults {
  readonly answers: readonly AnswerTimes[];
  readonly loginMilliseconds: number;
  readonly megabytes: number;
  /** From the start of the server to its first healthy answer, on the existing database. */
  readonly startMilliseconds: number;
}

/** What administrators, managers, members and scripts open; `ACCOUNT` and `GROUP` stand for ids. */
const pages = [
  'account',
  'account/sessions',
  'account/applications',
  'account/tokens',
  'account/access',
  'account/security',
  'account/identities',
  'account/clients',
  'account/keys',
  'account/services',
  'groups',
  'groups/directory',
  'groups/directory?search=g4999',
  'manage',
  'manage/group/GROUP',
  'manage/requests',
  'manage/invitations',
  'embargoes',
  'admin',
  'admin/requests',
  'admin/accounts',
  'admin/accounts?search=user-7777',
  'admin/accounts?search=family4321',
  'admin/accounts/ACCOUNT',
  'admin/groups',
  'admin/groups?search=g4999',
  'admin/clients',
  'admin/clients?search=client-77',
  'admin/clients/client-77',
  'admin/storages',
  'admin/simulator',
  'admin/keys',
  'admin/audit',
  'admin/audit?text=user-7777',
  'admin/outbox',
  'api/v1/accounts?limit=100',
  'api/v1/accounts?search=user-7777',
  'api/v1/accounts/ACCOUNT',
  'api/v1/groups?limit=100',
  'api/v1/groups/GROUP/members?limit=100',
  'api/v1/clients?limit=100',
  'api/v1/audit?limit=100',
  'api/v1/changes?limit=100',
  'api/v1/changes?limit=100&since=DEEP',
  'api/v1/audit?text=user-7777',
  'api/v1/group-requests?limit=100',
  'api/v1/groups/GROUP/history?limit=100',
];

const scimPaths = [
  'scim/Users?startIndex=1&count=100',
  'scim/Users?startIndex=50001&count=100',
  'scim/Users?filter=userName%20eq%20%22user-7777%22',
  'scim/Users?filter=emails.value%20co%20%22user-7777%22',
  'scim/Users/ACCOUNT',
  'scim/Groups?startIndex=1&count=100',
  'scim/Groups/GROUP/members?startIndex=1&count=100',
  'iam/account/search?startIndex=1&count=20',
];

export async function measurePeople(
  rounds: number,
  place: Place,
  progress: (line: string) => void,
): Promise<PeopleResults> {
  const lakeFile = join(place.directory, 'people.json');
  await writeFile(lakeFile, '{"version":1}');
  const installed = await installSluice(place, { name: 'people', lakeFile });
  const server = await installed.start();
  progress('people: 100 000 accounts, 50 000 groups, 10 000 clients');
  const { db, close } = await openDatabaseForCommand({ databaseUrl: null, dataDir: installed.dataDir });
  try {
    await applyLake(createLakeStore(db), renderPeopleLake(), 'people');
    await preload(db);
    const ids = await someIds(db);
    const agent = new UserAgent();
    const loginMilliseconds = await measureLogins(installed.issuer, agent, rounds);
    const fetchPage = (url: string) => agent.get(url).then(({ status, html }) => ({ status, length: html.length }));
    const token = await scimToken(installed.issuer, db);
    const fetchScim = async (url: string) => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return { status: answer.status, length: (await answer.text()).length };
    };
    const answers: AnswerTimes[] = [];
    for (const [paths, get] of [
      [pages, fetchPage],
      [scimPaths, fetchScim],
    ] as const) {
      for (const path of paths) {
        const url = `${installed.issuer}${path.replace('ACCOUNT', ids.account).replace('GROUP', ids.group).replace('DEEP', ids.cursor)}`;
        answers.push({ path, ...(await timesOf(() => get(url), rounds)) });
      }
    }
    const megabytes = residentMegabytes(server.pid).now;
    await server.stop();
    const { startMilliseconds } = await installed.start();
    return { answers, loginMilliseconds, megabytes, startMilliseconds };
  } finally {
    await close();
  }
}

async function timesOf(get: () => Promise<{ status: number; length: number }>, rounds: number) {
  const first = await get();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    await get();
    times.push(performance.now() - started);
  }
  return {
    status: first.status,
    kilobytes: first.length / 1000,
    medianMilliseconds: medianOf(times.toSorted((one, other) => one - other)),
    p95Milliseconds: percentile(times, 0.95),
  };
}

/** From the form that is sent to the page behind it. */
async function measureLogins(issuer: string, agent: UserAgent, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const form = await agent.get(`${issuer}login`);
    const started = performance.now();
    const answer = await agent.submit(form, '/login', administrator);
    times.push(performance.now() - started);
    if (answer.status !== 303) throw new Error(`the login was answered with ${answer.status}`);
  }
  return medianOf(times.toSorted((one, other) => one - other));
}

/** The tokens of today, so that overviews have something to add up; the log has partitions from today on. */
async function preload(db: Database): Promise<void> {
  await sql`
    INSERT INTO issue_log (at, event, jti, subject, client_id, flow, audience, requested, issued, refused, because,
      policy_version, expires_at, cap, address)
    SELECT greatest(now() - (n % 86000) * interval '1 second', date_trunc('day', now(), 'UTC')), 'issued', gen_random_uuid(), 'client-' || (n % 10000),
      'client-' || (n % 10000), 'client_credentials', ARRAY['https://bench.example.org'], 'storage.read:/', 'storage.read:/',
      '[]', ARRAY['grant-1'], 10, now() + interval '1 hour', '{"at": 1795000000000, "kind": "lifetime", "rule": null}', '127.0.0.1'
    FROM generate_series(1, 300000) AS n`.execute(db);
  await sql`ANALYZE`.execute(db);
}

interface Ids {
  readonly account: string;
  readonly group: string;
  /** Of the feed of changes, behind most of it. */
  readonly cursor: string;
}

async function someIds(db: Database): Promise<Ids> {
  const account = await db
    .selectFrom('accounts')
    .select('id')
    .where('username', '=', 'user-777')
    .executeTakeFirstOrThrow();
  const group = await db.selectFrom('groups').select('id').where('path', '=', '/escape').executeTakeFirstOrThrow();
  const { rows } = await sql<{ cursor: string }>`
    SELECT concat_ws('.', epoch, cleaned, xact, sequence) AS cursor FROM changes, change_feed
    ORDER BY xact, sequence OFFSET 300000 LIMIT 1`.execute(db);
  return { account: account.id, group: group.id, cursor: rows[0]?.cursor ?? '' };
}

/** A client of its own for scripts. */
async function scimToken(issuer: string, db: Database): Promise<string> {
  const definition = { grantTypes: ['client_credentials'], scopes: ['scim:read', 'iam:admin.read'] };
  const hash = `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from('bench-secret'))).toString('base64url')}`;
  await sql`INSERT INTO clients (client_id, secret_hash, definition) VALUES ('bench-scim', ${hash}, ${JSON.stringify(definition)}::jsonb)
    ON CONFLICT DO NOTHING`.execute(db);
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'bench-scim',
      client_secret: 'bench-secret',
      scope: 'scim:read iam:admin.read',
    });
    const answer = await fetch(`${issuer}token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token?: string };
    if (token !== undefined) return token;
    // The server reads the new client within 250 ms.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no token for the client of the bench');
}
