/** Profiles of tokens per client and per request, over HTTP (wlcg-tokens.md sections 2.4, 10 and 11). */
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { clientCredentials, decode, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { entitlementNamespace, profileLake, profileRedirect } from '../support/profile-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: profileLake(), realTime: true });
});
afterAll(() => issuer?.close());

async function login(client: string, scope: string, audience = 'tree'): Promise<JsonAnswer> {
  const asked = { client_id: client, redirect_uri: profileRedirect, scope, audience, prompt: 'login consent' };
  const page = await authorize(issuer, new UserAgent(), asked);
  return redeem(issuer, callback(page).code, {}, client);
}

const own = (client: string, scope: string, audience: string | string[] = 'tree') =>
  clientCredentials(issuer, client, { scope, ...(audience && { audience }) });

const tokenOf = ({ status, body }: JsonAnswer) => {
  expect({ status, error: body.error_description }).toEqual({ status: 200, error: undefined });
  return decode(body.access_token);
};

describe('wlcg, the default', () => {
  test('carries wlcg.ver 1.0, and neither ver nor groups (W-CLM-8, W-CLM-14)', async () => {
    const { header, claims } = tokenOf(await login('plain', 'openid wlcg.groups'));
    expect(header.typ).toBe('JWT');
    expect(claims).toMatchObject({ 'wlcg.ver': '1.0', 'wlcg.groups': ['/vo'] });
    for (const name of ['ver', 'groups', 'entitlements', 'email']) expect(claims).not.toHaveProperty([name]);
  });

  test.each(['wlcg', 'wlcg:1.0', 'wlcg:9.9'])(
    'may be asked for by the scope %s, which is not copied (W-VER-1)',
    async (word) => {
      const answer = await own('sci', `${word} storage.read:/data/open`);
      const { claims } = tokenOf(answer);
      expect(claims).toMatchObject({ 'wlcg.ver': '1.0', scope: 'storage.read:/data/open' });
      expect(answer.body.scope).toBe('storage.read:/data/open');
    },
  );

  test('is what a client gets that asks for a profile it is not registered for, or for two', async () => {
    for (const words of ['scitokens', 'aarc scitokens', 'rfc9068']) {
      const { claims } = tokenOf(await own('plain', `${words} storage.read:/data/open`));
      expect(claims).toMatchObject({ 'wlcg.ver': '1.0', scope: 'storage.read:/data/open' });
    }
    const { claims } = tokenOf(await own('chooser', 'aarc scitokens storage.read:/data/open'));
    expect(claims['wlcg.ver']).toBe('1.0');
  });

  test.each(['read:/data/open', 'write:/data/open', 'read', 'https://scitokens.org/v1/authz/read:/data'])(
    'never has the unprefixed scope %s (W-SEC-3, I-BARE)',
    async (scope) => {
      expect((await own('plain', scope)).body).toMatchObject({ error: 'invalid_scope' });
      expect((await own('plain', `storage.read:/data/open ${scope}`)).body.scope).toBe('storage.read:/data/open');
    },
  );
});

describe('rfc9068', () => {
  test('has typ at+jwt and groups, and no claim of the WLCG profile (R-9068-1)', async () => {
    const { header, claims } = tokenOf(await login('standard', 'openid wlcg.groups storage.read:/data/open'));
    expect(header.typ).toBe('at+jwt');
    expect(claims).toMatchObject({ aud: 'tree', client_id: 'standard', groups: ['/vo'] });
    for (const name of ['iss', 'exp', 'sub', 'iat', 'jti', 'scope']) expect(claims).toHaveProperty([name]);
    expect(Object.keys(claims).filter((name) => name.startsWith('wlcg.'))).toEqual([]);
  });

  test('is taken at userinfo and introspection, with its groups', async () => {
    const { body } = await login('standard', 'openid wlcg.groups');
    const headers = { authorization: `Bearer ${body.access_token}` };
    const userinfo = await (await fetch(new URL('userinfo', issuer.url), { headers })).json();
    expect(userinfo).toMatchObject({ groups: ['/vo'] });
    const answer = await post(issuer, '/introspect', { token: body.access_token }, { client: 'plain' });
    expect(answer.body).toMatchObject({ active: true, groups: ['/vo'] });
  });
});

describe('aarc (AARC-G069)', () => {
  const urn = (...names: string[]) => [entitlementNamespace, 'group', ...names].join(':');

  test('says the groups of the decision once more as entitlements, in access token, ID token, userinfo and introspection (A-ENT-4)', async () => {
    const { body } = await login('aarc', 'openid wlcg.groups:/vo/team');
    const expected = [urn('vo', 'team'), urn('vo')];
    const { claims } = decode(body.access_token);
    expect(claims).toMatchObject({ 'wlcg.ver': '1.0', 'wlcg.groups': ['/vo/team', '/vo'], entitlements: expected });
    expect(claims).not.toHaveProperty('eduperson_entitlement');
    expect(decode(body.id_token).claims).toMatchObject({ entitlements: expected });
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect(await (await fetch(new URL('userinfo', issuer.url), { headers })).json()).toMatchObject({
      entitlements: expected,
    });
    const answer = await post(issuer, '/introspect', { token: body.access_token }, { client: 'plain' });
    expect(answer.body).toMatchObject({ active: true, entitlements: expected });
  });

  test('the scopes of the claims ask for the default groups, without wlcg.groups in the answer', async () => {
    const answer = await login('infrastructure', 'openid entitlements');
    const { claims } = tokenOf(answer);
    expect(claims).toMatchObject({ scope: 'openid entitlements', entitlements: [urn('vo')] });
    expect(claims).not.toHaveProperty(['wlcg.groups']);
    const older = tokenOf(await login('aarc', 'openid eduperson_entitlement')).claims;
    expect(older).toMatchObject({ eduperson_entitlement: [urn('vo')] });
  });

  test('a refresh says the same again', async () => {
    const { body } = await login('aarc', 'openid entitlements offline_access');
    const refreshed = await post(
      issuer,
      '/token',
      { grant_type: 'refresh_token', refresh_token: body.refresh_token },
      { client: 'aarc' },
    );
    expect(tokenOf(refreshed).claims.entitlements).toEqual([urn('vo')]);
  });

  test('an unticked scope asks for nothing', async () => {
    const asked = {
      client_id: 'aarc',
      redirect_uri: profileRedirect,
      scope: 'openid entitlements',
      prompt: 'login consent',
    };
    const page = await authorize(issuer, new UserAgent(), asked, { untick: ['entitlements'] });
    const { claims } = tokenOf(await redeem(issuer, callback(page).code, {}, 'aarc'));
    expect(claims.scope).toBe('openid');
    expect(claims).not.toHaveProperty('entitlements');
  });

  test('a group that is a party of an embargo is said only when it is named, as in wlcg.groups', async () => {
    const all = tokenOf(await login('aarc', 'openid wlcg.groups')).claims.entitlements;
    expect(all).toEqual([urn('vo')]);
    const withStorage = await login('aarc', 'openid wlcg.groups:/vo/p17 storage.read:/data/open');
    expect(tokenOf(withStorage).claims.entitlements).toEqual([urn('vo')]);
  });

  test('may be chosen by the scope of its name at the login, and stays chosen at the refresh', async () => {
    const { body } = await login('chooser', 'openid wlcg.groups offline_access aarc');
    expect(decode(body.access_token).claims).toMatchObject({
      entitlements: [urn('vo')],
      scope: 'openid wlcg.groups offline_access',
    });
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    const refreshed = await post(issuer, '/token', refresh, { client: 'chooser' });
    expect(tokenOf(refreshed).claims.entitlements).toEqual([urn('vo')]);
  });

  test('needs a namespace in the lake file', async () => {
    const lake = JSON.stringify({ version: 1, clients: [{ clientId: 'c', tokenProfile: 'aarc' }] });
    const other = await startIssuer({ realTime: true });
    try {
      await expect(other.apply(lake)).rejects.toThrow(/`aarc` needs `entitlements.namespace`/);
    } finally {
      await other.close();
    }
  });
});

describe('scitokens', () => {
  test('says read and write, ver and no wlcg.ver, and the response says the same scope (W-CLM-14, W-AT-5)', async () => {
    const answer = await login('sci', 'openid storage.read:/data/open storage.modify:/data/open/mine');
    const { header, claims } = tokenOf(answer);
    expect(header.typ).toBe('JWT');
    expect(claims).toMatchObject({
      ver: 'scitoken:2.0',
      scope: 'openid read:/data/open write:/data/open/mine',
      aud: 'tree',
    });
    expect(claims).not.toHaveProperty(['wlcg.ver']);
    expect(answer.body.scope).toBe(claims.scope);
  });

  test('is asked for with the names of either language', async () => {
    const { body } = await own('sci', 'read:/data/open https://scitokens.org/v1/authz/write:/data/open/mine');
    expect(body.scope).toBe('read:/data/open write:/data/open/mine');
  });

  test('cannot say create, stage or poll, and writes nothing wider in their place', async () => {
    const { body } = await own('sci', 'storage.read:/data/open storage.create:/data/open storage.stage:/data/open');
    expect(body.scope).toBe('read:/data/open');
    expect((await own('sci', 'storage.create:/data/open')).body).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('client-scope'),
    });
    expect((await own('careful', 'storage.read:/data/open storage.create:/data/open')).body.error).toBe(
      'invalid_scope',
    );
  });

  test('opens nothing that the policy closes: what is under embargo, what is above it, and the root', async () => {
    for (const scope of ['read:/data/closed', 'read:/data', 'read:/', 'write:/data/closed/x', 'read', 'write:']) {
      expect((await own('sci', scope)).body.error).toBe('invalid_scope');
    }
  });

  test('ANY stands for the wildcard, asked for or not', async () => {
    expect(tokenOf(await own('sci', 'compute.read storage.read:/data/open', '')).claims.aud).toBe('ANY');
    const any = 'https://wlcg.cern.ch/jwt/v1/any';
    expect(tokenOf(await own('sci', 'storage.read:/data/open', any)).claims.aud).toBe('ANY');
  });

  test('is refreshed within what was asked first, in either language', async () => {
    const { body } = await login('sci', 'openid offline_access read:/data/open');
    expect(body.scope).toBe('openid offline_access read:/data/open');
    const refresh = (refresh_token: string, scope?: string) =>
      post(
        issuer,
        '/token',
        { grant_type: 'refresh_token', refresh_token, ...(scope && { scope }) },
        { client: 'sci' },
      );
    const whole = await refresh(body.refresh_token);
    expect(tokenOf(whole).claims.scope).toBe('openid offline_access read:/data/open');
    // What ends chains by their ceiling reads the words of the policy.
    const kept = await post(issuer, '/introspect', { token: whole.body.refresh_token }, { client: 'sci' });
    expect(kept.body.scope).toBe('openid offline_access storage.read:/data/open');
    const part = await refresh(whole.body.refresh_token, 'storage.read:/data/open/part');
    expect(tokenOf(part).claims.scope).toBe('read:/data/open/part');
    expect((await refresh(part.body.refresh_token, 'read:/data')).body.error).toBe('invalid_scope');
  });

  test('is exchanged for what it says, read in the words of the policy, and never for more', async () => {
    const subject = (await own('sci', 'read:/data/open')).body.access_token;
    const exchange = (scope?: string) =>
      post(
        issuer,
        '/token',
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          subject_token: subject,
          ...(scope && { scope }),
        },
        { client: 'plain' },
      );
    expect(tokenOf(await exchange()).claims).toMatchObject({ 'wlcg.ver': '1.0', scope: 'storage.read:/data/open' });
    expect((await exchange('storage.read:/data')).body.scope ?? 'storage.read:/data/open').toBe(
      'storage.read:/data/open',
    );
    expect((await exchange('storage.modify:/data/open')).body.error).toBe('invalid_scope');
  });
});

test('identity claims are in the tokens of a client that is registered for them, as far as the user granted them (W-AT-3)', async () => {
  const { claims } = tokenOf(await login('named', 'openid profile'));
  expect(claims.preferred_username).toBe('alice');
  for (const name of ['email', 'name']) expect(claims).not.toHaveProperty([name]);
});
