/** SCIM, INDIGO IAM's paths and the group service: nobody without the right scope gets anything, and no hostile value is a fault (XI-05, XI-09). */
import { login } from '../support/code-flow.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { scimToken, startScimIssuer } from '../support/scim.ts';

let issuer: TestIssuer;
let writes: string;

beforeAll(async () => {
  issuer = await startScimIssuer();
  writes = await scimToken(issuer, 'provisioner', 'scim:read scim:write iam:admin.read iam:admin.write');
});
afterAll(() => issuer.close());

const alice = '5a1e0000-0000-4000-8000-000000000001';
const operations: readonly (readonly [string, string])[] = [
  ['GET', 'scim/Users'],
  ['POST', 'scim/Users'],
  ['POST', 'scim/Users/.search'],
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, 'scim/Users/@'] as const),
  ['GET', 'scim/Groups'],
  ['POST', 'scim/Groups'],
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, 'scim/Groups/@'] as const),
  ['GET', 'scim/Groups/@/members'],
  ['POST', 'scim/Bulk'],
  ['GET', 'iam/account/search'],
  ['GET', 'iam/account/find/byuuid/@'],
  ['GET', 'iam/account/find/bygroup/@'],
  ['PUT', 'iam/account/@/endTime'],
  ['POST', 'iam/account/@/groups/@'],
  ['DELETE', 'iam/account/@/groups/@'],
  ['PUT', 'iam/account/@/labels'],
  ['PUT', 'iam/group/@/labels'],
  ['POST', 'iam/group_requests/@/approve'],
  ['POST', 'iam/group_requests/@/reject'],
  ['GET', 'iam/scope_policies/@'],
  ['POST', 'iam/api/clients'],
  ...['GET', 'PUT', 'DELETE'].map((method) => [method, 'iam/api/clients/@'] as const),
  ['PATCH', 'iam/api/clients/@/disable'],
  ['POST', 'iam/api/clients/@/secret'],
];

async function status(method: string, path: string, token: string | null, body?: string): Promise<number> {
  const response = await fetch(new URL(path, issuer.url), {
    method,
    redirect: 'manual',
    ...(body !== undefined && method !== 'GET' && { body }),
    headers: { ...(token && { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
  });
  await response.text();
  return response.status;
}

test('nobody, and no member with a token of an ordinary login, reads or writes others', async () => {
  const { body } = await login(issuer, { scope: 'openid profile' }, { username: 'bob' });
  for (const [method, template] of operations) {
    const path = template.replaceAll('@', alice);
    expect([path, await status(method, path, null, '{}')]).toEqual([path, 401]);
    expect([path, await status(method, path, body.access_token, '{}')]).toEqual([path, 403]);
  }
});

const hostile = ['\0', '\u202e', '..', '%', "';--", '__proto__', '9'.repeat(400), '🦑'.repeat(300)];

test('no value in a path, a query or a body is a fault', async () => {
  const faults: unknown[] = [];
  for (const [method, template] of operations) {
    for (const value of [...hostile, '\ud800']) {
      const name = encodeURIComponent(value.isWellFormed() ? value : alice);
      const named = Object.fromEntries(
        [
          ...['userName', 'displayName', 'externalId', 'nickName', 'client_id', 'client_name', 'scope', 'endTime'],
          ...['name', 'value', 'prefix', 'filter', 'sortBy', 'cursor', 'motivation'],
        ].map((field) => [field, value]),
      );
      const bodies = [
        { ...named, name: { formatted: value, givenName: value }, emails: [{ value }], members: [{ value }] },
        { ...named, Operations: [{ op: 'replace', path: value, value }] },
        {
          userName: 'x',
          displayName: 'x',
          'urn:indigo-dc:scim:schemas:IndigoUser': {
            labels: [named],
            oidcIds: [{ issuer: `https://${value}`, subject: value }],
          },
        },
        named,
      ];
      const query = value.isWellFormed()
        ? new URLSearchParams({
            filter: `userName eq ${JSON.stringify(value)}`,
            motivation: value,
            name: value,
            sortBy: value,
          })
        : new URLSearchParams();
      for (const body of bodies) {
        const answered = await status(
          method,
          `${template.replaceAll('@', name)}?${query}`,
          writes,
          JSON.stringify(body),
        );
        const known = await status(method, `${template.replaceAll('@', 'nobody')}`, writes, JSON.stringify(body));
        for (const one of [answered, known]) if (one >= 500) faults.push([method, template, value.slice(0, 8), one]);
      }
    }
  }
  expect(faults).toEqual([]);
}, 120_000);
