/** A client that looks after people gives neither itself nor another client, nor a login without second factor, more than it has (EG-18). */
import { type Call, callApi } from '../support/api.ts';
import { clientCredentials } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleClient, peopleUser, startPeopleIssuer } from '../support/people-api.ts';
import { setUpCodes, signIn } from '../support/second-factor.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let script: Call;
let admin: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  script = await peopleClient(issuer);
  admin = await peopleUser(issuer, 'admin');
});
afterAll(() => issuer?.close());

const granted = { scopes: ['policy:write', 'storage.modify:/'], grantTypes: ['client_credentials'] };
const definition = { name: 'Probe', grantTypes: ['client_credentials'], scopes: ['openid'] };

describe('of clients', () => {
  test.each([
    ['a definition with scopes of the policy', { definition: { ...definition, scopes: ['policy:write'] } }],
    ['a definition with scopes of storages', { definition: { ...definition, scopes: ['storage.read:/'] } }],
    ['a definition with scopes of SCIM', { definition: { ...definition, scopes: ['scim:write'] } }],
    ['a definition that exchanges', { definition: { ...definition, exchangeOffline: true } }],
    ['grants', { definition, granted }],
  ])('it makes none by %s', async (_what, body) => {
    const made = await script('POST', '/clients', { body: { clientId: 'mighty', ...body } });
    expect([made.status, made.body.clientSecret]).toEqual([403, undefined]);
    expect((await admin('GET', '/clients/mighty')).status).toBe(404);
  });

  test('it makes, changes and removes ordinary ones, and gives them nothing mighty later', async () => {
    const made = await script('POST', '/clients', { body: { clientId: 'probe', definition } });
    expect(made.status).toBe(201);
    expect((await script('PATCH', '/clients/probe', { body: { definition: { name: 'Probe 2' } } })).status).toBe(200);
    expect((await script('PUT', '/clients/probe/granted', { body: { granted } })).status).toBe(403);
    const scopes = { definition: { scopes: ['people:write'] } };
    expect((await script('PATCH', '/clients/probe', { body: scopes })).status).toBe(403);
    expect((await admin('GET', '/clients/probe')).body.effective.scopes).toEqual(['openid']);
    expect((await script('DELETE', '/clients/probe')).status).toBe(200);
  });

  test('it grants itself nothing, nor through a request', async () => {
    expect((await script('PUT', '/clients/rules-eye/granted', { body: { granted } })).status).toBe(403);
    const asked = await admin('POST', '/clients/rules-eye/requests', {
      body: { asked: { scopes: ['policy:write'] }, note: 'please' },
    });
    expect((await script('POST', `/client-requests/${asked.body.id}/approve`, { body: {} })).status).toBe(403);
    const { body } = await clientCredentials(issuer, 'rules-eye', { scope: 'policy:write', audience: issuer.url });
    expect(body.access_token).toBeUndefined();
  });

  test('it takes none over: neither by a secret, nor by a redirect address, nor by an owner', async () => {
    const tries = [
      await script('POST', '/clients/rucio/secrets', { body: { overlapDays: 0 } }),
      await script('PATCH', '/clients/portal', { body: { definition: { redirectUris: ['https://evil.example/cb'] } } }),
      await script('PUT', '/clients/portal/owners', { body: { owners: ['bob'] } }),
      await script('DELETE', '/clients/rucio'),
    ];
    expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await clientCredentials(issuer, 'rucio', { scope: 'fts' })).status).toBe(200);
  });

  test('it suspends any, which an administrator restores', async () => {
    expect((await script('POST', '/clients/rucio/suspend', { body: { reason: 'stolen' } })).status).toBe(200);
    expect((await script('POST', '/clients/rucio/restore', { body: {} })).status).toBe(403);
    expect((await admin('POST', '/clients/rucio/restore', { body: {} })).status).toBe(200);
  });
});

test('it takes no second factor from an account with roles', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent, 'rita');
  await setUpCodes(issuer, agent);
  const { body } = await admin('GET', '/accounts?username=rita');
  const path = `/accounts/${body.items[0].id}/factors`;
  expect((await script('DELETE', path)).status).toBe(403);
  expect((await admin('GET', path)).body.recoveryCodesLeft).toBe(10);
});

test('nobody without a token sees or does any of it', async () => {
  for (const path of ['/clients', '/accounts', '/enrolments', '/mails', '/changes', '/audit', '/client-requests']) {
    const { status } = await callApi(issuer, 'GET', path, {});
    expect([path, [401, 404].includes(status)]).toEqual([path, true]);
  }
});
