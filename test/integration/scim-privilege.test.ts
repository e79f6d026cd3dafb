/** No client that writes people takes an account with roles over, nor makes one: over SCIM and INDIGO IAM's paths (EG-18). */
import type { TestIssuer } from '../support/issuer.ts';
import { type ScimCall, scimCaller, scimToken, startScimIssuer } from '../support/scim.ts';

const indigo = 'urn:indigo-dc:scim:schemas:IndigoUser';
const keyValue = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f';
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startScimIssuer();
});
afterAll(() => issuer.close());

describe.each([['scim:read scim:write'], ['iam:admin.read iam:admin.write']])('a client with %s', (scope) => {
  let scim: ScimCall;
  let admin: { id: string; userName: string };
  beforeAll(async () => {
    scim = scimCaller(issuer, await scimToken(issuer, 'provisioner', scope));
    const filter = encodeURIComponent('userName eq "admin"');
    admin = (await scim('GET', `/scim/Users?filter=${filter}`)).body.Resources[0];
  });

  const operations: readonly (readonly [string, object])[] = [
    ['the mail address', { op: 'replace', path: 'emails', value: [{ value: 'eve@evil.example' }] }],
    ['the username', { op: 'replace', path: 'userName', value: 'eve' }],
    [
      'an upstream identity',
      { op: 'add', path: `${indigo}:oidcIds`, value: [{ issuer: 'https://idp.example.org', subject: 'eve' }] },
    ],
    ['an SSH key', { op: 'add', path: `${indigo}:sshKeys`, value: [{ value: keyValue }] }],
    ['a certificate', { op: 'add', path: `${indigo}:certificates`, value: [{ subjectDn: 'CN=Eve,DC=example' }] }],
  ];

  test.each(operations)('does not change %s of an administrator', async (_what, operation) => {
    const path = `/scim/Users/${admin.id}`;
    const before = await scim('GET', path);
    expect((await scim('PATCH', path, { body: { Operations: [operation] } })).status).toBe(403);
    const bulk = await scim('POST', '/scim/Bulk', {
      body: { Operations: [{ method: 'PATCH', path: `/Users/${admin.id}`, data: { Operations: [operation] } }] },
    });
    expect(bulk.body.Operations).toMatchObject([{ status: '403' }]);
    expect((await scim('GET', path)).body).toEqual(before.body);
  });

  test('does not suspend, end or remove an administrator', async () => {
    const path = `/scim/Users/${admin.id}`;
    const suspend = { body: { Operations: [{ op: 'replace', path: 'active', value: false }] } };
    expect((await scim('PATCH', path, suspend)).status).toBe(403);
    const end = { body: { Operations: [{ op: 'add', path: `${indigo}:endTime`, value: '2001-01-01T00:00:00Z' }] } };
    expect((await scim('PATCH', path, end)).status).toBe(403);
    expect((await scim('PUT', path, { body: { userName: 'admin', active: false } })).status).toBeGreaterThan(399);
    expect((await scim('DELETE', path)).status).toBe(403);
    expect((await scim('GET', path)).body).toMatchObject({ userName: 'admin', active: true });
  });

  test('gives nobody a role, a password or a group to manage', async () => {
    const { body } = await scim('POST', '/scim/Users', {
      body: {
        userName: `eve-${scope.length}`,
        password: 'a long enough password',
        roles: [{ value: 'admin' }],
        [indigo]: { authorities: ['ROLE_ADMIN'], managedGroups: [{ value: 'x' }] },
      },
    });
    expect(body[indigo]).toMatchObject({ authorities: ['ROLE_USER'], managedGroups: [] });
    const patched = await scim('PATCH', `/scim/Users/${body.id}`, {
      body: { Operations: [{ op: 'add', path: `${indigo}:authorities`, value: ['ROLE_ADMIN'] }] },
    });
    expect(patched).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    const row = await issuer.database.db
      .selectFrom('accounts')
      .select(['roles', 'password_hash'])
      .where('id', '=', body.id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ roles: [], password_hash: null });
  });
});

test('a client that only reads changes nothing, on any path', async () => {
  const reading = scimCaller(issuer, await scimToken(issuer, 'sync', 'scim:read iam:admin.read'));
  const { body } = await reading('GET', '/scim/Groups?count=1');
  const group = body.Resources[0].id;
  const user = '5a1e0000-0000-4000-8000-000000000002';
  const tries: readonly (readonly [string, string])[] = [
    ['POST', '/scim/Users'],
    ['PUT', `/scim/Users/${user}`],
    ['PATCH', `/scim/Users/${user}`],
    ['DELETE', `/scim/Users/${user}`],
    ['POST', '/scim/Groups'],
    ['PUT', `/scim/Groups/${group}`],
    ['PATCH', `/scim/Groups/${group}`],
    ['DELETE', `/scim/Groups/${group}`],
    ['POST', '/scim/Bulk'],
  ];
  for (const [method, path] of tries) {
    const sent = method === 'DELETE' ? {} : { body: { userName: 'x', displayName: 'x', Operations: [] } };
    const { status, headers } = await reading(method, path, sent);
    expect([method, path, status, headers.get('www-authenticate')]).toEqual([
      method,
      path,
      403,
      expect.stringContaining('insufficient_scope'),
    ]);
  }
});
