/** Identities, certificates and SSH keys in lake files: what a file names is its own, what people added stays, and nothing is two accounts'. */
import { load as parse } from 'js-yaml';
import { peopleOperator } from '../../src/accounts/actor.ts';
import { type ApplyOptions, applyLake } from '../../src/lake/apply.ts';
import { exportLake } from '../../src/lake/export.ts';
import { formatChanges } from '../../src/lake/plan/change.ts';
import { writeYaml } from '../../src/lake/yaml-text.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIdentities } from '../../src/storage/identities.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGef6r3vWD49e5HpteyP6fy3/Z+oIG2f8y7ULwdkxgmn alice@laptop';
const weakKey =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDIX80dMmFb7vLSBUZXTSXgzJAuYKjDIzJ+YVYej8ObDyl1aGhh7tW1xkpPIGBZCv7zpkkE+Als6t2Q4ooPZRpcHvKZAyNcIQJTdXbSs0OS4EZ3D6e31aRvB++yjl/PuBRnROFTdePbE9GR9kbi2S//3mOc8ppzEH7UAP04/bwpkw== weak';
const issuer = 'https://idp.example.org';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** The diff of an application, with its warnings. */
async function apply(text: string, options: ApplyOptions = {}): Promise<string[]> {
  const { changes, warnings } = await applyLake(createLakeStore(database.db), text, 'lake.yaml', options);
  return [...formatChanges(changes).split('\n').slice(0, -1), ...warnings.map((warning) => `! ${warning}`)];
}

const lake = (alice: string, bob = '') => `version: 1
upstreams: [{ name: home, issuer: ${issuer}, clientId: sluice, title: Home }]
accounts:
  - { id: alice, username: alice${alice} }
  - { id: bob, username: bob${bob} }
`;
const full = `, identities: [{ issuer: ${issuer}, subject: a-1 }], certificates: [{ subject: "CN=Alice,DC=example", label: grid }], sshKeys: ["${key}"]`;

const identities = () => createIdentities(database.db, systemClock);
const context = { actor: peopleOperator, reason: null };
const exported = async () => exportLake(await createLakeStore(database.db).read());
const accountsOf = async () => (await exported()).accounts as readonly Record<string, unknown>[];

test('a file makes them so, a second time changes nothing, and an export says the same', async () => {
  await apply(lake(full));
  expect(await apply(lake(full), { prune: true })).toEqual([]);
  const [alice] = await accountsOf();
  expect(alice).toMatchObject({
    identities: [{ issuer, subject: 'a-1' }],
    certificates: [{ subject: 'CN=Alice,DC=example', label: 'grid' }],
    sshKeys: [{ key: key.split(' ').slice(0, 2).join(' '), label: 'alice@laptop' }],
  });
  const text = writeYaml(await exported());
  expect(parse(text)).toEqual(await exported());
  expect(await apply(text)).toEqual([]);
  expect(await identities().find({ issuer, subject: 'a-1' })).toBe('alice');
});

test('a dry run shows them, the audit log keeps them, and what changes are label and certificate', async () => {
  await apply(lake(''));
  const added = [
    '~ account alice',
    `    identities: + a-1 at ${issuer}`,
    '    certificates: + CN=Alice,DC=example',
    expect.stringMatching(/^ {4}sshKeys: \+ SHA256:[\w+/]{43}$/),
  ];
  expect(await apply(lake(full), { dryRun: true })).toEqual(added);
  expect(await accountsOf()).toEqual([
    expect.not.objectContaining({ identities: expect.anything() }),
    expect.anything(),
  ]);
  const updatedAt = () =>
    database.db.selectFrom('accounts').select('updated_at').where('id', '=', 'alice').executeTakeFirstOrThrow();
  const before = await updatedAt();
  expect(await apply(lake(full))).toEqual(added);
  // SCIM tells by it that the user is another one.
  expect((await updatedAt()).updated_at.getTime()).toBeGreaterThan(before.updated_at.getTime());
  expect(await apply(lake(full.replace('grid', 'host')))).toEqual([
    '~ account alice',
    '    certificates: ~ CN=Alice,DC=example',
  ]);
  const entries = await database.db
    .selectFrom('audit_log')
    .select(['action', 'actor', 'detail'])
    .where('action', 'not like', 'account.%')
    .orderBy('id')
    .execute();
  expect(entries).toEqual([
    { action: 'identity.linked', actor: 'operator', detail: { issuer, subject: 'a-1' } },
    { action: 'certificate.added', actor: 'operator', detail: { subject: 'CN=Alice,DC=example', issuer: '' } },
    { action: 'ssh-key.added', actor: 'operator', detail: { fingerprint: expect.stringMatching(/^SHA256:/) } },
  ]);
});

test('what people linked stays; what an earlier file named and this one does not, goes', async () => {
  await apply(lake(full));
  await identities().link(context, 'alice', { issuer, subject: 'by-herself' });
  const lines = await apply(lake(''));
  expect(lines).toHaveLength(4);
  expect(lines).toContain(`    identities: - a-1 at ${issuer}`);
  const known = await identities().of('alice');
  expect(known).toMatchObject({ identities: [{ subject: 'by-herself' }], certificates: [], sshKeys: [] });
  expect(await apply(lake(''), { prune: true })).toEqual([]);
  // Named once, it is the file's.
  const named = `, identities: [{ issuer: ${issuer}, subject: by-herself }]`;
  expect(await apply(lake(named))).toEqual([]);
  expect(await apply(lake(''))).toEqual(['~ account alice', `    identities: - by-herself at ${issuer}`]);
});

test('what an import brought is nobody’s file', async () => {
  await apply(lake(full), { declare: false });
  expect(await apply(lake(''), { prune: true })).toEqual([]);
  expect((await identities().of('alice')).sshKeys).toHaveLength(1);
});

test('nothing is two accounts’: refused with both places, or with the account that has it', async () => {
  await expect(apply(lake(full, full))).rejects.toThrow(
    `lake.yaml:5: accounts[1].identities[0]: \`a-1 at ${issuer}\` is also in accounts[0].identities[0] (\`alice\`), expected once`,
  );
  await apply(lake(''));
  await identities().link(context, 'bob', { issuer, subject: 'a-1' });
  await expect(apply(lake(full))).rejects.toThrow(
    `lake.yaml:4: accounts[0].identities[0]: \`a-1 at ${issuer}\` is linked to account \`bob\` already`,
  );
  expect(await identities().of('alice')).toMatchObject({ certificates: [], sshKeys: [] });
});

test('somebody who links an identity while the file is applied keeps it, and nothing of the file is written', async () => {
  await apply(lake(''));
  const store = createLakeStore(database.db);
  const late: typeof store = {
    ...store,
    change: (use) =>
      store.change((session) =>
        use({
          ...session,
          write: async (...what) => {
            await identities().link(context, 'bob', { issuer, subject: 'a-1' });
            return session.write(...what);
          },
        }),
      ),
  };
  const changed = lake(full).replace('username: bob', 'username: bob, name: Bob');
  await expect(applyLake(late, changed, 'lake.yaml')).rejects.toThrow(
    `\`a-1 at ${issuer}\` was linked to another account meanwhile, and nothing was written`,
  );
  expect(await identities().find({ issuer, subject: 'a-1' })).toBe('bob');
  expect((await identities().of('alice')).sshKeys).toEqual([]);
});

test('a file may give to another account what an earlier file gave', async () => {
  await apply(lake(full));
  await apply(lake('', full));
  expect(await identities().find({ issuer, subject: 'a-1' })).toBe('bob');
  // Of an account that this file does not name, nothing is taken.
  const bobOnly = lake(full).split('\n').slice(0, 4).join('\n');
  await expect(apply(bobOnly)).rejects.toThrow('is linked to account `bob` already');
});

test.each([
  ['a weak key', `, sshKeys: ["${weakKey}"]`, 'sshKeys[0]: expected an RSA key of 2048'],
  ['no key', ', sshKeys: [ssh-ed25519]', 'sshKeys[0]: expected one public SSH key'],
  ['an object without a key', ', sshKeys: [{ key: none, label: x }]', 'sshKeys[0]'],
  ['no name', ', certificates: [{ subject: Alice }]', 'certificates[0].subject: expected'],
  ['no certificate', ', certificates: [{ pem: none }]', 'certificates[0]: expected a certificate'],
  ['no URL', ', identities: [{ issuer: idp, subject: x }]', 'identities[0].issuer: expected the URL'],
  ['no subject', ', identities: [{ issuer: "https://idp.example.org" }]', 'identities[0].subject: is missing'],
])('%s is refused with its place', async (_what, said, message) => {
  await expect(apply(lake(said))).rejects.toThrow(`lake.yaml:4: accounts[0].${message}`);
});

test('an identity at a provider that is not declared is told', async () => {
  const said = ', identities: [{ issuer: "https://other.example.org", subject: x }]';
  expect(await apply(lake(said))).toContain(
    '! no provider in `upstreams` has the issuer `https://other.example.org`, so that nobody logs in with its identities',
  );
});
