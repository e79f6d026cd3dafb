/** `sluice import indigo`: a dump that mariadb-dump made of INDIGO IAM's public schema, read, told, written, and used. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { applyCommand } from '../../src/cli/apply.ts';
import type { Command } from '../../src/cli/command.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { importCommand } from '../../src/cli/import.ts';
import { runCommand } from '../support/command.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

const dump = 'test/support/indigo-iam.sql';
let issuer: TestIssuer;
let directory: string;
beforeAll(async () => {
  issuer = await startIssuer({ lake: 'version: 1\n' });
  directory = await mkdtemp(join(tmpdir(), 'sluice-import-'));
});
afterAll(async () => {
  await issuer.close();
  await rm(directory, { recursive: true });
});

const run = (command: Command, args: readonly string[], input = '') =>
  runCommand(issuer.database.url, command, args, input);

/** The UUIDs of the dump. */
const idOf = (number: number) =>
  ({
    2: '80e5fb8d-b7c8-451a-89ba-000000000002',
    3: 'bffc67b7-47fe-410c-a6a0-000000000003',
    4: '0a6fa72a-fb75-4a6c-9734-000000000004',
  })[number];

const exported = async () => (await run(exportCommand, [])).stdout;

test('without --apply nothing is written', async () => {
  const before = await exported();
  const { status, stdout } = await run(importCommand, ['indigo', dump]);
  expect(status).toBe(0);
  expect(stdout).toContain(
    'read: 3 groups, 5 accounts, 2 identities, 2 certificates, 2 SSH keys, 5 clients, 5 grants\n',
  );
  expect(stdout).toContain('nothing was written; --apply writes it\n');
  expect(await exported()).toBe(before);
});

test('what does not come over as it was is told, scope policies with a request that is answered otherwise', async () => {
  const { stdout } = await run(importCommand, ['indigo', dump]);
  const lines = stdout.split('\n');
  for (const line of [
    '~ account alice: SAML identity `78901@idp.example.org` of `https://idp.example.org/shibboleth` left out',
    '~ account bob: identity `105440632287425289613` at `https://accounts.google.com` left out: it is one of account alice as well',
    '~ account bob: SSH key `old` left out: expected an RSA key of 2048 to 16384 bits, found 1024',
    '~ account bob: SSH key `borrowed` left out: it is one of account alice as well',
    '! no provider in `upstreams` has the issuer `https://login.example.org`, so that nobody logs in with its identities',
    '~ client 3a5e6c80-portal: grant types not taken over: implicit',
    '- scope policy 1: it permits to everybody; here nobody has what no grant gives: write grants for groups; anybody, storage.stage:/: was issued, will be refused',
    '~ scope policy 4: it matched the beginning of the text and now holds for whole segments of the path; a member of /escape/cta, storage.modify:/cta-other: was issued, will be refused',
    '~ scope policy 5: there is no rule against single people or groups: end the membership behind the grant, or close the path by an embargo with parties; bob, storage.read:/cta/secret: was refused, will be issued',
    '~ scope policy 7: scim:write: what a client may ask for is said at the client, for all of its users; anybody, scim:write: was refused, will be issued',
    '~ scope policy 8: it was for this very scope and now holds for what is below the path as well; alice, storage.stage:/cta/p17/below: was refused, will be issued',
  ]) {
    expect(lines).toContain(line);
  }
  expect(stdout).toMatch(/^- SAML identities: .*declare it in `upstreams`/m);
  // A denial for everybody is what is so here anyway, and a permission on the whole tree means the same.
  expect(stdout).not.toMatch(/scope policy [23]:/);
  expect(stdout).not.toMatch(/\$2b\$|-secret/);
});

describe('once it is written', () => {
  beforeAll(async () => {
    const { stdout } = await run(importCommand, ['indigo', dump, '--apply']);
    expect(stdout).toContain('written: 18 new, 0 changed\n');
    await issuer.app.refresh();
  });

  test('accounts have their ids, names, ends, roles and labels', async () => {
    const rows = await issuer.database.db
      .selectFrom('accounts')
      .select(['id', 'name', 'kind', 'state', 'roles', 'labels', 'ends_at'])
      .orderBy('username')
      .execute();
    expect(rows).toMatchObject([
      {
        id: '80e5fb8d-b7c8-451a-89ba-000000000002',
        name: "Alice M. O'Hara; \\ Doe",
        labels: { 'hr.cern/cern-person-id': '988211' },
      },
      { name: 'Bob Müller', roles: ['reader'] },
      { name: 'Gina Gone', state: 'suspended' },
      { name: 'Admin User', roles: ['admin'] },
      { name: 'Transfer Robot', kind: 'service' },
    ]);
    expect(rows[0]?.ends_at).toEqual(new Date('2030-01-01T00:00:00Z'));
  });

  test('identities, certificates and SSH keys are those of INDIGO IAM', async () => {
    const { db } = issuer.database;
    expect(
      await db
        .selectFrom('identities')
        .select(['issuer', 'subject', 'account_id', 'declared'])
        .orderBy('issuer')
        .execute(),
    ).toEqual([
      { issuer: 'https://accounts.google.com', subject: '105440632287425289613', account_id: idOf(2), declared: false },
      { issuer: 'https://login.example.org', subject: 'bob-sub', account_id: idOf(3), declared: false },
    ]);
    expect(
      await db
        .selectFrom('certificates')
        .select(['subject_dn', 'issuer_dn', 'label', 'account_id', 'pem'])
        .orderBy('label')
        .execute(),
    ).toEqual([
      {
        subject_dn: 'CN=alice,O=IGI,C=IT',
        issuer_dn: 'CN=Test CA,O=IGI,C=IT',
        label: 'cert-0',
        account_id: idOf(2),
        pem: null,
      },
      {
        subject_dn: 'CN=Bob,O=Example,DC=org',
        issuer_dn: 'CN=Bob,O=Example,DC=org',
        label: 'grid',
        account_id: idOf(3),
        pem: expect.stringMatching(/^-----BEGIN CERTIFICATE-----/),
      },
    ]);
    expect(
      await db.selectFrom('ssh_keys').select(['fingerprint', 'name', 'account_id']).orderBy('name').execute(),
    ).toEqual([
      { fingerprint: 'SHA256:5W2zLDXEHPxusPzTeXhwCB5TkxEesZbPn8DO454dow4', name: 'laptop', account_id: idOf(2) },
      { fingerprint: 'SHA256:GeWxJ0yq8UKtaZfjsax9SIWBIm6sQTL3UT9isHMRSls', name: 'robot', account_id: idOf(4) },
    ]);
  });

  test('a client goes on with its id and secret', async () => {
    const answer = await fetch(`${issuer.url}token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'rucio',
        client_secret: 'rucio-secret',
        scope: 'storage.read:/',
      }),
    });
    expect(await answer.json()).toMatchObject({ scope: 'storage.read:/' });
  });

  test('a person goes on with the password, whose hash is then one of argon2id', async () => {
    const browser = new UserAgent();
    const form = await browser.get(`${issuer.url}login`);
    await browser.submit(form, '/login', { username: 'alice', password: 'indigo-alice-password' });
    expect((await browser.get(`${issuer.url}account`)).status).toBe(200);
    const { password_hash } = await issuer.database.db
      .selectFrom('accounts')
      .select('password_hash')
      .where('username', '=', 'alice')
      .executeTakeFirstOrThrow();
    expect(password_hash).toMatch(/^\$argon2id\$/);
  });

  test('a second time nothing changes, whatever the form of the dump', async () => {
    const zipped = join(directory, 'iam.sql.gz');
    await writeFile(zipped, gzipSync(await readFile(dump)));
    expect((await run(importCommand, ['indigo', zipped, '--apply'])).stdout).toContain('written: 0 new, 0 changed\n');
  });

  test('no lake file takes it away', async () => {
    expect((await run(applyCommand, ['-', '--prune'], 'version: 1\n')).stderr).toBe('no change\n');
  });
});

test('what is no dump of INDIGO IAM is refused with what was expected, and without its values', async () => {
  const refusal = (text: string) => run(importCommand, ['indigo', '-'], text);
  await expect(refusal('SELECT 1;\n')).rejects.toThrow(
    'no table `iam_account`, `iam_user_info`, `iam_group`, `client_details`, expected a dump',
  );
  const broken =
    'CREATE TABLE `client_details` (\n  `id` int,\n  `client_secret` text\n);\nINSERT INTO `client_details` VALUES (1,';
  await expect(refusal(`${broken}'top-secret',2);\n`)).rejects.toThrow(
    '-:5: rows of `client_details` not readable: expected 2 values, found 3',
  );
  await expect(refusal(`${broken}'top-secret`)).rejects.toThrow('break off');
  await expect(run(importCommand, ['indigo', join(directory, 'none.sql')])).rejects.toThrow('cannot be read (ENOENT)');
  const torn = join(directory, 'torn.sql.gz');
  await writeFile(torn, gzipSync(await readFile(dump)).subarray(0, 2000));
  await expect(run(importCommand, ['indigo', torn])).rejects.toThrow('cannot be read (Z_BUF_ERROR)');
  await expect(run(importCommand, ['keycloak', dump])).rejects.toThrow('expected `indigo`');
});
