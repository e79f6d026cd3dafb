/** Rucio logs users in, refreshes their tokens, takes tokens of others and asks for its daemons' tokens, without a patch. */
import { createValidator } from '../../src/validate/index.ts';
import { decode, post } from '../support/http.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { freePort } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';
import { userToken } from './party-code.ts';
import { logIn } from './party-login.ts';
import { describeParty, openPartyStage, type PartyStage, startTimeout } from './party-stage.ts';
import { type RucioServer, startRucio } from './rucio/rucio-server.ts';

const python = await preparePythonEnvironment('rucio', new URL('rucio/requirements.txt', import.meta.url));
const alice = '5a1e0000-0000-4000-8000-000000000001';
const desy = 'dcache-door-doma01.desy.de';

describeParty(`Rucio ${python.versionOf('rucio')}`, python, () => {
  let stage: PartyStage;
  let rucio: RucioServer;

  beforeAll(async () => {
    const port = await freePort();
    const url = `https://localhost:${port}`;
    stage = await openPartyStage((example) =>
      example
        .replaceAll('https://rucio.example.org', url)
        // `sluice config rucio` asks for it.
        .replace('audience: "https://localhost:8444"', '$&, aliases: [localhost]'),
    );
    rucio = await startRucio({ stage, python, port, account: 'alice', subject: alice });
  }, startTimeout);
  afterAll(() => stage?.close());

  const whoAmI = (token: string) =>
    fetch(`${rucio.url}/accounts/whoami`, { headers: { 'x-rucio-auth-token': token }, redirect: 'manual' });

  test('logs a user in by the code flow while its client polls', async () => {
    const client = rucio.client('whoami');
    const [url] = await client.waitFor(/https:\S+oidc_redirect\S+/);
    const page = await logIn(new UserAgent(), url);
    expect({ at: page.url.pathname, status: page.status }).toEqual({ at: '/auth/oidc_code', status: 200 });
    expect(await client.ended).toMatchObject({ status: 0, stdout: expect.stringMatching(/account\s*:?\s*alice/) });
    expect(decode(rucio.storedTokens().at(-1) ?? '').claims).toMatchObject({
      sub: alice,
      aud: 'rucio',
      scope: expect.stringContaining('openid profile'),
    });
  });

  test('refreshes the token of the user who has logged in', async () => {
    const before = rucio.storedTokens().at(-1) ?? '';
    rucio.age(10);
    const answer = await fetch(`${rucio.url}/auth/oidc_refresh`, {
      headers: { 'x-rucio-account': 'alice', 'x-rucio-auth-token': before },
    });
    const after = answer.headers.get('x-rucio-auth-token') ?? '';
    expect(after).not.toBe(before);
    expect(decode(after).claims).toMatchObject({ sub: alice, aud: 'rucio' });
    expect((await whoAmI(after)).status).toBe(303);
  });

  test('takes the token that another client got for the audience `rucio`', async () => {
    const token = await userToken(stage.issuer, { scope: 'openid profile', audience: 'rucio' });
    const answer = await whoAmI(token);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'alice']);
  });

  test('takes the token of a notebook server that was exchanged for the audience `rucio`', async () => {
    const subject = await userToken(
      stage.issuer,
      { scope: 'openid profile', audience: 'https://wlcg.cern.ch/jwt/v1/any' },
      { client: 'jupyter' },
    );
    const { body } = await post(stage.issuer, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      client_id: 'jupyter',
      client_secret: 'jupyter-demo-secret',
      scope: 'openid profile',
      audience: 'rucio',
    });
    expect((await whoAmI(body.access_token)).status).toBe(303);
  });

  test('refuses tokens for other audiences, the wildcard among them, and without `profile`', async () => {
    const wildcard = await userToken(stage.issuer, { scope: 'openid profile' });
    const elsewhere = await userToken(stage.issuer, { scope: 'openid profile', audience: desy });
    const narrow = await userToken(stage.issuer, { scope: 'openid', audience: 'rucio' });
    for (const token of [wildcard, elsewhere, narrow]) {
      expect((await whoAmI(token)).status).toBe(401);
    }
  });

  test('gets tokens for its daemons, by the host name of a storage and a path', async () => {
    const at = (path: string) => `/escape/wp2_rucio_testbed/desy_dcache${path}`;
    const scope = `storage.modify:${at('/cta/open/a1/b2')} storage.read:${at('/cta/open/a1/b2')} offline_access`;
    const token = await rucio.requestToken(desy, scope);
    const validator = createValidator({ issuers: [{ issuer: stage.issuer.url, audiences: [desy] }], jwksCache: false });
    const answer = await validator.validate(token);
    if (!answer.ok) throw new Error(answer.error.message);
    const claims = answer.value;
    expect(claims).toMatchObject({ sub: 'rucio', aud: desy, scope });
    const may = (operation: 'read' | 'delete', path: string) =>
      validator.authorize(claims, operation, at(path)).decision;
    expect([may('read', '/cta/open/a1/b2/f'), may('delete', '/cta/open/a1/b2/f')]).toEqual(['allow', 'allow']);
    expect([may('read', '/cta/open/a1/b3/f'), may('delete', '/magic')]).toEqual(['deny', 'deny']);
  });

  test('gets the token that starts transfers, for two services at once', async () => {
    const { claims } = decode(await rucio.requestToken('fts.example.org rucio', 'fts'));
    expect(claims).toMatchObject({ aud: ['fts.example.org', 'rucio'], scope: 'fts' });
  });

  test('gets no token beyond what the policy gives to its daemons', async () => {
    expect(await rucio.requestToken(desy, 'storage.read:/elsewhere')).toBe('None');
    expect(await rucio.requestToken('https://evil.example.org', 'storage.read:/')).toBe('None');
  });
});
