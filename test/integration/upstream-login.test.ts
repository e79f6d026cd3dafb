/** Logins at an upstream provider, which is a second Sluice: known, new and refused people, what their tokens say, linking, and attacks on the way. */
import { sql } from 'kysely';
import { eventually } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let home: TestIssuer;
let lake: TestIssuer;

const homeLake = (callback: string) => `
version: 1
accounts:
  - { id: ada-at-home, username: ada, name: Ada Upstream, email: ada@home.example, password: ada-home-password }
  - { id: bob-at-home, username: bob, name: Bob Upstream, email: bob@home.example, password: bob-home-password }
clients:
  - clientId: lake
    clientSecret: lake-secret
    redirectUris: ["${callback}", "${callback.replace('/home', '/strict')}", "${callback.replace('/home', '/shy')}"]
    postLogoutRedirectUris: ["${callback.replace('/upstream/callback/home', '/')}"]
    scopes: [openid, profile, email]
`;

const lakeFile = (issuer: string) => `
version: 1
groups: [{ path: /escape, default: true }]
accounts:
  - { id: carl-here, username: carl, password: carl-lake-password, groups: [/escape] }
  - { id: ada-here, username: ada, password: ada-lake-password }
  - { id: rita-here, username: rita, password: rita-lake-password, roles: [reader] }
  - { id: ops-here, username: ops, password: ops-lake-password, roles: [admin] }
upstreams:
  - { name: home, title: Home Institute, issuer: "${issuer}", clientId: lake, trusted: true, assurance: { always: ["https://refeds.org/assurance/IAP/medium"], take: ["https://refeds.org/assurance/ID/*"] } }
  - { name: unreachable, title: Unreachable Institute, issuer: "http://127.0.0.1:1/", clientId: lake }
clients:
  - { clientId: portal, clientSecret: portal-secret, grantTypes: [authorization_code, refresh_token, "urn:ietf:params:oauth:grant-type:token-exchange"], redirectUris: ["http://localhost:9000/callback"], scopes: [openid, profile, email, offline_access, wlcg.groups] }
`;

beforeAll(async () => {
  lake = await startIssuer({
    lake: 'version: 1\n',
    realTime: true,
    config: { upstreamSecrets: { home: 'lake-secret' } },
  });
  home = await startIssuer({ lake: homeLake(`${lake.url}upstream/callback/home`), realTime: true });
  await lake.apply(lakeFile(home.url));
});
afterAll(async () => {
  await lake?.close();
  await home?.close();
});

/** Signs in at the home institute where the browser was sent, and comes back to the lake. What it has there are cookies of another host. */
async function throughHome(agent: UserAgent, page: Page, user = 'ada'): Promise<Page> {
  return agent.get(await answerOfHome(page, user));
}

async function answerOfHome(page: Page, user: string): Promise<URL> {
  const there = new UserAgent();
  let at = await there.follow(await there.get(page.location as URL));
  at = await there.follow(await there.submit(at, '/login', { username: user, password: `${user}-home-password` }));
  if (at.html.includes('/consent')) at = await there.follow(await there.submit(at, '/consent'));
  return at.location as URL;
}

const begin = (agent: UserAgent, query = '') => agent.get(`${lake.url}login/upstream/home${query}`);

describe('a login at an upstream provider', () => {
  test('gives who is new at a trusted one an account of its own, and the same one the next time', async () => {
    const agent = new UserAgent();
    const back = await throughHome(agent, await begin(agent, '?to=/account'));
    expect(back.status).toBe(303);
    const account = await agent.follow(back);
    expect(account.html).toContain('Ada Upstream');
    const again = new UserAgent();
    await again.follow(await throughHome(again, await begin(again)));
    const rows = await lake.database.db.selectFrom('identities').selectAll().execute();
    expect(rows).toMatchObject([{ issuer: home.url, subject: 'ada-at-home' }]);
    // The account of the same name and address is somebody else's.
    expect(rows[0]?.account_id).not.toBe('ada-here');
    const made = await lake.database.db
      .selectFrom('accounts')
      .selectAll()
      .where('id', '=', rows[0]?.account_id ?? '')
      .executeTakeFirstOrThrow();
    expect(made).toMatchObject({ name: 'Ada Upstream', password_hash: null });
    expect(made.username).not.toBe('ada');
  });

  test('is offered on the login page, the one that was used last first', async () => {
    const agent = new UserAgent();
    expect((await agent.get(`${lake.url}login`)).html).toContain('Home Institute');
    await throughHome(agent, await begin(agent));
    expect((await agent.get(`${lake.url}login?again`)).html).toMatch(/Home Institute.*used last/s);
  });

  test.each([['home'], ['ISSUER'], ['ISSUER?idp_hint=https%3A%2F%2Fidp.example']])(
    'is gone to at once when the service says so: %s (AARC-G061)',
    async (hint) => {
      const agent = new UserAgent();
      const value = encodeURIComponent(hint.replace('ISSUER', home.url));
      const page = await agent.get(`${lake.url}login?idp_hint=${value}`);
      expect(page.location?.pathname).toBe('/login/upstream/home');
      const sent = await agent.get(page.location?.href ?? '');
      expect(sent.location?.origin).toBe(new URL(home.url).origin);
      // What is nested in it is for the provider (AARC-G061).
      const nested = hint.includes('?') ? 'https://idp.example' : null;
      expect(sent.location?.searchParams.get('idp_hint')).toBe(nested);
    },
  );
});

test('among many providers the page searches, keeps what it is for, and shows the one used last first', async () => {
  const many = Array.from(
    { length: 15 },
    (_, index) =>
      `  - { name: u${index}, title: "University ${index}", issuer: "https://u${index}.example", clientId: lake }\n`,
  );
  await lake.apply(lakeFile(home.url).replace('\nclients:\n', `\n${many.join('')}clients:\n`));
  const agent = new UserAgent();
  await throughHome(agent, await begin(agent));
  const page = await agent.get(`${lake.url}login?again&to=/account/keys`);
  const links = (html: string) =>
    [...html.matchAll(/href="[^"]*\/upstream\/([a-z0-9-]+)[^"]*"/g)].map(([, name]) => name);
  expect(links(page.html)).toHaveLength(13);
  expect(links(page.html)[0]).toBe('home');
  const found = await agent.get(`${lake.url}login?again&to=/account/keys&provider=UNIVERSITY+14`);
  expect(links(found.html)).toEqual(['home', 'u14']);
  expect(found.html).toContain('/login/upstream/u14?to=%2Faccount%2Fkeys');
  // The same where a service asked.
  const request = new URLSearchParams({ response_type: 'code', client_id: 'portal', scope: 'openid', prompt: 'login' });
  const asked = await agent.follow(
    await agent.get(`${lake.url}authorize?${request}&redirect_uri=http://localhost:9000/callback`),
  );
  const searched = await agent.get(`${asked.url.href}?provider=14+university`);
  expect(links(searched.html)).toEqual(['home', 'u14']);
  expect((await agent.get(`${asked.url.href}?provider=%3Cscript%3E`)).html).not.toContain('<script>');
  // And where more are linked.
  const identities = `${lake.url}account/identities`;
  const linkable = (html: string) => [...html.matchAll(/name="upstream" value="([^"]+)"/g)].map(([, name]) => name);
  expect(linkable((await agent.get(identities)).html)).toHaveLength(12);
  expect(linkable((await agent.get(`${identities}?provider=sity+14`)).html)).toEqual(['u14']);
  expect((await agent.get(`${identities}?provider=none`)).html).toContain('No institution of this name');
  await lake.apply(lakeFile(home.url));
});

describe('attacks on the way back', () => {
  test('an answer for another browser is refused, and none is taken twice (login CSRF)', async () => {
    const mallory = new UserAgent();
    const answer = await answerOfHome(await begin(mallory), 'bob');
    const victim = new UserAgent();
    await begin(victim);
    expect((await victim.get(answer)).status).toBe(409);
    expect((await mallory.get(answer)).status).toBe(303);
    expect((await mallory.get(answer)).status).toBe(409);
  });

  test('an answer at the place of another provider is refused (mix-up)', async () => {
    const agent = new UserAgent();
    const sent = await begin(agent);
    const state = sent.location?.searchParams.get('state');
    const page = await agent.get(`${lake.url}upstream/callback/other?code=x&state=${state}`);
    expect(page.status).toBe(409);
    // It is used up.
    expect((await agent.get(`${lake.url}upstream/callback/home?code=x&state=${state}`)).status).toBe(409);
  });

  test('who cancels, a wrong code and no state at all are pages and no faults', async () => {
    const agent = new UserAgent();
    const state = async () => (await begin(agent)).location?.searchParams.get('state');
    const answers = [`error=access_denied&state=${await state()}`, `code=wrong&state=${await state()}`, 'code=x', ''];
    for (const query of answers) {
      const page = await agent.get(`${lake.url}upstream/callback/home?${query}`);
      expect(page.status).toBe(409);
      expect(page.html).toContain('did not succeed');
    }
    expect((await agent.get(`${lake.url}login/upstream/none`)).status).toBe(404);
  });
});

describe('a provider', () => {
  test('that does not say a required claim lets nobody in, and the page names the claim', async () => {
    const agent = new UserAgent();
    const required = 'required: [{ claim: eduperson_entitlement, anyOf: ["urn:example:lake*"] }]';
    await lake.apply(lakeFile(home.url).replace('trusted: true', `trusted: true, ${required}`));
    const page = await throughHome(agent, await begin(agent));
    await lake.apply(lakeFile(home.url));
    expect([page.status, page.location]).toEqual([403, null]);
    expect(page.html).toContain('eduperson_entitlement');
    expect(page.html).toContain('urn:example:lake*');
  });

  test('that is down is a page and no fault', async () => {
    const page = await new UserAgent().get(`${lake.url}login/upstream/unreachable`);
    expect(page.status).toBe(409);
    expect(page.html).toContain('Unreachable Institute could not be used');
  });
});

describe('linking', () => {
  async function signedIn(username: string): Promise<UserAgent> {
    const agent = new UserAgent();
    await agent.submit(await agent.get(`${lake.url}login`), '/login', {
      username,
      password: `${username}-lake-password`,
    });
    return agent;
  }

  test('adds a way in, which cannot be removed when it is the last, nor be anybody else’s', async () => {
    const carl = await signedIn('carl');
    const page = await carl.get(`${lake.url}account/identities`);
    const linked = await carl.follow(await throughHome(carl, await carl.submit(page, '/link'), 'bob'));
    // Bob of the home institute has an account of his own here, since another test signed him in.
    expect(linked.status).toBe(409);
    expect(linked.html).toContain('linked to an account already');
  });

  test('counts in the session that asked for it alone', async () => {
    const ada = await signedIn('ada');
    const page = await ada.get(`${lake.url}account/identities`);
    const sent = await ada.submit(page, '/link');
    const { db } = lake.database;
    await db.deleteFrom('identities').where('subject', '=', 'bob-at-home').execute();
    // The browser is signed in to another account meanwhile.
    await ada.submit(await ada.get(`${lake.url}login?again`), '/login', {
      username: 'carl',
      password: 'carl-lake-password',
    });
    const back = await throughHome(ada, sent, 'bob');
    expect(back.status).toBe(409);
    expect(await db.selectFrom('identities').selectAll().where('subject', '=', 'bob-at-home').execute()).toEqual([]);
  });

  test('that waits is dropped by an unlinking, and none is taken twice', async () => {
    const carl = await signedIn('carl');
    const page = await carl.get(`${lake.url}account/identities`);
    const first = await answerOfHome(await carl.submit(page, '/link'), 'bob');
    const waiting = await answerOfHome(await carl.submit(page, '/link'), 'bob');
    const linked = await carl.follow(await carl.get(first));
    expect(linked.html).toContain('bob-at-home');
    expect((await carl.get(first)).status).toBe(409);
    const gone = await carl.follow(await carl.submit(linked, '/unlink'));
    expect(gone.html).not.toContain('bob-at-home');
    expect((await carl.get(waiting)).html).toContain('was not begun here');
    expect((await carl.get(`${lake.url}account/identities`)).html).not.toContain('bob-at-home');
  });

  test('the only way into an account cannot be undone', async () => {
    const agent = new UserAgent();
    await agent.follow(await throughHome(agent, await begin(agent)));
    const page = await agent.get(`${lake.url}account/identities`);
    const kept = await agent.submit(page, '/unlink');
    expect([kept.status, kept.html.includes('ada-at-home')]).toEqual([409, true]);
  });

  test('works, and is undone', async () => {
    const carl = await signedIn('carl');
    const page = await carl.get(`${lake.url}account/identities`);
    const linked = await carl.follow(await throughHome(carl, await carl.submit(page, '/link'), 'bob'));
    expect(linked.html).toContain('bob-at-home');
    const gone = await carl.follow(await carl.submit(linked, '/unlink'));
    expect(gone.html).not.toContain('bob-at-home');
  });
});

describe('a new login', () => {
  test('is one at the provider as well: a session there from before does not count', async () => {
    const there = new UserAgent();
    const agent = new UserAgent();
    // A browser that keeps its session at the institute.
    const answerOf = async (page: Page) => {
      let at = await there.follow(await there.get(page.location as URL));
      if (at.html.includes('name="password"')) {
        at = await there.follow(await there.submit(at, '/login', { username: 'ada', password: 'ada-home-password' }));
      }
      return at;
    };
    await agent.get((await answerOf(await begin(agent))).location as URL);
    const again = await begin(agent, '?again&to=/account/security/password');
    expect(again.location?.searchParams.get('prompt')).toBe('login');
    const asked = await there.follow(await there.get(again.location as URL));
    expect(asked.html).toContain('name="password"');
    // Whoever takes the wish out of the request comes back with the old login, which is refused.
    const sent = await begin(agent, '?again');
    const url = new URL(sent.location as URL);
    url.searchParams.delete('prompt');
    url.searchParams.delete('max_age');
    await lake.database.db
      .updateTable('tickets')
      .set({
        payload: sql`jsonb_set(payload, '{request,sentAt}', to_jsonb((payload #>> '{request,sentAt}')::bigint + 60000))`,
      })
      .where('purpose', '=', 'upstream')
      .execute();
    const old = await there.follow(await there.get(url));
    const back = await agent.get(old.location as URL);
    expect(back.status).toBe(409);
    expect(back.html).toContain('did not ask for a new sign-in');
  });
});

test('administrators see how each provider answered last, who uses it, and what to register there', async () => {
  const agent = new UserAgent();
  await agent.follow(await throughHome(agent, await begin(agent)));
  await new UserAgent().get(`${lake.url}login/upstream/unreachable`);
  const ops = new UserAgent();
  const form = await ops.get(`${lake.url}login`);
  await ops.submit(form, '/login', { username: 'ops', password: 'ops-lake-password' });
  // They are noted while nobody waits for it.
  await eventually(async () => {
    const rows = await lake.database.db.selectFrom('upstream_states').select('name').execute();
    return rows.length >= 2 ? true : undefined;
  });
  const { html } = await ops.get(`${lake.url}admin/upstreams?search=instit`);
  const [, first = '', second = ''] = html.split('<tbody>')[1]?.split('<tr>') ?? [];
  expect(first).toMatch(/Home Institute.*answered 20.*last login 20/s);
  expect(first).toMatch(/1 identity.*\d+ logins? in 30 days/s);
  expect(first).toContain(`${lake.url}upstream/callback/home`);
  expect(first).toContain('with a secret');
  expect(second).toMatch(/Unreachable Institute.*failed.*, 20.*no login yet.*public client/s);
  expect((await ops.get(`${lake.url}admin/upstreams?search=none`)).html).toContain(
    'No provider is declared like this.',
  );
});

describe('the administrators’ page of one provider', () => {
  async function signedIn(username: string): Promise<UserAgent> {
    const agent = new UserAgent();
    const form = await agent.get(`${lake.url}login`);
    await agent.submit(form, '/login', { username, password: `${username}-lake-password` });
    return agent;
  }
  const full = `
  - name: full
    title: Full Institute
    issuer: https://idp.full.example
    clientId: lake
    scopes: [openid, entitlements]
    trusted: true
    logout: false
    secondFactor: accepted
    claims: { affiliation: org }
    required: [{ claim: entitled, anyOf: ["a*", b] }]
    assurance: { take: ["https://refeds.org/assurance/IAP/*"], always: ["https://refeds.org/assurance/ID/unique"] }
    acr: { "urn:two": "https://refeds.org/profile/mfa" }
clients:
`;

  afterAll(() => lake.apply(lakeFile(home.url)));

  test('shows all that the lake file says, and what to register there', async () => {
    await lake.apply(lakeFile(home.url).replace('\nclients:\n', full));
    const { html, status } = await (await signedIn('ops')).get(`${lake.url}admin/upstreams/full`);
    expect(status).toBe(200);
    for (const text of [
      ...['who is new gets an account at once', 'entitled: a* or b', 'urn:two → https://refeds.org/profile/mfa'],
      ...[
        'affiliation ← org',
        'email ← email',
        'entitlements',
        'count here, and are said in tokens',
        'never offered here',
      ],
      ...['https://refeds.org/assurance/IAP/*', 'https://refeds.org/assurance/ID/unique', 'without a secret'],
      ...['upstream/callback/full', 'upstream/signed-out', 'upstream/backchannel-logout/full'],
    ]) {
      expect(html).toContain(text);
    }
    await lake.apply(lakeFile(home.url));
    const plain = await (await signedIn('ops')).get(`${lake.url}admin/upstreams/unreachable`);
    expect(plain.html).toMatch(/asks for an account by registration.*count as one.*offered here, if/s);
    expect((await (await signedIn('ops')).get(`${lake.url}admin/upstreams/none`)).status).toBe(404);
  });

  test('asks it now for administrators, and tells how it answered', async () => {
    const ops = await signedIn('ops');
    const page = await ops.submit(await ops.get(`${lake.url}admin/upstreams/home`), '/admin/upstreams/home');
    expect([page.status, page.html.includes(`${home.url}authorize`)]).toEqual([200, true]);
    const failed = await ops.submit(await ops.get(`${lake.url}admin/upstreams/unreachable`), '/unreachable');
    expect([failed.status, failed.html.includes('Unreachable Institute could not be used')]).toEqual([409, true]);
  });

  test('readers look, and ask nobody', async () => {
    const agent = await signedIn('rita');
    const page = await agent.get(`${lake.url}admin/upstreams/home`);
    expect([page.status, page.html.includes('Ask it now')]).toEqual([200, false]);
    expect((await (await signedIn('carl')).get(`${lake.url}admin/upstreams/home`)).status).toBe(403);
  });
});
