/** What SCIM writes of INDIGO's extension: certificates, keys, upstream identities, labels and ends, all of a request or nothing of it. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import type { TestIssuer } from '../support/issuer.ts';
import { type ScimCall, scimCaller, scimToken, startScimIssuer } from '../support/scim.ts';

const indigo = 'urn:indigo-dc:scim:schemas:IndigoUser';
let issuer: TestIssuer;
let scim: ScimCall;
let count = 0;

beforeAll(async () => {
  issuer = await startScimIssuer();
  scim = scimCaller(issuer, await scimToken(issuer, 'provisioner', 'scim:read scim:write'));
});
afterAll(() => issuer.close());

const make = (extension: object, more: object = {}) =>
  scim('POST', '/scim/Users', { body: { userName: `known-${++count}`, ...more, [indigo]: extension } });
const patch = (id: string, ...Operations: object[]) => scim('PATCH', `/scim/Users/${id}`, { body: { Operations } });
const extensionOf = async (id: string) => (await scim('GET', `/scim/Users/${id}`)).body[indigo];

/** A certificate that the system's openssl makes. */
function newCertificate(name: string, kind = 'ed25519'): string {
  const subject = `/DC=org/O=Example/CN=${name}`;
  const args = ['req', '-x509', '-newkey', kind, '-nodes', '-keyout', '/dev/null', '-subj', subject];
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
}

/** Sent by mistake with a certificate. */
const privateKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });

function newSshKey(): string {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return Buffer.concat([part(Buffer.from('ssh-ed25519')), part(Buffer.from(x as string, 'base64url'))]).toString(
    'base64',
  );
}

const wire = (...parts: readonly (string | Buffer)[]) =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, Buffer.from(part)];
    }),
  ).toString('base64');

function newRsaKey(modulusLength: number): string {
  const { e = '', n = '' } = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
  const number = (text: string) => Buffer.concat([Buffer.from([0]), Buffer.from(text, 'base64url')]);
  return `ssh-rsa ${wire('ssh-rsa', Buffer.from(e, 'base64url'), number(n))}`;
}

const dsaKey = `ssh-dss ${wire('ssh-dss', '1', '2', '3', '4')}`;

test('a user is made with all of it, and keeps what a request does not speak of', async () => {
  const key = newSshKey();
  const made = await make({
    certificates: [{ display: 'grid', pemEncodedCertificate: `${newCertificate('Grace')}${privateKey}` }],
    sshKeys: [{ display: 'laptop', value: `ssh-ed25519 ${key} grace@laptop` }],
    oidcIds: [{ issuer: 'https://idp.example.org', subject: 'grace-1' }],
    labels: [{ prefix: 'cern.ch', name: 'unit', value: 'IT' }],
    endTime: '2031-01-01T00:00:00Z',
  });
  expect(made.status).toBe(201);
  const known = {
    certificates: [{ display: 'grid', subjectDn: 'CN=Grace,O=Example,DC=org', issuerDn: 'CN=Grace,O=Example,DC=org' }],
    sshKeys: [
      { display: 'laptop', value: `ssh-ed25519 ${key}`, fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/) },
    ],
    oidcIds: [{ issuer: 'https://idp.example.org', subject: 'grace-1' }],
    labels: [{ prefix: 'cern.ch', name: 'unit', value: 'IT' }],
    endTime: '2031-01-01T00:00:00.000Z',
  };
  expect(made.body[indigo]).toMatchObject(known);
  expect(JSON.stringify(made.body)).not.toContain('PRIVATE');
  const { id, userName } = made.body;
  const replaced = await scim('PUT', `/scim/Users/${id}`, { body: { userName, [indigo]: { affiliation: 'Yale' } } });
  expect(replaced.body[indigo]).toMatchObject({ ...known, affiliation: 'Yale' });
  const patched = await patch(id, { op: 'add', path: `${indigo}:sshKeys`, value: [{ value: newSshKey() }] });
  expect(patched.body[indigo].sshKeys).toHaveLength(2);
  const cleared = await patch(
    id,
    { op: 'remove', path: `${indigo}:sshKeys[value eq "ssh-ed25519 ${key}"]` },
    { op: 'remove', path: `${indigo}:certificates` },
    { op: 'remove', path: `${indigo}:labels` },
    { op: 'remove', path: `${indigo}:endTime` },
  );
  expect(cleared.body[indigo]).toMatchObject({ certificates: [], labels: [], sshKeys: [{ primary: true }] });
  expect(cleared.body[indigo]).not.toHaveProperty('endTime');
});

test.each<[string, object, string]>([
  ['a key that is none', { sshKeys: [{ value: 'ssh-rsa AAAA' }] }, 'sshKeys.value'],
  ['a key of another type than it says', { sshKeys: [{ value: `ssh-rsa ${newSshKey()}` }] }, 'sshKeys.value'],
  ['an RSA key of 1024 bits', { sshKeys: [{ value: newRsaKey(1024) }] }, '2048'],
  ['a DSA key', { sshKeys: [{ value: dsaKey }] }, 'DSA'],
  [
    'a certificate of a weak key',
    { certificates: [{ pemEncodedCertificate: newCertificate('Eve', 'rsa:1024') }] },
    '2048',
  ],
  ['a certificate that is none', { certificates: [{ pemEncodedCertificate: 'x' }] }, 'pemEncodedCertificate'],
  ['a certificate without a name', { certificates: [{ display: 'grid' }] }, 'certificates.subjectDn'],
  [
    'a certificate of another subject',
    { certificates: [{ subjectDn: 'CN=Alice', pemEncodedCertificate: newCertificate('Eve') }] },
    'certificates.subjectDn',
  ],
  ['an identity without a subject', { oidcIds: [{ issuer: 'https://idp.example.org' }] }, 'oidcIds'],
  ['a label without a name', { labels: [{ value: 'x' }] }, 'labels'],
])('%s is refused, and no user is made', async (_what, extension, named) => {
  const refused = await make(extension);
  expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
  expect(refused.body.detail).toContain(named);
  const { body } = await scim('GET', `/scim/Users?filter=${encodeURIComponent(`userName eq "known-${count}"`)}`);
  expect(body.totalResults).toBe(0);
});

test("what is another's is not taken, and of a request that is refused late nothing stays", async () => {
  const identity = { issuer: 'https://idp.example.org', subject: 'owned' };
  const owner = await make({ oidcIds: [identity] });
  const refusedNew = await make({ oidcIds: [identity] }, { externalId: 'late' });
  expect(refusedNew).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
  expect(JSON.stringify(refusedNew.body)).not.toContain(owner.body.id);

  const { body } = await make({ labels: [{ name: 'unit', value: 'IT' }] });
  const before = await scim('GET', `/scim/Users/${body.id}`);
  const refused = await patch(
    body.id,
    { op: 'replace', path: 'name.formatted', value: 'Changed' },
    { op: 'add', path: `${indigo}:sshKeys`, value: [{ value: newSshKey() }] },
    { op: 'add', path: `${indigo}:oidcIds`, value: [identity] },
    { op: 'replace', path: 'active', value: false },
  );
  expect(refused.status).toBe(409);
  expect((await scim('GET', `/scim/Users/${body.id}`)).body).toEqual(before.body);
  const { db } = issuer.database;
  const written = await db.selectFrom('audit_log').select('action').where('object_id', '=', body.id).execute();
  expect(written).toEqual([{ action: 'account.created' }]);
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('username', '=', `known-${count - 1}`)
    .execute();
  expect(rows).toEqual([]);
});

test('an id of the client, and what somebody is known by, count as changes and are in the audit log', async () => {
  const { body } = await make({});
  const changed = await patch(body.id, { op: 'add', path: 'externalId', value: 'hr-17' });
  expect(changed.body.externalId).toBe('hr-17');
  expect(Date.parse(changed.body.meta.lastModified)).toBeGreaterThan(Date.parse(body.meta.lastModified));
  const linked = await patch(body.id, {
    op: 'add',
    path: `${indigo}:oidcIds`,
    value: [{ issuer: 'https://idp.example.org', subject: 'hr-17' }],
  });
  expect(Date.parse(linked.body.meta.lastModified)).toBeGreaterThan(Date.parse(changed.body.meta.lastModified));
  const entries = await issuer.database.db
    .selectFrom('audit_log')
    .select(['action', 'actor'])
    .where('object_id', '=', body.id)
    .orderBy('id')
    .execute();
  expect(entries).toEqual([
    { action: 'account.created', actor: 'client:provisioner' },
    { action: 'account.changed', actor: 'client:provisioner' },
    { action: 'identity.linked', actor: 'client:provisioner' },
  ]);
});

test('of writers at once who read the same version, one gets through', async () => {
  const { body } = await make({});
  const write = (value: string) =>
    scim('PATCH', `/scim/Users/${body.id}`, {
      body: { Operations: [{ op: 'add', path: `${indigo}:labels`, value: [{ name: value, value }] }] },
      headers: { 'if-match': body.meta.version },
    });
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map(write));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
  const all = await Promise.all(
    ['e', 'f', 'g'].map((name) =>
      patch(body.id, { op: 'add', path: `${indigo}:labels`, value: [{ name, value: name }] }),
    ),
  );
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await extensionOf(body.id)).labels).toHaveLength(4);
});
