import { login } from '../support/code-flow.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { clientCredentials, decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true, lake: exchangeLake() });
});
afterAll(() => issuer?.close());

const lifeOf = (token: string) => {
  const { exp, iat } = decode(token).claims;
  return exp - iat;
};
const robot = (fields: Record<string, string | string[]>) =>
  clientCredentials(issuer, 'robot', { scope: 'storage.read:/data/open', audience: 'tree', ...fields });
const user = async (fields: Record<string, string>) =>
  (await login(issuer, { scope: 'openid offline_access storage.read:/other', audience: 'tree', ...fields })).body;

test('expires_in shortens a token of client_credentials, on the short way and through the library', async () => {
  for (const way of [{}, { client_assertion: '' }]) {
    const { body } = await robot({ expires_in: '600', ...way });
    expect([body.expires_in, lifeOf(body.access_token)]).toEqual([600, 600]);
  }
});

test('expires_in never lengthens: beyond the client’s lifetime it is that lifetime', async () => {
  expect((await robot({ expires_in: '86400' })).body.expires_in).toBe(3600);
});

test.each([
  ['below the shortest life of a token', '299'],
  ['zero', '0'],
  ['negative', '-600'],
  ['a fraction', '600.5'],
  ['a word', 'soon'],
  ['empty', ''],
  ['repeated', ['600', '900']],
])('expires_in that is %s is invalid_request by its name', async (_name, expires_in) => {
  const { status, body } = await robot({ expires_in });
  expect([status, body.error]).toEqual([400, 'invalid_request']);
  expect(body.error_description).toContain('expires_in');
});

test('expires_in shortens the tokens of code, refresh and exchange, ID tokens with them', async () => {
  const first = await user({});
  expect(first.expires_in).toBe(3600);
  const refreshed = await post(
    issuer,
    '/token',
    { grant_type: 'refresh_token', refresh_token: first.refresh_token, expires_in: '900' },
    { client: 'portal' },
  );
  expect([refreshed.body.expires_in, lifeOf(refreshed.body.access_token)]).toEqual([900, 900]);
  expect(lifeOf(refreshed.body.id_token)).toBe(900);
  const exchanged = await post(
    issuer,
    '/token',
    {
      grant_type: exchange,
      subject_token: first.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'tree',
      scope: 'storage.read:/other',
      expires_in: '300',
    },
    { client: 'api' },
  );
  expect(exchanged.body.expires_in).toBe(300);
});

test('the lifetime for one audience goes before the client’s, and the shortest of several counts', async () => {
  const lake = JSON.parse(exchangeLake());
  const lifetimes = [{ audience: 'pool', accessTokenLifetimeSeconds: 1200 }];
  const clients = lake.clients.map((client: { clientId: string }) =>
    client.clientId === 'portal'
      ? { ...client, accessTokenLifetimeSeconds: 7200, audienceLifetimes: lifetimes }
      : client,
  );
  await issuer.apply(JSON.stringify({ ...lake, clients }));
  const lifeFor = async (audience: string) => {
    const { expires_in, access_token, id_token } = await user({ audience, scope: 'openid wlcg.groups' });
    expect([lifeOf(access_token), lifeOf(id_token)]).toEqual([expires_in, expires_in]);
    return expires_in;
  };
  expect(await lifeFor('tree')).toBe(7200);
  expect(await lifeFor('pool')).toBe(1200);
  expect(await lifeFor('tree pool')).toBe(1200);
  await issuer.apply(exchangeLake());
});

test('a refused expires_in leaves the refresh token as it was', async () => {
  const { refresh_token } = await user({});
  const refresh = (more: Record<string, string>) =>
    post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, ...more }, { client: 'portal' });
  expect((await refresh({ expires_in: '1' })).body.error).toBe('invalid_request');
  expect((await refresh({ expires_in: '600' })).body.expires_in).toBe(600);
});
