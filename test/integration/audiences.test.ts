/** Audiences in every flow over HTTP: how they are asked for, which are allowed, what stands in `aud` (W-AUD-1 to W-AUD-6, W-GRANT-1; RFC 8707). */
import { audienceLake, deviceGrant } from '../support/audience-lake.ts';
import { authorize, authorizeUrl, callback, type Parameters, portal, redeem } from '../support/code-flow.ts';
import { decode, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

const tree = 'https://tree.example.org:8443';
const alias = 'tree.example.org';
const pool = 'https://pool.example.org';
const any = 'https://wlcg.cern.ch/jwt/v1/any';
const elsewhere = 'https://elsewhere.example.org';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: audienceLake(), realTime: true });
});
afterAll(() => issuer?.close());

/** From the audience parameters of a request to its token response, or to the error where it is told. */
type Flow = (parameters: Parameters, client?: string) => Promise<JsonAnswer>;

const byCode: Flow = async (parameters, client = 'portal') => {
  const page = await authorize(issuer, new UserAgent(), { client_id: client, scope: 'openid', ...parameters });
  const { code, ...error } = callback(page);
  return code === undefined ? { status: 400, headers: page.headers, body: error } : redeem(issuer, code, {}, client);
};

const byPushedCode: Flow = async (parameters, client = 'portal') => {
  const request = { ...portal, response_type: 'code', scope: 'openid', client_id: client, ...parameters };
  const pushed = await post(issuer, '/par', request, { client });
  if (pushed.status !== 201) return pushed;
  const { request_uri } = pushed.body;
  const page = await authorize(issuer, new UserAgent(), { client_id: client, request_uri });
  return redeem(issuer, callback(page).code, {}, client);
};

const byDevice: Flow = async (parameters, client = 'portal') => {
  const begun = await post(issuer, '/devicecode', { scope: 'openid', ...parameters }, { client });
  if (begun.status !== 200) return begun;
  await confirm(begun.body.user_code);
  return post(issuer, '/token', { grant_type: deviceGrant, device_code: begun.body.device_code }, { client });
};

const byItself: Flow = (parameters, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'client_credentials', scope: 'profile', ...parameters }, { client });

const byRefresh: Flow = async (parameters, client = 'portal') => {
  const scope = 'openid offline_access';
  const { body } = await byCode(client === 'listed' ? { scope, audience: 'rucio' } : { scope }, client);
  return refresh(body.refresh_token, parameters, client);
};

const refresh = (refresh_token: string, parameters: Parameters = {}, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, ...parameters }, { client });

async function confirm(user_code: string): Promise<void> {
  const agent = new UserAgent();
  const entered = await agent.submit(await agent.get(new URL('device', issuer.url)), '/device', { user_code });
  const login = await agent.follow(await agent.submit(entered, '/device', { confirm: 'yes' }));
  const credentials = { username: 'alice', password: 'alice-demo-password' };
  const page = await agent.follow(await agent.submit(login, '/login', credentials));
  if (page.html.includes('/consent"')) await agent.follow(await agent.submit(page, '/consent'));
}

const audOf = ({ body }: JsonAnswer) => decode(body.access_token).claims.aud;

const flows: readonly [string, Flow][] = [
  ['the authorization request', byCode],
  ['a pushed request', byPushedCode],
  ['the device request', byDevice],
  ['client_credentials', byItself],
  ['a refresh', byRefresh],
];

describe.each(flows)('in %s', (_name, flow) => {
  test.each<[string, Parameters, string | string[]]>([
    ['a plain host name', { audience: alias }, alias],
    ['several, joined by spaces', { audience: `${alias}  rucio ${pool}` }, [alias, 'rucio', pool]],
    ['several, repeated', { audience: ['rucio', tree] }, ['rucio', tree]],
    ['resource', { resource: pool }, pool],
    ['resource, repeated', { resource: [pool, tree] }, [pool, tree]],
    ['both, each once', { audience: `rucio ${tree}`, resource: [tree, pool] }, ['rucio', tree, pool]],
    ['the wildcard', { audience: any }, any],
  ])('%s is asked for, and goes into aud unchanged (W-AUD-2, W-AUD-5)', async (_how, parameters, aud) => {
    const answer = await flow(parameters);
    expect([answer.status, answer.body.error_description]).toEqual([200, undefined]);
    expect(audOf(answer)).toEqual(aud);
  });

  test('none is the wildcard, or the default of the client', async () => {
    expect(audOf(await flow({}))).toBe(any);
    expect(audOf(await flow({}, 'homely'))).toBe('rucio');
    expect(audOf(await flow({}, 'listed-homely'))).toBe('fts.example.org');
  });

  test('a list of the client goes before what is registered, and holds for the wildcard too', async () => {
    expect(audOf(await flow({ audience: 'rucio elsewhere.example.org' }, 'listed'))).toEqual([
      'rucio',
      'elsewhere.example.org',
    ]);
    for (const audience of [tree, any, 'fts.example.org', 'rucio ELSEWHERE.example.org']) {
      expect((await flow({ audience }, 'listed')).body).toMatchObject({ error: 'invalid_target' });
    }
  });

  test.each<[string, Parameters]>([
    ['one that is not registered', { audience: elsewhere }],
    ['one among others', { audience: `rucio ${elsewhere}` }],
    ['one as a resource', { resource: elsewhere }],
    ['a registered one with a slash more', { audience: `${tree}/` }],
    ['a relative resource', { resource: 'rucio' }],
    ['a resource with a fragment', { resource: `${tree}#part` }],
    ['one that looks like a marker of ours', { resource: 'urn:sluice:audience:%5B%22rucio%22%5D' }],
  ])('%s is invalid_target (W-AUD-6)', async (_what, parameters) => {
    const { status, body } = await flow(parameters);
    expect([status, body.error]).toEqual([400, 'invalid_target']);
  });
});

describe('at /authorize', () => {
  test('invalid_target goes to the application by redirect, with state and issuer', async () => {
    const page = await new UserAgent().get(authorizeUrl(issuer, { scope: 'openid', audience: elsewhere }));
    expect(page.location?.href.split('?')[0]).toBe(portal.redirect_uri);
    expect(callback(page)).toMatchObject({ error: 'invalid_target', state: 'some-state', iss: issuer.url });
  });

  test('a client whose list lacks the wildcard has to name one (AU-02)', async () => {
    const page = await new UserAgent().get(authorizeUrl(issuer, { client_id: 'listed', scope: 'openid' }));
    expect(callback(page)).toMatchObject({ error: 'invalid_target' });
    expect((await byItself({}, 'listed')).body).toMatchObject({ error: 'invalid_target' });
  });
});

describe('a code', () => {
  const code = async (parameters: Parameters) =>
    callback(await authorize(issuer, new UserAgent(), { scope: 'openid offline_access', ...parameters })).code;
  const several = { audience: `${tree} ${pool}` };

  test('carries its audiences, may be redeemed for some of them, and the refresh has all again (W-AUD-6)', async () => {
    const answer = await redeem(issuer, await code(several), { audience: pool });
    expect(audOf(answer)).toBe(pool);
    expect(audOf(await refresh(answer.body.refresh_token))).toEqual([tree, pool]);
  });

  test.each(['audience', 'resource'])('is not redeemed for another one by `%s` (W-GRANT-1)', async (name) => {
    const { status, body } = await redeem(issuer, await code(several), { [name]: any });
    expect([status, body.error]).toEqual([400, 'invalid_target']);
  });
});

describe('a device code', () => {
  test('may be redeemed for some of its audiences', async () => {
    const { body } = await post(
      issuer,
      '/devicecode',
      { scope: 'openid', audience: `${tree} ${pool}` },
      { client: 'portal' },
    );
    await confirm(body.user_code);
    const fields = { grant_type: deviceGrant, device_code: body.device_code, audience: tree };
    expect(audOf(await post(issuer, '/token', fields, { client: 'portal' }))).toBe(tree);
  });
});

test('an alias is its storage for the policy: the same paths, and both together are one (W-AUD-3)', async () => {
  const ask = (audience: string, scope: string) => byItself({ audience, scope });
  for (const audience of [tree, alias, `${tree} ${alias}`, `root://tree.example.org ${alias} rucio`]) {
    expect((await ask(audience, 'storage.read:/data')).body.scope).toBe('storage.read:/data');
  }
  expect((await ask(`${alias} ${pool}`, 'storage.read:/data')).body.error).toBe('invalid_scope');
  expect((await ask(pool, 'storage.read:/pool')).body.scope).toBe('storage.read:/pool');
});
