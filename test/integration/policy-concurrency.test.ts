/** Two server processes on one database issue at full speed while rules change: no token violates the version that it names (issue: the policy, "Concurrency"). */
import type { Selectable } from 'kysely';
import { createWriteConfirmation } from '../../src/storage/confirm-everywhere.ts';
import type { Database } from '../../src/storage/database.ts';
import { readVersion } from '../../src/storage/lake-facts.ts';
import type { IssueLog } from '../../src/storage/schema.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { clientCredentials, decode } from '../support/http.ts';
import { applyLakeText } from '../support/lake.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import type { ServerProcess } from '../support/server-process.ts';

const audience = 'https://storage.example.org';
const guardMs = 120_000;

/** Names that begin one another, two levels, and one directory that an embargo exempts. */
const directories = ['/d/a', '/d/ab', '/d/b', '/d/b/c', '/d/b/cd'];
const paths = ['/d', ...directories, '/extra'].flatMap((path) => [path, `${path}/file`]);

const lake = `
version: 1
vo: escape
clients:
  - { clientId: robot, clientSecret: robot-demo-secret, grantTypes: [client_credentials], scopes: ["storage.read:/", "storage.modify:/"], policyMode: expand }
storages:
  - { name: storage, audience: "${audience}", matching: segment }
namespace: [${directories.join(', ')}]
grants:
  - { id: all, subject: "client:robot", actions: [read, modify], path: /d }
`;

interface Server {
  readonly url: string;
  readonly process: ServerProcess;
}

interface Issued {
  readonly server: string;
  readonly jti: string;
  /** The version of the last write that had been answered when the request was sent. */
  readonly floor: number;
}

let database: TestDatabase;
let place: ServerPlace;
let servers: Server[];

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, lake);
  place = await createServerPlace();
  // One after the other: the first makes the keys that both sign with.
  servers = [await startServer('one'), await startServer('other')];
});
afterAll(async () => {
  await place.clear();
  await database.drop();
});

async function startServer(name: string): Promise<Server> {
  const settings = await place.settings(name, { SLUICE_DATABASE_URL: database.url, SLUICE_LOG_LEVEL: 'info' });
  return { url: `http://localhost:${settings.SLUICE_PORT}/`, process: await place.startReady(settings) };
}

/** One change of the rules; resolves to the version from which it holds. */
function write(change: (trx: Database) => Promise<unknown>): Promise<number> {
  return database.db.transaction().execute(async (trx) => {
    await change(trx);
    return readVersion(trx);
  });
}

/** The n-th of a series of changes: embargoes come, move, begin later and go, and so does a grant. */
function changeRules(n: number): Promise<number> {
  return write((trx) => {
    if (n % 7 === 6) return trx.deleteFrom('grants').where('id', '=', 'extra').execute();
    if (n % 7 === 3) {
      const grant = { id: 'extra', subject: 'client:robot', actions: ['read'], path: '/extra' };
      return trx.insertInto('grants').values(grant).execute();
    }
    const embargo = {
      id: `e${n % 3}`,
      path: directories[n % directories.length] ?? '/d',
      exempt:
        n % 4 === 0 ? ['/d/b/c'].filter((path) => path.startsWith(`${directories[n % directories.length]}/`)) : [],
      actions: n % 2 === 0 ? ['read'] : ['read', 'create', 'modify', 'stage', 'poll'],
      starts_at: n % 5 === 0 ? new Date(Date.now() + 1_800_000) : null,
      ends_at: new Date('2099-01-01'),
      state: n % 6 === 5 ? 'withdrawn' : 'active',
    };
    return trx
      .insertInto('embargoes')
      .values(embargo)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(embargo))
      .execute();
  });
}

const asked = [
  'storage.read:/d',
  'storage.modify:/d',
  'storage.read:/d/a',
  'storage.read:/d/b/c',
  'storage.read:/extra',
];

/** Asks again and again until told to stop. */
async function issueUntil(stopped: () => boolean, floor: () => number, { url }: Server): Promise<Issued[]> {
  const issued: Issued[] = [];
  for (let turn = 0; !stopped(); turn++) {
    const sent = floor();
    const scope = [asked[turn % asked.length], asked[(turn * 3 + 1) % asked.length]].join(' ');
    const { status, body } = await clientCredentials({ url }, 'robot', { audience, scope });
    if (status === 200) issued.push({ server: url, jti: decode(body.access_token).claims.jti, floor: sent });
    else expect(['invalid_scope', 'temporarily_unavailable']).toContain(body.error);
  }
  return issued;
}

test('no token violates the version that it names, and none names one from before an answered write', async () => {
  let floor = await write((trx) => readVersion(trx));
  let stopped = false;
  const confirmation = createWriteConfirmation(database.connection);
  const clients = servers.flatMap((server) =>
    Array.from({ length: 4 }, () =>
      issueUntil(
        () => stopped,
        () => floor,
        server,
      ),
    ),
  );
  for (let n = 0; n < 50; n++) {
    const version = await changeRules(n);
    // On a slow machine the second may pass: a process that is behind then asks before it issues, which is as good.
    await confirmation.confirmEverywhere(version);
    floor = version;
  }
  stopped = true;
  const issued = (await Promise.all(clients)).flat();
  const log = await writtenLog(issued.length);
  const history = await readHistory();

  const stale = issued.filter(({ jti, floor: least }) => Number(log.get(jti)?.policy_version ?? 0) < least);
  expect(stale).toEqual([]);
  expect(
    [...log.values()].flatMap((entry) => violations(entry, rulesAt(history, Number(entry.policy_version)))),
  ).toEqual([]);
  // Both took part, and the versions changed under them.
  for (const { url } of servers) expect(issued.filter(({ server }) => server === url).length).toBeGreaterThan(100);
  expect(new Set([...log.values()].map((entry) => entry.policy_version)).size).toBeGreaterThan(25);
});

test('a process that is killed makes a write wait a second at most, and soon not at all', async () => {
  const [one, other] = servers as [Server, Server];
  other.process.kill('SIGKILL');
  await other.process.ended;
  const confirmation = createWriteConfirmation(database.connection);
  const scope = 'storage.read:/d/a';
  const answers: boolean[] = [];
  for (let n = 0; !answers.at(-1) && n < 20; n++) {
    const version = await write((trx) =>
      trx
        .updateTable('embargoes')
        .set({ path: '/d/a', starts_at: null, exempt: [], state: n % 2 === 0 ? 'withdrawn' : 'active' })
        .execute(),
    );
    const begun = performance.now();
    answers.push(await confirmation.confirmEverywhere(version));
    expect(performance.now() - begun).toBeLessThan(2000);
    const { status } = await clientCredentials(one, 'robot', { audience, scope });
    expect(status).toBe(n % 2 === 0 ? 200 : 400);
  }
  // The first writes waited for it in vain; after some seconds of silence none does.
  expect(answers[0]).toBe(false);
  expect(answers.at(-1)).toBe(true);
});

type Entry = Pick<Selectable<IssueLog>, 'jti' | 'issued' | 'policy_version' | 'at' | 'expires_at'>;

/** The log is written in batches: what was issued is there a moment later. */
async function writtenLog(count: number): Promise<ReadonlyMap<string, Entry>> {
  for (;;) {
    const rows = await database.db
      .selectFrom('issue_log')
      .select(['jti', 'issued', 'policy_version', 'at', 'expires_at'])
      .where('event', '=', 'issued')
      .execute();
    if (rows.length >= count) return new Map(rows.map((row) => [row.jti ?? '', row]));
  }
}

interface RuleVersion {
  readonly kind: string;
  readonly id: string;
  readonly policyVersion: number;
  // biome-ignore lint/suspicious/noExplicitAny: the words of the lake file
  readonly document: any;
}

async function readHistory(): Promise<readonly RuleVersion[]> {
  const rows = await database.db
    .selectFrom('rule_versions')
    .select(['kind', 'id', 'policy_version', 'document'])
    .orderBy('version')
    .execute();
  return rows.map(({ policy_version, ...row }) => ({ ...row, policyVersion: Number(policy_version) }));
}

/** The last state of each rule that the version has. */
function rulesAt(history: readonly RuleVersion[], version: number): readonly RuleVersion[] {
  const present = new Map<string, RuleVersion>();
  for (const rule of history) if (rule.policyVersion <= version) present.set(`${rule.kind} ${rule.id}`, rule);
  return [...present.values()].filter(({ document }) => document !== null);
}

/** What a verifier would let the token do, and the rules in force before its end would not. */
function violations({ issued, at, expires_at, jti }: Entry, rules: readonly RuleVersion[]): string[] {
  const end = (expires_at?.getTime() ?? 0) + guardMs;
  const overlaps = ({ from, until }: { from: string | null; until: string | null }) =>
    (from === null || Date.parse(from) < end) && (until === null || Date.parse(until) > at.getTime());
  return (issued ?? '').split(' ').flatMap((scope) => {
    const [, action = '', opened = ''] = /^storage\.(\w+):(.+)$/.exec(scope) ?? [];
    return paths
      .filter((path) => isIn(path, opened))
      .filter((path) => {
        const of = (kind: string) => rules.filter((rule) => rule.kind === kind).map(({ document }) => document);
        const granted = of('grant').some((grant) => isIn(path, grant.path) && grant.actions.includes(action));
        const closed = of('embargo').some(
          (embargo) =>
            embargo.state === 'active' &&
            overlaps(embargo) &&
            embargo.actions.includes(action) &&
            isIn(path, embargo.path) &&
            !embargo.exempt.some((exempt: string) => isIn(path, exempt)),
        );
        return !granted || closed;
      })
      .map((path) => `${jti}: ${action} ${path}`);
  });
}

const isIn = (path: string, directory: string) => path === directory || path.startsWith(`${directory}/`);
