import { readFileSync } from 'node:fs';
import { verifyPassword } from '../../src/accounts/password.ts';
import { hashClientSecret, secretMatches } from '../../src/clients/secret.ts';
import { type ApplyOptions, applyLake } from '../../src/lake/apply.ts';
import { formatChanges } from '../../src/lake/plan/change.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const example = readFileSync('examples/escape.yaml', 'utf8');

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The diff of an application, notices included. */
async function apply(text: string, options: ApplyOptions = {}): Promise<string[]> {
  const { changes, notices } = await applyLake(createLakeStore(database.db), text, 'lake.yaml', options);
  return [...formatChanges(changes).split('\n').slice(0, -1), ...notices.map((notice) => `! ${notice}`)];
}

async function lakeVersion(): Promise<number> {
  const row = await database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
  return Number(row.version);
}

async function account(username: string) {
  return database.db.selectFrom('accounts').selectAll().where('username', '=', username).executeTakeFirstOrThrow();
}

async function groupsOf(username: string): Promise<string[]> {
  const rows = await database.db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'account_id')
    .innerJoin('groups', 'groups.id', 'group_id')
    .select('path')
    .where('username', '=', username)
    .orderBy('path')
    .execute();
  return rows.map(({ path }) => path);
}

/** As a membership that was approved in the administration, not declared in a file. */
async function join(username: string, path: string): Promise<void> {
  const { id } = await account(username);
  const group = await database.db.selectFrom('groups').select('id').where('path', '=', path).executeTakeFirstOrThrow();
  await database.db.insertInto('memberships').values({ account_id: id, group_id: group.id }).execute();
}

const small = (lines = '', bob = '[/escape, /escape/cta]') => `version: 1
vo: escape
groups:
  - { path: /escape, default: true }
  - { path: /escape/cta }
  - { path: /escape/ska }
accounts:
  - { username: bob, name: Bob, password: bob-secret, groups: ${bob} }
clients:
  - { clientId: portal, clientSecret: first, scopes: [openid, email] }
grants:
  - { id: read, subject: "group:/escape", actions: [read], path: / }
${lines}`;

describe('applying a lake file', () => {
  test('the example fills an empty database, and a second time changes nothing', async () => {
    const first = await apply(example);
    expect(first).toContain('+ group /escape/cta/p17');
    expect(first).toContain('+ account alice');
    expect(first).toContain('+ embargo cta-p17');
    expect(first.filter((line) => /^[~-]/.test(line))).toEqual([]);
    const version = await lakeVersion();
    expect(await apply(example)).toEqual([]);
    expect(await apply(example, { prune: true })).toEqual([]);
    expect(await lakeVersion()).toBe(version);
  });

  test('secrets are kept as hashes only', async () => {
    await apply(example);
    const alice = await account('alice');
    expect(alice.id).toBe('5a1e0000-0000-4000-8000-000000000001');
    expect(await verifyPassword(alice.password_hash, 'alice-demo-password')).toBe(true);
    const portal = await database.db
      .selectFrom('clients')
      .selectAll()
      .where('client_id', '=', 'portal')
      .executeTakeFirstOrThrow();
    expect(portal.secret_hash).not.toBeNull();
    expect(secretMatches('portal-demo-secret', portal.secret_hash ?? '')).toBe(true);
    expect(JSON.stringify([await database.db.selectFrom('clients').selectAll().execute(), alice])).not.toMatch(
      /demo-(secret|password)/,
    );
  });

  test('a dry run prints the same diff and writes nothing', async () => {
    const dry = await apply(small(), { dryRun: true });
    expect(await database.db.selectFrom('accounts').selectAll().execute()).toEqual([]);
    expect(await apply(small())).toEqual(dry);
    const changed = small().replace('name: Bob', 'name: Robert');
    expect(await apply(changed, { dryRun: true })).toEqual(['~ account bob', '    name: Bob → Robert']);
    expect((await account('bob')).name).toBe('Bob');
  });

  test('a file with a fault writes nothing at all', async () => {
    const faulty = small('  - { id: bad, subject: "group:/nope", actions: [read], path: / }');
    await expect(apply(faulty)).rejects.toMatchObject({
      code: 'lake_invalid',
      message: 'lake.yaml:13: grants[1].subject: group `/nope` not known',
    });
    expect(await database.db.selectFrom('groups').selectAll().execute()).toEqual([]);
  });

  test('fields become what the file says, lists included, and left out ones their defaults', async () => {
    await apply(small());
    const changed = small()
      .replace('name: Bob, ', '')
      .replace('scopes: [openid, email]', 'scopes: [openid, profile], policyMode: strict')
      .replace('actions: [read], path: /', 'actions: [read, stage], path: /cta, until: 2027-01-01T00:00:00+01:00');
    expect(await apply(changed)).toEqual([
      '~ account bob',
      '    name: Bob → (none)',
      '~ client portal',
      '    scopes: + profile, - email',
      '    policyMode: (none) → strict',
      '~ grant read',
      '    actions: + stage',
      '    path: / → /cta',
      '    until: (none) → 2026-12-31T23:00:00Z',
    ]);
    expect(await apply(changed)).toEqual([]);
  });

  test('without --prune nothing that the file does not name is taken away', async () => {
    await apply(small('embargoes:\n  - { id: e, path: /x, until: 2027-01-01T00:00:00Z }'));
    expect(await apply('version: 1\n')).toEqual([]);
    expect((await account('bob')).state).toBe('active');
  });

  test('--prune takes away what apply created: accounts are suspended, embargoes withdrawn, the rest deleted', async () => {
    await apply(small('embargoes:\n  - { id: e, path: /x, until: 2027-01-01T00:00:00Z }'));
    const rest = 'version: 1\ngroups:\n  - { path: /escape, default: true }\n';
    expect(await apply(rest, { prune: true })).toEqual([
      '- group /escape/cta',
      '- group /escape/ska',
      '- account bob',
      '    suspended',
      '- client portal',
      '- grant read',
      '- embargo e',
      '    withdrawn',
    ]);
    expect((await account('bob')).state).toBe('suspended');
    expect(await database.db.selectFrom('embargoes').select('state').execute()).toEqual([{ state: 'withdrawn' }]);
    expect(await database.db.selectFrom('clients').selectAll().execute()).toEqual([]);
    expect(await apply(rest, { prune: true })).toEqual([]);
  });

  test('an account that was pruned comes back when a file names it again', async () => {
    await apply(small());
    await apply('version: 1\n', { prune: true });
    const back = await apply(small());
    expect(back).toEqual(expect.arrayContaining(['~ account bob', '    state: suspended → active']));
    expect(await apply(small())).toEqual([]);
    expect(await apply('version: 1\n', { prune: true })).toContain('- account bob');
  });

  test('an account or client that was suspended otherwise stays so', async () => {
    await apply(small());
    await database.db.updateTable('accounts').set({ state: 'suspended' }).execute();
    await database.db.updateTable('clients').set({ state: 'suspended' }).execute();
    expect(await apply(small())).toEqual([]);
    expect((await account('bob')).state).toBe('suspended');
    expect(await apply(small().replace('name: Bob', 'name: Bob, state: active'))).toEqual([
      '~ account bob',
      '    state: suspended → active',
    ]);
  });

  test('--prune leaves alone what apply did not create', async () => {
    await apply(small());
    await database.db.insertInto('accounts').values({ username: 'zoe' }).execute();
    await database.db.insertInto('clients').values({ client_id: 'own', definition: '{}' }).execute();
    const named = small('').replace('clients:', '  - { username: zoe, name: Zoe }\nclients:');
    expect(await apply(named)).toEqual(['~ account zoe', '    name: (none) → Zoe']);
    expect(await apply(small(), { prune: true })).toEqual([]);
    expect((await account('zoe')).state).toBe('active');
  });

  test('memberships follow the file only as far as a file declared them', async () => {
    await apply(small());
    await join('bob', '/escape/ska');
    expect(await apply(small('', '[/escape]'))).toEqual(['~ account bob', '    groups: - /escape/cta']);
    expect(await groupsOf('bob')).toEqual(['/escape', '/escape/ska']);
    // Named once, it is the file's from then on.
    expect(await apply(small('', '[/escape, /escape/ska]'))).toEqual([]);
    expect(await apply(small('', '[/escape]'))).toEqual(['~ account bob', '    groups: - /escape/ska']);
    expect(await groupsOf('bob')).toEqual(['/escape']);
    expect(await apply(small('', '[{ path: /escape, until: 2027-01-01T00:00:00Z }]'))).toEqual([
      '~ account bob',
      '    groups: ~ /escape → /escape until 2027-01-01T00:00:00Z',
    ]);
  });

  test('managed groups and memberships of clients follow the same rule', async () => {
    const with_ = (manages: string, groups: string) =>
      small()
        .replace('name: Bob', `name: Bob, manages: ${manages}`)
        .replace('scopes: [openid, email]', `groups: ${groups}`);
    await apply(with_('[/escape]', '[/escape]'));
    expect(await apply(with_('[/escape/cta]', '[/escape/ska]'))).toEqual([
      '~ account bob',
      '    manages: + /escape/cta',
      '    manages: - /escape',
      '~ client portal',
      '    groups: + /escape/ska',
      '    groups: - /escape',
    ]);
    expect(await apply(with_('[/escape/cta]', '[/escape/ska]'))).toEqual([]);
  });

  test('a changed secret is told and kept, and taken with --reset-secrets', async () => {
    await apply(small());
    const changed = small().replace('bob-secret', 'bob-other').replace('first', 'second');
    const notices = [
      '! account bob: `password` differs from the stored one, which is kept; use --reset-secrets to replace it',
      '! client portal: `clientSecret` differs from the stored one, which is kept; use --reset-secrets to replace it',
    ];
    expect(await apply(changed)).toEqual(notices);
    expect(await verifyPassword((await account('bob')).password_hash, 'bob-secret')).toBe(true);
    expect(await apply(changed, { resetSecrets: true })).toEqual([
      '~ account bob',
      '    password: (replaced)',
      '~ client portal',
      '    clientSecret: (replaced)',
    ]);
    expect(await verifyPassword((await account('bob')).password_hash, 'bob-other')).toBe(true);
    expect(await apply(changed)).toEqual([]);
  });

  test('a secret is used when the row has none, given in clear or as a hash', async () => {
    await apply(small().replace('password: bob-secret, ', '').replace('clientSecret: first, ', ''));
    expect((await account('bob')).password_hash).toBeNull();
    const hashed = small().replace('clientSecret: first', `clientSecretHash: "${hashClientSecret('first')}"`);
    expect(await apply(hashed)).toEqual([
      '~ account bob',
      '    password: (none) → (set)',
      '~ client portal',
      '    clientSecretHash: (none) → (set)',
    ]);
    expect(await apply(small())).toEqual([]);
  });

  test('the order of groups is that of the file (W-GRP-5)', async () => {
    const inOrder = (...paths: string[]) =>
      `version: 1\nvo: e\ngroups:\n${paths.map((path) => `  - { path: ${path} }\n`).join('')}`;
    await apply(inOrder('/e', '/e/a', '/e/b'));
    expect(await apply(inOrder('/e', '/e/b', '/e/a'))).toEqual(['~ groups', '    order: /e, /e/b, /e/a']);
    expect(await apply(inOrder('/e', '/e/b', '/e/a'))).toEqual([]);
    expect(await apply(inOrder('/e', '/e/c', '/e/b'))).toEqual([
      '+ group /e/c',
      '~ groups',
      '    order: /e, /e/c, /e/b',
    ]);
    const rows = await database.db.selectFrom('groups').select('path').orderBy('position').execute();
    expect(rows.map(({ path }) => path)).toEqual(['/e', '/e/c', '/e/b', '/e/a']);
  });

  test('names and audiences may be exchanged', async () => {
    const lake = (first: string, second: string) => `version: 1
accounts:
  - { id: one, username: ${first} }
  - { id: two, username: ${second} }
storages:
  - { name: A, audience: "${first}" }
  - { name: B, audience: "${second}" }
`;
    await apply(lake('x', 'y'));
    expect(await apply(lake('y', 'x'))).toContain('    username: x → y');
    expect((await account('y')).id).toBe('one');
    expect(await apply(lake('y', 'x'))).toEqual([]);
  });

  test('two applications at once do not mix', async () => {
    const diffs = await Promise.all([apply(small()), apply(small()), apply(small())]);
    expect(diffs.filter((lines) => lines.length > 0)).toHaveLength(1);
    expect(await apply(small())).toEqual([]);
  });

  test('many accounts go in at once, and readers and other writers are not held up meanwhile', async () => {
    const accounts = Array.from({ length: 12_000 }, (_, n) => ({
      username: `user${n}`,
      groups: ['/escape', { path: '/escape/cta', until: '2027-01-01T00:00:00Z' }],
    }));
    await apply(small());
    const running = apply(JSON.stringify({ version: 1, accounts }));
    let finished = false;
    void running.then(() => {
      finished = true;
    });
    let reads = 0;
    while (!finished) {
      await database.db.selectFrom('clients').selectAll().execute();
      await database.db
        .updateTable('accounts')
        .set({ email: `bob${reads}@example.org` })
        .where('username', '=', 'bob')
        .execute();
      reads += 1;
    }
    expect(await running).toHaveLength(12_000);
    expect(reads).toBeGreaterThan(3);
    const { count } = await database.db
      .selectFrom('memberships')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(24_002);
    expect(await apply(JSON.stringify({ version: 1, accounts }))).toEqual([]);
  });
});
