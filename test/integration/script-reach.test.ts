/** What no client does to accounts that hold a role, whatever scopes it has: suspend, end, merge, erase, change. Only persons who are administrators do (EG-18). */
import { apiLake, clientToken } from '../support/api.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const indigo = 'urn:indigo-dc:scim:schemas:IndigoUser';
const scopes = ['people:write', 'scim:write', 'iam:admin.write'] as const;
const holders = [
  ['admin', 'admin'],
  ['rita', 'reader'],
  ['max', 'embargo-manager'],
  ['robo', 'reader'],
] as const;

let issuer: TestIssuer;
const tokens = new Map<string, string>();
const ids = new Map<string, string>();

beforeAll(async () => {
  const all = scopes.map((scope) => `"${scope}"`).join(', ');
  const lake = (await apiLake())
    .replace(
      '\nclients:',
      '\n  - { username: robo, kind: service, roles: [reader] }\n  - { username: root, roles: [admin] }\n\nclients:',
    )
    .replace(
      '\nstorages:',
      `\n  - { clientId: keeper, clientSecret: keeper-demo-secret, grantTypes: [client_credentials], scopes: [${all}, "people:read", "scim:read"] }\n\nstorages:`,
    );
  issuer = await startIssuer({ lake });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  for (const scope of scopes) tokens.set(scope, await clientToken(issuer, 'keeper', scope));
  const rows = await issuer.database.db.selectFrom('accounts').select(['id', 'username']).execute();
  for (const { id, username } of rows) ids.set(username, id);
});
afterAll(() => issuer?.close());

type Request = readonly [method: string, path: string, body?: object];

const patch = (...operations: object[]) => ({ Operations: operations });
const suspend = { op: 'replace', path: 'active', value: false };

/** Of the account `id`; `bob` has no role. */
const requests: Readonly<Record<string, (id: string, bob: string) => Request>> = {
  'API: suspend': (id) => ['POST', `api/v1/accounts/${id}/suspend`, { reason: 'x' }],
  'API: restore': (id) => ['POST', `api/v1/accounts/${id}/restore`, { reason: 'x' }],
  'API: end': (id) => ['PATCH', `api/v1/accounts/${id}`, { endsAt: '2030-01-01T00:00:00Z' }],
  'API: name': (id) => ['PATCH', `api/v1/accounts/${id}`, { name: 'Eve' }],
  'API: address': (id) => ['PATCH', `api/v1/accounts/${id}`, { email: 'eve@example.org' }],
  'API: labels': (id) => ['PATCH', `api/v1/accounts/${id}`, { labels: { eve: '1' } }],
  'API: roles': (id) => ['PATCH', `api/v1/accounts/${id}`, { roles: [] }],
  'API: merge into': (id, bob) => ['POST', `api/v1/accounts/${id}/merge`, { duplicate: bob, reason: 'x' }],
  'API: merge away': (id, bob) => ['POST', `api/v1/accounts/${bob}/merge`, { duplicate: id, reason: 'x' }],
  'API: erase': (id) => ['DELETE', `api/v1/accounts/${id}?reason=x`],
  'API: owners': (id) => ['PUT', `api/v1/accounts/${id}/owners`, { owners: ['bob'] }],
  'API: link': (id) => [
    'POST',
    `api/v1/accounts/${id}/identities`,
    { issuer: 'https://idp.example.org', subject: 'eve' },
  ],
  'API: unlink': (id) => ['DELETE', `api/v1/accounts/${id}/identities?issuer=https://idp.example.org&subject=eve`],
  'API: certificate': (id) => ['POST', `api/v1/accounts/${id}/certificates`, { subject: 'CN=Eve,DC=example' }],
  'API: no certificate': (id) => ['DELETE', `api/v1/accounts/${id}/certificates?subject=CN%3DEve`],
  'API: SSH key': (id) => ['POST', `api/v1/accounts/${id}/ssh-keys`, { key: 'ssh-ed25519 AAAA' }],
  'API: no SSH key': (id) => ['DELETE', `api/v1/accounts/${id}/ssh-keys?fingerprint=SHA256:x`],
  'API: factors': (id) => ['DELETE', `api/v1/accounts/${id}/factors`],
  'SCIM: suspend': (id) => ['PATCH', `scim/Users/${id}`, patch(suspend)],
  'SCIM: suspend in bulk': (id) => [
    ...(['POST', 'scim/Bulk'] as const),
    { Operations: [{ method: 'PATCH', path: `/Users/${id}`, data: patch(suspend) }] },
  ],
  'SCIM: end': (id) => [
    ...(['PATCH', `scim/Users/${id}`] as const),
    patch({ op: 'add', path: `${indigo}:endTime`, value: '2030-01-01T00:00:00Z' }),
  ],
  'SCIM: name': (id) => ['PATCH', `scim/Users/${id}`, patch({ op: 'replace', path: 'name.familyName', value: 'Eve' })],
  'SCIM: external id': (id) => ['PATCH', `scim/Users/${id}`, patch({ op: 'add', path: 'externalId', value: 'eve' })],
  'SCIM: replace': (id) => ['PUT', `scim/Users/${id}`, { userName: 'eve', active: false }],
  'SCIM: erase': (id) => ['DELETE', `scim/Users/${id}`],
  'INDIGO: end': (id) => ['PUT', `iam/account/${id}/endTime`, { endTime: '2030-01-01T00:00:00Z' }],
  'INDIGO: label': (id) => ['PUT', `iam/account/${id}/labels`, { name: 'eve', value: '1' }],
};

async function send(token: string, [method, path, body]: Request) {
  const answer = await fetch(new URL(path, issuer.url), {
    method,
    ...(body && { body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': path.startsWith('api/') ? 'application/json' : 'application/scim+json',
    },
  });
  return { status: answer.status, text: await answer.text() };
}

const accounts = () => issuer.database.db.selectFrom('accounts').selectAll().orderBy('id').execute();

describe.each(holders)('%s, who has the role %s,', (username, role) => {
  test.each(scopes)('is as before after all that a client with %s tries', async (scope) => {
    const before = await accounts();
    const found: string[] = [];
    for (const [name, request] of Object.entries(requests)) {
      // The API has one scope for people.
      if (name.startsWith('API') && scope !== 'people:write') continue;
      if (name === 'API: owners' && username !== 'robo') continue;
      const { status, text } = await send(
        tokens.get(scope) ?? '',
        request(ids.get(username) ?? '', ids.get('bob') ?? ''),
      );
      const isRefused = status === 403 || (name.includes('bulk') && text.includes('"status":"403"'));
      const isReasoned = text.includes(`\`${role}\``) && text.includes('expected a person with the role `admin`');
      if (!isRefused || !isReasoned) found.push(`${name}: ${status} ${text.slice(0, 200)}`);
    }
    expect(found).toEqual([]);
    expect(await accounts()).toEqual(before);
  });
});

test('the same is done to accounts without roles', async () => {
  const token = tokens.get('people:write') ?? '';
  const bob = ids.get('bob') ?? '';
  for (const name of [
    'API: suspend',
    'API: restore',
    'API: name',
    'SCIM: external id',
    'INDIGO: label',
    'SCIM: erase',
  ]) {
    const { status } = await send(token, requests[name]?.(bob, bob) as Request);
    expect([name, [200, 204].includes(status)]).toEqual([name, true]);
  }
});
