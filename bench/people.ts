/** Pages, API and SCIM for a whole science cluster: 100 000 accounts, 50 000 groups, 10 000 clients (issue: people, groups and pages, section 5). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { applyLake } from '../src/lake/apply.ts';
import type { Database } from '../src/storage/database.ts';
import { createLakeStore } from '../src/storage/lake-store.ts';
import { openDatabaseForCommand } from '../src/storage/runtime-database.ts';
import { type Ids, preload, someIds } from './people-data.ts';
import { renderPeopleLake } from './people-lake.ts';
import { type LoginTimes, logIn, measureLogins } from './people-logins.ts';
import { machinePaths, pages } from './people-paths.ts';
import { measureWrites } from './people-writes.ts';
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
  readonly logins: LoginTimes;
  readonly megabytes: number;
  /** From the start of the server to its first healthy answer, on the existing database. */
  readonly startMilliseconds: number;
}

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
    const logins = await measureLogins(installed.issuer, rounds);
    const answers = await measureAnswers(installed.issuer, db, rounds);
    const megabytes = residentMegabytes(server.pid).now;
    await server.stop();
    const { startMilliseconds } = await installed.start();
    return { answers, logins, megabytes, startMilliseconds };
  } finally {
    await close();
  }
}

export async function measureAnswers(issuer: string, db: Database, rounds: number): Promise<readonly AnswerTimes[]> {
  const ids = await someIds(db);
  const agent = await logIn(issuer);
  const openPage = async (url: string) => {
    const { status, html, headers } = await agent.get(url);
    return { status, length: html.length, isWorking: headers.has('refresh') };
  };
  const token = await tokenOfMachine(issuer, db);
  const headers = { authorization: `Bearer ${token}` };
  const callMachine = async (url: string) => {
    const answer = await fetch(url, { headers });
    return { status: answer.status, length: (await answer.text()).length, isWorking: false };
  };
  const answers: AnswerTimes[] = [];
  for (const [paths, get] of [
    [pages, openPage],
    [machinePaths, callMachine],
  ] as const) {
    for (const path of paths) {
      answers.push({ path, ...(await timesOf(() => get(`${issuer}${withIds(path, ids)}`), rounds)) });
    }
  }
  return [...answers, ...(await measureWrites(issuer, token, ids, rounds))];
}

function withIds(path: string, ids: Ids): string {
  return path.replace(/ACCOUNT|GROUP|EXPERIMENT|CURSOR/, (name) => ids[name.toLowerCase() as keyof Ids]);
}

interface Opened {
  readonly status: number;
  readonly length: number;
  /** The page says that it is being worked on. */
  readonly isWorking: boolean;
}

async function timesOf(get: () => Promise<Opened>, rounds: number) {
  let first = await get();
  while (first.isWorking) first = await get();
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

/** A client of its own for scripts. */
async function tokenOfMachine(issuer: string, db: Database): Promise<string> {
  const scopes = ['scim:read', 'scim:write', 'iam:admin.read', 'people:read', 'people:write'];
  const definition = { grantTypes: ['client_credentials'], scopes };
  const hash = `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from('bench-secret'))).toString('base64url')}`;
  await sql`INSERT INTO clients (client_id, secret_hash, definition) VALUES ('bench-scim', ${hash}, ${JSON.stringify(definition)}::jsonb)
    ON CONFLICT DO NOTHING`.execute(db);
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'bench-scim',
      client_secret: 'bench-secret',
      scope: scopes.join(' '),
    });
    const answer = await fetch(`${issuer}token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token?: string };
    if (token !== undefined) return token;
    // The server reads the new client within 250 ms.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no token for the client of the bench');
}
