/** From a login at a provider that makes no accounts to a member: registration, decision, tokens; what the provider says later, and who is somebody else. */
import { authorizeUrl, callback, redeem } from '../support/code-flow.ts';
import { decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type MemberAgent, signIn } from '../support/member-agent.ts';
import { type Saying, startUpstreamProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { formsOf, type Page, UserAgent } from '../support/user-agent.ts';

type Name = 'home' | 'other' | 'trusted';

let providers: Readonly<Record<Name, UpstreamProvider>>;
let mail: MailServer;
let lake: TestIssuer;
let ops: MemberAgent;

const medium = 'https://refeds.org/assurance/IAP/medium';
const member = 'urn:mace:home.example:res:lake:member';

beforeAll(async () => {
  providers = {
    home: await startUpstreamProvider(),
    other: await startUpstreamProvider(),
    trusted: await startUpstreamProvider(),
  };
  mail = await startMailServer();
  lake = await startIssuer({
    realTime: true,
    config: { smtpUrl: mail.url },
    lake: `
version: 1
vo: vo
groups: [{ path: /vo, default: true }, { path: /vo/cta, default: true }]
accounts: [{ id: ops-here, username: ops, password: ops-demo-password, roles: [admin] }]
upstreams:
  - { name: home, title: Home Institute, issuer: "${providers.home.url}", clientId: lake, claims: { affiliation: schac_home_organization }, assurance: { take: ["https://refeds.org/assurance/*"] }, required: [{ claim: eduperson_entitlement, anyOf: ["urn:mace:home.example:res:lake*"] }] }
  - { name: trusted, title: Trusted Institute, issuer: "${providers.trusted.url}", clientId: lake, trusted: true }
  - { name: other, title: Other Institute, issuer: "${providers.other.url}", clientId: lake }
enrolment: { allow: upstream, groups: [/vo/cta], note: optional, fields: [{ name: name, required: true }, { name: affiliation }] }
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, redirectUris: ["http://localhost:9000/callback"], scopes: [openid, profile, email, wlcg.groups] }
`,
  });
  ops = await signIn(lake, 'ops');
});
afterAll(async () => {
  await lake?.close();
  await mail?.close();
  for (const provider of Object.values(providers ?? {})) await provider.close();
});

/** What the home institute says of a person. */
const person = (name: string, more: Record<string, unknown> = {}): Saying => ({
  claims: { sub: `sub-of-${name}` },
  userinfo: {
    ...{ name: `${name} of Home`, preferred_username: name, email: `${name}@home.example`, email_verified: true },
    ...{ eduperson_entitlement: [member], eduperson_assurance: [medium], schac_home_organization: 'home.example' },
    ...more,
  },
});

/** After a login that a service asked for: the registration, the consent, or a refusal. */
async function arrive(agent: UserAgent, saying: Saying, name: Name = 'home'): Promise<Page> {
  const request = authorizeUrl(lake, { scope: 'openid profile email wlcg.groups', idp_hint: name });
  const sent = await agent.follow(await agent.get(request));
  return agent.follow(await agent.get(providers[name].answer(sent.location as URL, saying)));
}

const ask = async (agent: UserAgent, page: Page, fields: Record<string, string> = {}) =>
  agent.follow(await agent.submit(page, '/register-account', { groups: '/vo/cta', ...fields }));

/** The administrators' decision about the only request there is. */
async function decide(what: 'accept' | 'refuse', reason = ''): Promise<void> {
  const page = await ops.open('admin/requests');
  const accept = formsOf(page).find(({ action }) => action.pathname.endsWith('/accept'))?.action.pathname ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const action = new URL(accept.replace('/accept', `/${what}`), lake.url);
  const done = await ops.agent.request(action, 'POST', new URLSearchParams({ csrf, reason }), page.url);
  expect(done.status).toBe(303);
}

/** Claims of both tokens, in a browser of its own. */
async function tokensOf(saying: Saying, name: Name = 'home') {
  const agent = new UserAgent();
  const page = await arrive(agent, saying, name);
  const back = page.html.includes('/consent"') ? await agent.follow(await agent.submit(page, '/consent')) : page;
  const { body } = await redeem(lake, callback(back).code);
  return { id: decode(body.id_token).claims, access: decode(body.access_token).claims };
}

const accounts = () => lake.database.db.selectFrom('accounts').selectAll().where('username', '!=', 'ops').execute();

test('who is new asks, waits, is accepted, and then gets tokens that say what is known', async () => {
  const agent = new UserAgent();
  const form = await arrive(agent, person('ada'));
  expect(form.url.pathname).toBe('/register-account');
  for (const said of ['home says', 'ada of Home', 'home.example', 'ada@home.example'])
    expect(form.html).toContain(said);
  // Nobody is signed in by asking.
  expect((await ask(agent, form, { name: 'Mallory', email: 'mallory@evil.example' })).url.pathname).toBe(
    '/register-account/sent',
  );
  expect((await agent.get(`${lake.url}account`)).location?.pathname).toBe('/login');
  expect(await accounts()).toEqual([]);
  // Nor by another login before the decision.
  const waiting = await arrive(new UserAgent(), person('ada'));
  expect([waiting.url.pathname, waiting.html.includes('waits for a decision')]).toEqual(['/register-account', true]);
  expect(waiting.html).not.toContain('<form');

  await decide('accept');
  const welcome = (await mail.to('ada@home.example', 2)).at(-1);
  expect(welcome?.text).toContain('Your username is');
  const [account] = await accounts();
  expect(account).toMatchObject({
    name: 'ada of Home',
    affiliation: 'home.example',
    email: 'ada@home.example',
    password_hash: null,
  });
  const { id, access } = await tokensOf(person('ada'));
  expect(id).toMatchObject({
    ...{ sub: account?.id, name: 'ada of Home', preferred_username: account?.username, email: 'ada@home.example' },
    ...{ acr: 'https://refeds.org/profile/sfa', eduperson_assurance: [medium], 'wlcg.groups': ['/vo/cta'] },
  });
  expect(access).toMatchObject({ sub: account?.id, eduperson_assurance: [medium], 'wlcg.groups': ['/vo/cta'] });
});

test('what the provider says of a member later changes nothing here, and the next login is the same account’s', async () => {
  const [before] = await accounts();
  const { id } = await tokensOf(person('ada', { name: 'Root', email: 'ops@vo.example', preferred_username: 'ops' }));
  expect(id).toMatchObject({ sub: before?.id, name: 'ada of Home', email: 'ada@home.example' });
  expect(await accounts()).toEqual([before]);
  // Somebody else who says the name and address of a member has to ask like everybody.
  const page = await arrive(new UserAgent(), { ...person('ada'), claims: { sub: 'somebody-else' } });
  expect(page.url.pathname).toBe('/register-account');
});

test('what the provider says now, and does not say any more, counts at each login', async () => {
  const { id } = await tokensOf(person('ada', { eduperson_assurance: [] }));
  expect(id).not.toHaveProperty('eduperson_assurance');
  const agent = new UserAgent();
  const page = await arrive(agent, person('ada', { eduperson_entitlement: ['urn:mace:home.example:res:gym'] }));
  expect([page.status, page.location]).toEqual([403, null]);
  expect(page.html).toMatch(
    /Home Institute says .*urn:mace:home\.example:res:gym.* in .*eduperson_entitlement.*, expected .*res:lake\*/,
  );
  expect((await agent.get(`${lake.url}account`)).location?.pathname).toBe('/login');
});

test('who lacks what is required is told what, and cannot even ask', async () => {
  const agent = new UserAgent();
  const page = await arrive(agent, person('eve', { eduperson_entitlement: undefined }));
  expect(page.status).toBe(403);
  expect(page.html).toMatch(/Home Institute says nothing in .*eduperson_entitlement/);
  expect((await agent.get(`${lake.url}register-account`)).status).toBe(403);
});

test('who is said to have an address that is none is asked for one', async () => {
  const page = await arrive(new UserAgent(), person('dora', { email: 'dora at home', name: 'D'.repeat(900) }));
  expect(page.html).toContain('name="email"');
  expect(page.html).not.toContain('dora at home');
});

test('the same subject at another provider is another person, with another account', async () => {
  const agent = new UserAgent();
  const twin: Saying = {
    claims: { sub: 'sub-of-ada' },
    userinfo: { name: 'Ada Twin', email: 'twin@other.example', email_verified: true },
  };
  const form = await arrive(agent, twin, 'other');
  expect(form.url.pathname).toBe('/register-account');
  await ask(agent, form);
  await decide('accept');
  const tokens = [await tokensOf(person('ada')), await tokensOf(twin, 'other')];
  expect(tokens.map(({ id }) => id.name)).toEqual(['ada of Home', 'Ada Twin']);
  expect(new Set(tokens.map(({ id }) => id.sub)).size).toBe(2);
  // What one provider vouches for is not in the other's tokens.
  expect(tokens[1]?.access).not.toHaveProperty('eduperson_assurance');
});

test('who is refused learns the reason, gets no account, and may ask again', async () => {
  const agent = new UserAgent();
  await ask(agent, await arrive(agent, person('carl')));
  await decide('refuse', 'Ask your group leader first.');
  const told = (await mail.to('carl@home.example', 2)).at(-1);
  expect(told?.text).toContain('Ask your group leader first.');
  const page = await arrive(agent, person('carl'));
  expect(page.html).toMatch(/refused on 20.*You may ask again.*The reason was: Ask your group leader first\./s);
  await ask(agent, page);
  expect((await ops.open('admin/requests')).html).toContain('carl of Home');
  expect((await accounts()).map(({ email }) => email)).not.toContain('carl@home.example');
});

describe('at a trusted provider', () => {
  const identities = () =>
    lake.database.db.selectFrom('identities').selectAll().where('issuer', '=', providers.trusted.url).execute();

  test('who comes for the first time in several windows at once gets one account', async () => {
    const windows = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const agent = new UserAgent();
        const sent = await agent.get(`${lake.url}login/upstream/trusted?to=/account`);
        return { agent, back: providers.trusted.answer(sent.location as URL, person('nora')) };
      }),
    );
    const pages = await Promise.all(windows.map(async ({ agent, back }) => agent.follow(await agent.get(back))));
    expect(pages.map(({ status, url }) => [status, url.pathname])).toEqual(pages.map(() => [200, '/account']));
    expect(await identities()).toHaveLength(1);
    expect((await accounts()).filter(({ name }) => name === 'nora of Home')).toHaveLength(1);
  });

  test.each([
    ['suspended', { state: 'suspended' }],
    ['ended', { ends_at: new Date('2020-01-01') }],
  ] as const)('whose account is %s is told so, and not signed in', async (_what, change) => {
    const [nora] = await identities();
    const before = await accounts();
    await lake.database.db
      .updateTable('accounts')
      .set(change)
      .where('id', '=', nora?.account_id ?? '')
      .execute();
    await lake.app.refresh();
    const agent = new UserAgent();
    const page = await arrive(agent, person('nora'), 'trusted');
    expect([page.status, page.html.includes('suspended or has ended')]).toEqual([403, true]);
    expect((await agent.get(`${lake.url}account`)).location?.pathname).toBe('/login');
    expect(await accounts()).toHaveLength(before.length);
    const undo = { state: 'active', ends_at: null };
    await lake.database.db
      .updateTable('accounts')
      .set(undo)
      .where('id', '=', nora?.account_id ?? '')
      .execute();
    await lake.app.refresh();
  });

  test.each(['//evil.example', 'https://evil.example/', '/\\\\evil.example', 'javascript:alert(1)'])(
    'nobody is led to %s after the login',
    async (to) => {
      const agent = new UserAgent();
      const sent = await agent.get(`${lake.url}login/upstream/trusted?to=${encodeURIComponent(to)}`);
      const back = await agent.get(providers.trusted.answer(sent.location as URL, person('nora')));
      expect([back.status, back.location?.origin]).toEqual([303, new URL(lake.url).origin]);
    },
  );

  test('a name that somebody has already, or that is none, makes another username', async () => {
    const names = ['ops', '../../etc', '', '<b>x</b>', 'o'.repeat(500)];
    for (const preferred_username of names) {
      const saying = person('odd', { preferred_username, name: 'Odd\u0000 \u202eName', email: 'no address' });
      const page = await arrive(
        new UserAgent(),
        { ...saying, claims: { sub: `odd ${preferred_username}` } },
        'trusted',
      );
      expect([preferred_username, page.status]).toEqual([preferred_username, 200]);
    }
    const usernames = (await accounts()).map(({ username }) => username);
    expect(new Set(usernames).size).toBe(usernames.length);
    for (const username of usernames) expect(username).toMatch(/^[a-z0-9][\w.@-]{0,63}$/);
  });
});
