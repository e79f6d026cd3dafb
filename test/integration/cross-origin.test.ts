import { authorize, callback, pkce } from '../support/code-flow.ts';
import { post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { callbackUri, proofLake } from '../support/proof-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true, lake: proofLake([]) });
});
afterAll(() => issuer?.close());

const page = { origin: new URL(callbackUri).origin };
const elsewhere = { origin: 'https://evil.example' };
const allowed = (answer: { headers: Headers }) => answer.headers.get('access-control-allow-origin');

async function redeem(headers: Record<string, string>) {
  const shown = await authorize(issuer, new UserAgent(), { client_id: 'spa', scope: 'openid', ...pkce.parameters });
  const fields = { grant_type: 'authorization_code', client_id: 'spa', redirect_uri: callbackUri };
  const code = { code: callback(shown).code ?? '', code_verifier: pkce.verifier };
  return post(issuer, '/token', { ...fields, ...code }, { headers });
}

test('a page that a public client is registered for may ask for tokens, another page may not', async () => {
  const own = await redeem(page);
  expect([own.status, allowed(own)]).toEqual([200, page.origin]);
  const other = await redeem(elsewhere);
  expect([other.status, allowed(other)]).toEqual([400, null]);
});

test('no page may ask for tokens of a confidential client', async () => {
  const fields = { grant_type: 'authorization_code', code: 'x', redirect_uri: callbackUri };
  expect(allowed(await post(issuer, '/token', fields, { client: 'portal', headers: page }))).toBeNull();
});

test('any page with a token may ask for userinfo, and revoke it', async () => {
  const { access_token } = (await redeem(page)).body;
  const userinfo = await fetch(new URL('userinfo', issuer.url), {
    headers: { ...elsewhere, authorization: `Bearer ${access_token}` },
  });
  expect([userinfo.status, allowed(userinfo)]).toEqual([200, '*']);
  const revoked = await post(issuer, '/revoke', { client_id: 'spa', token: access_token }, { headers: page });
  expect([revoked.status, allowed(revoked)]).toEqual([200, '*']);
});
