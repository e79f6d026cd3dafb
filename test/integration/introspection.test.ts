/** Introspection (RFC 7662, RFC 9701), revocation (RFC 7009) and userinfo, and what attackers try there. */
import { createHmac } from 'node:crypto';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { clientCredentials, decode, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { profileLake, profileRedirect } from '../support/profile-lake.ts';
import { insertRefreshChain } from '../support/refresh-chain.ts';
import { UserAgent } from '../support/user-agent.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: profileLake(), realTime: true });
});
afterAll(() => issuer?.close());
beforeEach(() => issuer.clock.set(Date.now()));

async function login(client: string, scope: string, more: Record<string, string> = {}): Promise<JsonAnswer> {
  const asked = { client_id: client, redirect_uri: profileRedirect, scope, prompt: 'login consent', ...more };
  const page = await authorize(issuer, new UserAgent(), asked);
  const answer = await redeem(issuer, callback(page).code, {}, client);
  expect(answer.status).toBe(200);
  return answer;
}

const introspect = (token: string, client = 'plain', fields: Record<string, string> = {}) =>
  post(issuer, '/introspect', { token, ...fields }, { client });

const revoke = (token: string, client: string) => post(issuer, '/revoke', { token }, { client });

const refresh = (client: string, refresh_token: string) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token }, { client });

const userinfo = (token: string, init: { method?: string; body?: URLSearchParams } = {}) =>
  fetch(new URL('userinfo', issuer.url), {
    ...init,
    ...(init.body === undefined && { headers: { authorization: `Bearer ${token}` } }),
  });

const inactive = { active: false };

describe('who may introspect', () => {
  test('a public client, one that is registered without it, and nobody (AU-07)', async () => {
    const { body } = await clientCredentials(issuer, 'plain', { scope: 'profile' });
    expect((await introspect(body.access_token, 'silent')).body.error).toBe('unauthorized_client');
    const open = await post(issuer, '/introspect', { token: body.access_token, client_id: 'open' });
    expect(open.body.error).toBe('unauthorized_client');
    const nobody = await post(issuer, '/introspect', { token: body.access_token });
    expect([nobody.status >= 400, nobody.body.active]).toEqual([true, undefined]);
  });

  test('every other client, about every access token, with all scopes and groups', async () => {
    const { body } = await login('sci', 'openid wlcg.groups storage.read:/data/open');
    expect((await introspect(body.access_token, 'infrastructure')).body).toMatchObject({
      active: true,
      token_type: 'Bearer',
      iss: issuer.url,
      client_id: 'sci',
      scope: 'openid wlcg.groups read:/data/open',
      'wlcg.groups': ['/vo'],
      eduperson_assurance: expect.any(Array),
    });
  });
});

describe('access tokens', () => {
  test('a hint of the wrong kind changes nothing (RFC 7662 section 2.1)', async () => {
    const { body } = await login('plain', 'openid offline_access');
    for (const token_type_hint of ['refresh_token', 'access_token', 'pizza']) {
      expect((await introspect(body.access_token, 'plain', { token_type_hint })).body.active).toBe(true);
      expect((await introspect(body.refresh_token, 'plain', { token_type_hint })).body.active).toBe(true);
    }
  });

  test('who the user is only for a caller that is registered for it, and only as far as it was granted (W-AT-3)', async () => {
    const { body } = await login('plain', 'openid profile');
    const told = (await introspect(body.access_token, 'named')).body;
    expect(told).toMatchObject({ active: true, username: 'alice', preferred_username: 'alice' });
    expect(told).not.toHaveProperty('email');
    const other = (await introspect(body.access_token, 'plain')).body;
    for (const name of ['username', 'preferred_username', 'name', 'email']) expect(other).not.toHaveProperty(name);
    const silent = (await login('plain', 'openid')).body.access_token;
    expect((await introspect(silent, 'named')).body).not.toHaveProperty('username');
  });

  test('an exchanged token shows who acts', async () => {
    const subject = (await login('sci', 'openid read:/data/open', { audience: 'tree' })).body.access_token;
    const exchanged = await post(
      issuer,
      '/token',
      { grant_type: exchangeGrant, subject_token: subject, subject_token_type: accessTokenType },
      { client: 'plain' },
    );
    expect((await introspect(exchanged.body.access_token)).body).toMatchObject({
      active: true,
      client_id: 'plain',
      act: { sub: 'plain' },
    });
  });

  test('a token of a client that was suspended is inactive, for userinfo, too, and so is an exchanged one of that client', async () => {
    const { access_token } = (await login('sci', 'openid read:/data/open', { audience: 'tree' })).body;
    const ofClient = (await clientCredentials(issuer, 'sci', { scope: 'read:/data/open', audience: 'tree' })).body;
    const exchanged = await post(
      issuer,
      '/token',
      { grant_type: exchangeGrant, subject_token: ofClient.access_token, subject_token_type: accessTokenType },
      { client: 'plain' },
    );
    expect((await introspect(exchanged.body.access_token)).body).toMatchObject({ active: true, sub: 'sci' });
    await issuer.apply(profileLake({ suspended: ['sci'] }));
    expect((await introspect(access_token)).body).toEqual(inactive);
    expect((await introspect(exchanged.body.access_token)).body).toEqual(inactive);
    expect((await userinfo(access_token)).status).toBe(401);
    await issuer.apply(profileLake());
    expect((await introspect(access_token)).body.active).toBe(true);
  });
});

describe('refresh tokens', () => {
  test('the one before is active as long as its grace, then it is not, and asking ends nothing', async () => {
    const first = (await login('plain', 'openid offline_access')).body.refresh_token;
    const second = (await refresh('plain', first)).body.refresh_token;
    expect((await introspect(first)).body.active).toBe(true);
    issuer.clock.advance(61);
    expect((await introspect(first)).body).toEqual(inactive);
    expect((await introspect(second)).body).toMatchObject({ active: true, token_type: 'refresh_token' });
    expect((await introspect(second, 'named')).body).toEqual(inactive);
    expect((await introspect(`${second}x`)).body).toEqual(inactive);
  });

  test('of a chain that was exchanged from the token of a client: its subject is that client, and it ends with it', async () => {
    const chain = {
      token: 'exchanged-chain',
      clientId: 'plain',
      accountId: null,
      subjectClientId: 'sci',
      scope: 'openid',
    };
    await insertRefreshChain(issuer.database.db, issuer.clock.now(), { ...chain, act: { sub: 'plain' } });
    expect((await introspect('exchanged-chain')).body).toMatchObject({
      active: true,
      sub: 'sci',
      client_id: 'plain',
      act: { sub: 'plain' },
    });
    await issuer.apply(profileLake({ suspended: ['sci'] }));
    expect((await introspect('exchanged-chain')).body).toEqual(inactive);
    await issuer.apply(profileLake());
  });
});

describe('answers as a JWT (RFC 9701)', () => {
  const accept = { accept: 'application/token-introspection+jwt' };
  const asJwt = (token: string, client: string) =>
    post(issuer, '/introspect', { token }, { client, headers: { ...accept } });

  test('signed by the key and with the algorithm of the caller, for the caller alone', async () => {
    const { access_token } = (await login('sci', 'openid wlcg.groups')).body;
    for (const [client, alg] of [
      ['plain', 'RS256'],
      ['signing', 'ES256'],
    ] as const) {
      const answer = await asJwt(access_token, client);
      expect(answer.headers.get('content-type')).toBe('application/token-introspection+jwt');
      const { payload, protectedHeader } = await jwtVerify(
        answer.body,
        createRemoteJWKSet(new URL('jwk', issuer.url)),
        {
          issuer: issuer.url,
          audience: client,
          typ: 'token-introspection+jwt',
        },
      );
      expect(protectedHeader.alg).toBe(alg);
      expect(payload).toEqual({
        iss: issuer.url,
        aud: client,
        iat: expect.any(Number),
        token_introspection: expect.objectContaining({ active: true, client_id: 'sci', 'wlcg.groups': ['/vo'] }),
      });
    }
  });

  test('an unknown token is inactive there, too, and without the header the answer is JSON', async () => {
    const answer = await asJwt('unknown', 'plain');
    expect(decode(answer.body).claims.token_introspection).toEqual(inactive);
    expect((await introspect('unknown')).body).toEqual(inactive);
  });

  test('an answer is no access token, and no answer is told without authentication (JW-16)', async () => {
    const { access_token } = (await login('plain', 'openid')).body;
    const answer = (await asJwt(access_token, 'plain')).body;
    expect((await introspect(answer)).body).toEqual(inactive);
    expect((await userinfo(answer)).status).toBe(401);
    const nobody = await post(issuer, '/introspect', { token: access_token }, { headers: { ...accept } });
    expect(nobody.body.error).toBe('invalid_client');
  });

  test('the metadata name the algorithms', async () => {
    const metadata = (await (await fetch(new URL('.well-known/openid-configuration', issuer.url))).json()) as object;
    expect(metadata).toMatchObject({ introspection_signing_alg_values_supported: ['RS256', 'ES256'] });
  });
});

describe('revocation', () => {
  test('a refresh token takes along its first access token, refreshed ones, and what was exchanged from them (RFC 7009 section 2.1)', async () => {
    const first = (await login('plain', 'openid offline_access storage.read:/data/open', { audience: 'tree' })).body;
    const second = (await refresh('plain', first.refresh_token)).body;
    const exchange = { grant_type: exchangeGrant, subject_token_type: accessTokenType, audience: 'tree' };
    const exchanged = await Promise.all(
      [first, second].map(async ({ access_token: subject_token }) =>
        post(issuer, '/token', { ...exchange, subject_token, scope: 'storage.read:/data/open' }, { client: 'plain' }),
      ),
    );
    const bystander = (await login('plain', 'openid')).body.access_token;
    const tokens = [first.access_token, second.access_token, ...exchanged.map(({ body }) => body.access_token)];
    const states = async () => Promise.all(tokens.map(async (token) => (await introspect(token)).body.active));
    expect(await states()).toEqual([true, true, true, true]);
    expect((await revoke(second.refresh_token, 'plain')).status).toBe(200);
    expect(await states()).toEqual([false, false, false, false]);
    expect((await introspect(second.refresh_token)).body).toEqual(inactive);
    expect((await introspect(bystander)).body.active).toBe(true);
  });

  test('a token of another client is not revoked, whatever it is (RT-07)', async () => {
    const { access_token, refresh_token } = (await login('plain', 'openid offline_access')).body;
    for (const token of [access_token, refresh_token]) {
      expect((await revoke(token, 'named')).status).toBe(400);
      expect((await introspect(token)).body.active).toBe(true);
    }
    expect((await revoke('unknown', 'named')).status).toBe(200);
  });

  test('no token of a refresh that races with the revocation is active afterwards (RT-06)', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { refresh_token } = (await login('plain', 'openid offline_access')).body;
      const [refreshed] = await Promise.all([refresh('plain', refresh_token), revoke(refresh_token, 'plain')]);
      const { access_token, refresh_token: next } = refreshed.body;
      const left = [access_token, next].filter((token) => token !== undefined);
      for (const token of left) expect((await introspect(token)).body).toEqual(inactive);
      expect((await refresh('plain', next ?? refresh_token)).body.error).toBe('invalid_grant');
    }
  });
});

describe('userinfo', () => {
  test('takes a token by GET, by POST with the header and by POST in the form, whatever its audience; never in the query (SE-28)', async () => {
    const { access_token } = (await login('plain', 'openid profile', { audience: 'tree' })).body;
    const answers = [
      await userinfo(access_token),
      await userinfo(access_token, { method: 'POST' }),
      await userinfo('', { method: 'POST', body: new URLSearchParams({ access_token }) }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ preferred_username: 'alice', name: 'Alice Example' });
    }
    expect((await fetch(new URL(`userinfo?access_token=${access_token}`, issuer.url))).status).toBe(401);
  });

  test('delivers what the claims parameter asks for, within what the client is registered for, and after a refresh again', async () => {
    const claims = JSON.stringify({ userinfo: { email: { essential: true }, phone_number: null } });
    const { access_token, refresh_token } = (await login('plain', 'openid offline_access', { claims })).body;
    const told = await (await userinfo(access_token)).json();
    expect(told).toEqual(expect.objectContaining({ email: 'alice@example.org' }));
    expect(told).not.toHaveProperty('name');
    const refreshed = (await refresh('plain', refresh_token)).body.access_token;
    expect(await (await userinfo(refreshed)).json()).toMatchObject({ email: 'alice@example.org' });
    const other = (await login('plain', 'openid')).body.access_token;
    expect(await (await userinfo(other)).json()).not.toHaveProperty('email');
    const narrow = (await login('infrastructure', 'openid', { claims })).body.access_token;
    expect(await (await userinfo(narrow)).json()).not.toHaveProperty('email');
  });

  test('refuses refresh tokens, ID tokens, and tokens without openid (AU-03, AU-05)', async () => {
    const { id_token, refresh_token } = (await login('plain', 'openid offline_access')).body;
    for (const token of [id_token, refresh_token]) {
      expect((await userinfo(token)).status).toBe(401);
    }
    expect((await introspect(id_token)).body).toEqual(inactive);
    const { body } = await clientCredentials(issuer, 'plain', { scope: 'profile' });
    const answer = await userinfo(body.access_token);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('insufficient_scope'),
    ]);
  });
});

describe('forged tokens are nobody’s, at introspection and userinfo', () => {
  const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  /** The claims of a real token, so that nothing but the forgery is wrong. */
  async function genuine() {
    const { access_token } = (await login('plain', 'openid')).body;
    const { header, claims } = decode(access_token);
    const signature = access_token.split('.')[2] as string;
    return { header, claims, signature };
  }

  const expectRefused = async (token: string) => {
    expect(await introspect(token)).toMatchObject({ status: 200, body: inactive });
    expect((await userinfo(token)).status).toBe(401);
  };

  test.each(['none', 'NoNe', 'NONE', 'nonE'])('alg %s (JW-02)', async (alg) => {
    const { header, claims, signature } = await genuine();
    await expectRefused(`${json({ ...header, alg })}.${json(claims)}.`);
    await expectRefused(`${json({ ...header, alg })}.${json(claims)}.${signature}`);
  });

  test('HS256 with the public key as the secret (JW-03)', async () => {
    const { header, claims } = await genuine();
    const jwks = (await (await fetch(new URL('jwk', issuer.url))).json()) as { keys: object[] };
    for (const key of jwks.keys) {
      const input = `${json({ ...header, alg: 'HS256' })}.${json(claims)}`;
      const signature = createHmac('sha256', JSON.stringify(key)).update(input).digest('base64url');
      await expectRefused(`${input}.${signature}`);
    }
  });

  test('a key of the attacker: named by jku, embedded as jwk, under a known or an unknown kid, with SQL in it (JW-05, JW-06, JW-07)', async () => {
    const { header, claims } = await genuine();
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const jwk = await exportJWK(publicKey);
    const headers = [
      {},
      { jwk },
      { jku: 'http://127.0.0.1:9/jwks' },
      { x5u: 'http://127.0.0.1:9/x5u' },
      { kid: "x' UNION SELECT 'a'--" },
      { kid: 'unknown' },
    ];
    for (const more of headers) {
      const token = await new SignJWT(claims).setProtectedHeader({ ...header, ...more }).sign(privateKey);
      await expectRefused(token);
    }
  });

  test('a changed header: crit, typ of another use (JW-08, JW-16)', async () => {
    const { header, claims, signature } = await genuine();
    for (const more of [{ crit: ['x'], x: 1 }, { typ: 'logout+jwt' }, { typ: 'at+jwt' }]) {
      await expectRefused(`${json({ ...header, ...more })}.${json(claims)}.${signature}`);
    }
  });

  test('text that is no token', async () => {
    for (const token of ['', '.', '..', 'a.b.c', '\0', 'x'.repeat(20_000), '%00', '{"sub":"a","sub":"admin"}']) {
      const { status, body } = await introspect(token);
      expect([200, 400]).toContain(status);
      expect(body.active ?? false).toBe(false);
    }
  });
});
