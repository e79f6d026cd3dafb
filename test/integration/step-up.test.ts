/** Step-up: services, scopes and roles that need two factors get them, and the password is not asked for again (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1). */
import { decodeJwt } from 'jose';
import { authorize, authorizeUrl, callback, redeem } from '../support/code-flow.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type App, forgetFactors, recoveryCodesOn, scan, setUpCodes, signIn } from '../support/second-factor.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

const mfa = 'https://refeds.org/profile/mfa';
const sfa = 'https://refeds.org/profile/sfa';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

afterEach(() => forgetFactors(issuer));

const open = async (agent: UserAgent, parameters: Record<string, string>): Promise<Page> =>
  agent.follow(await agent.get(authorizeUrl(issuer, { scope: 'openid', ...parameters })));

const acrClaim = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) });
const essential = (...values: string[]) => acrClaim({ essential: true, values });

/** Through consent, to the ID token. */
async function idToken(agent: UserAgent, page: Page) {
  const end = page.html.includes('/consent"') ? await agent.follow(await agent.submit(page, '/consent')) : page;
  const answer = await redeem(issuer, callback(end).code);
  return decodeJwt(String(answer.body.id_token));
}

/** A browser that is signed in with the password alone, of an account that has codes. */
async function singleFactor(): Promise<{ agent: UserAgent; app: App }> {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  return { agent, ...(await setUpCodes(issuer, agent)) };
}

const isCodePage = (page: Page) => page.url.pathname === '/login/second-factor' && page.html.includes('name="code"');

async function enter(agent: UserAgent, page: Page, app: App): Promise<Page> {
  expect(isCodePage(page)).toBe(true);
  return agent.follow(await agent.submit(page, '/code', { code: app.code() }));
}

test.each([
  ['acr_values', { acr_values: `${mfa} ${sfa}` }],
  ['acr_values with unknown ones', { acr_values: `urn:unknown ${mfa}` }],
  ['an essential claim', essential(mfa)],
  ['an essential claim of one value', acrClaim({ essential: true, value: mfa })],
  ['a voluntary claim', acrClaim({ values: [mfa] })],
])(
  'a session of one factor is asked for the second alone by %s, and the ID token says so',
  async (_how, parameters) => {
    const { agent, app } = await singleFactor();
    const claims = await idToken(agent, await enter(agent, await open(agent, parameters), app));
    expect(claims.acr).toBe(mfa);
    expect(claims.amr).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']));
    // The session has it from now on.
    expect((await open(agent, parameters)).url.pathname).not.toBe('/login/second-factor');
  },
);

test('unknown acr_values are ignored, and a wish for one factor is met by one', async () => {
  const { agent } = await singleFactor();
  const claims = await idToken(agent, await open(agent, { acr_values: 'urn:unknown' }));
  expect(claims).toMatchObject({ acr: sfa, amr: ['pwd'] });
  expect(isCodePage(await open(agent, { acr_values: `${sfa} ${mfa}` }))).toBe(false);
});

test('a wish is no condition for who has no second factor', async () => {
  const agent = new UserAgent();
  const page = await authorize(issuer, agent, { scope: 'openid', acr_values: mfa });
  expect((await idToken(agent, page)).acr).toBe(sfa);
});

test('an acr that no login reaches is refused when essential', async () => {
  const { agent } = await singleFactor();
  expect(callback(await open(agent, essential('urn:unknown')))).toMatchObject({
    error: 'unmet_authentication_requirements',
  });
});

test('a service that insists on one factor is told of one after two were proved', async () => {
  const { agent, app } = await singleFactor();
  await idToken(agent, await enter(agent, await open(agent, essential(mfa)), app));
  expect((await idToken(agent, await open(agent, essential(sfa)))).acr).toBe(sfa);
});

test('without asking, a session of one factor is login_required for an essential two, and good for a wish', async () => {
  const { agent } = await singleFactor();
  await idToken(agent, await open(agent, {}));
  expect(callback(await open(agent, { prompt: 'none', ...essential(mfa) }))).toMatchObject({ error: 'login_required' });
  expect(callback(await open(agent, { prompt: 'none', acr_values: mfa })).code).toBeDefined();
});

test('no address leads past the second factor (SE-16)', async () => {
  const { agent } = await singleFactor();
  const page = await open(agent, essential(mfa));
  const uid = /\/interaction\/([\w-]+)\?again/.exec(page.html)?.[1] ?? '';
  expect(uid).not.toBe('');
  for (const path of ['signed-in', '']) {
    const reached = await agent.follow(await agent.get(`${issuer.url}interaction/${uid}/${path}`));
    expect(reached.location).toBeNull();
    expect(reached.html).not.toContain('/consent"');
  }
  const forms = ['consent', 'confirm', 'signed-in'].map((path) => `${issuer.url}interaction/${uid}/${path}`);
  for (const url of forms) {
    const refused = await agent.request(new URL(url), 'POST', new URLSearchParams({ csrf: 'x' }), new URL(issuer.url));
    expect([403, 404, 405]).toContain(refused.status);
  }
  const after = await agent.get(authorizeUrl(issuer, { scope: 'openid', prompt: 'none', ...essential(mfa) }));
  expect(callback(after)).toMatchObject({ error: 'login_required' });
});

test('twelve hours after the password it is asked for again, with the second factor after it', async () => {
  const { agent, app } = await singleFactor();
  issuer.clock.advance(12 * 3600);
  const page = await open(agent, essential(mfa));
  expect(page.html).toContain('name="password"');
  const login = { username: 'alice', password: 'alice-demo-password' };
  const claims = await idToken(
    agent,
    await enter(agent, await agent.follow(await agent.submit(page, '/login', login)), app),
  );
  expect(claims.acr).toBe(mfa);
});

describe('by the lake file', () => {
  afterEach(async () => issuer.apply(await exampleLake(), { prune: true }));

  const required = async (secondFactor: string) =>
    issuer.apply(`${await exampleLake()}\nsecondFactor: ${secondFactor}\n`);

  test.each([
    ['a client', '{ clients: [portal] }', 'openid'],
    ['a scope', '{ scopes: ["storage.read:/"] }', 'openid storage.read:/cta/open'],
    ['a scope with a path', '{ scopes: ["storage.read:/cta/open/deep"] }', 'openid storage.read:/cta/open'],
    ['everybody', '{ everybody: true }', 'openid'],
  ])(
    '%s needs one: who has none sets it up on the spot, is shown recovery codes, and goes on',
    async (_w, rule, scope) => {
      await required(rule);
      const agent = new UserAgent();
      const page = await agent.follow(await agent.get(authorizeUrl(issuer, { scope })));
      const login = { username: 'alice', password: 'alice-demo-password' };
      const setUp = await agent.follow(await agent.submit(page, '/login', login));
      expect(setUp.url.pathname).toBe('/login/second-factor');
      const app = scan(issuer, setUp);
      const shown = await agent.submit(setUp, '/set-up-code', { code: app.code() });
      expect(recoveryCodesOn(shown)).toHaveLength(10);
      const consent = await agent.follow(await agent.submit(shown, '/continue'));
      expect((await idToken(agent, consent)).acr).toBe(mfa);
    },
  );

  test('other scopes and clients do not', async () => {
    await required('{ clients: [rucio], scopes: ["storage.modify:/"], roles: [admin] }');
    const page = await authorize(issuer, new UserAgent(), { scope: 'openid storage.read:/cta/open' });
    expect(callback(page).code).toBeDefined();
  });

  test('who signed in before the rule is asked at the next request, and signs in first when that is long ago', async () => {
    const agent = new UserAgent();
    await signIn(issuer, agent);
    await required('{ clients: [portal] }');
    expect((await open(agent, {})).html).toContain('/set-up-code"');
    issuer.clock.advance(3600);
    expect((await open(agent, {})).html).toContain('name="password"');
  });

  test('a role needs one on its pages', async () => {
    const agent = new UserAgent();
    await signIn(issuer, agent, 'admin');
    expect((await agent.get(`${issuer.url}account/security`)).status).toBe(200);
    await required('{ roles: [admin] }');
    const setUp = await agent.follow(await agent.get(`${issuer.url}account/security`));
    const app = scan(issuer, setUp);
    const shown = await agent.submit(setUp, '/set-up-code', { code: app.code() });
    const page = await agent.follow(await agent.submit(shown, '/continue'));
    expect([page.url.pathname, page.status]).toEqual(['/account/security', 200]);
    const other = new UserAgent();
    await signIn(issuer, other);
    expect((await other.get(`${issuer.url}account/security`)).status).toBe(200);
  });

  test('another factor cannot be put beside the present one with the password alone', async () => {
    await required('{ clients: [portal] }');
    const victim = new UserAgent();
    await signIn(issuer, victim);
    const setUp = await open(victim, {});
    await setUpCodes(issuer, victim);
    const late = await victim.submit(setUp, '/set-up-code', { code: scan(issuer, setUp).code() });
    expect(isCodePage({ ...late, url: setUp.url })).toBe(true);
    expect(await issuer.database.db.selectFrom('one_time_codes').selectAll().execute()).toHaveLength(1);
  });
});

test('discovery says which classes there are', async () => {
  const metadata = (await (await fetch(`${issuer.url}.well-known/openid-configuration`)).json()) as Record<
    string,
    unknown
  >;
  expect(metadata.acr_values_supported).toEqual([mfa, sfa]);
});
