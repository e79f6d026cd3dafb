/** The policy over HTTP in every flow: narrowing and expansion, ceilings of refreshes, capability sets, embargo groups, caps (policy-semantics 4 and 6; W-CAP-4 to W-CAP-6). */
import { authorize as authorizeAt, callback, redeem } from '../support/code-flow.ts';
import { clientCredentials, decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { embargoTitle, policyLake, releaseAfter } from '../support/policy-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

/** A whole second, as dates in tokens are. */
const begun = Math.floor(Date.now() / 1000) * 1000;
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: policyLake(begun), realTime: true });
});
afterAll(() => issuer?.close());

/** The protocol library lives in real time; a test moves the clock only after its login. */
beforeEach(async () => {
  issuer.clock.set(Date.now());
  await issuer.database.db.deleteFrom('consents').execute();
});

/** The short way leaves every request with this parameter to the library, for which an empty one is none. */
const unusual = { client_assertion: '' };

type Parameters = Record<string, string>;
type Choices = { username?: string; untick?: readonly string[] };

function authorize(client: string, parameters: Parameters, choices: Choices = {}) {
  return authorizeAt(issuer, new UserAgent(), { client_id: client, ...parameters }, choices);
}

async function login(client: string, parameters: Parameters, choices: Choices = {}, more: Parameters = {}) {
  const { code } = callback(await authorize(client, parameters, choices));
  return redeem(issuer, code, more, client);
}

/** The page that asks for consent, or says that there is nothing to consent to. */
async function consentPage(client: string, parameters: Parameters, username = 'bob') {
  const agent = new UserAgent();
  const url = new URL('authorize', issuer.url);
  const fixed = { response_type: 'code', client_id: client, redirect_uri: 'http://localhost:9000/callback' };
  url.search = new URLSearchParams({ ...fixed, ...parameters }).toString();
  const form = await agent.follow(await agent.get(url));
  const page = await agent.follow(
    await agent.submit(form, '/login', { username, password: `${username}-demo-password` }),
  );
  return { agent, page, text: page.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') };
}

const refresh = (client: string, refresh_token: string, fields: Parameters = {}) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, ...fields }, { client });

const expanded = ['storage.read:/data/emb/calib', 'storage.read:/data/open', 'storage.read:/data/scratch'];

describe('a refresh is decided anew under what was consented (policy-semantics 6)', () => {
  const broad = { scope: 'openid offline_access storage.read:/data', audience: 'tree' };

  test('a release within the consent opens', async () => {
    const first = await login('wide', broad, { username: 'bob' });
    expect(first.body.scope.split(' ').slice(2).sort()).toEqual(expanded);
    issuer.clock.set(releaseAfter(begun));
    const later = await refresh('wide', first.body.refresh_token);
    expect(later.body.scope).toBe('openid offline_access storage.read:/data');
    expect(decode(later.body.access_token).claims.scope).toBe(later.body.scope);
  });

  test('a lost membership closes, and a part of the request that stands is kept', async () => {
    const scope = 'openid offline_access storage.read:/data/open storage.read:/data/emb';
    const first = await login('portal', { scope, audience: 'tree' });
    expect(first.body.scope).toBe(scope);
    await issuer.apply(policyLake(begun, { team: [] }));
    const less = await refresh('portal', first.body.refresh_token);
    expect(less.body.scope).toBe('openid offline_access storage.read:/data/open');
    const asked = await refresh('portal', less.body.refresh_token, { scope: 'storage.read:/data/emb' });
    expect(asked).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope', error_description: 'storage.read:/data/emb refused: embargoed' },
    });
    await issuer.apply(policyLake(begun));
    const again = await refresh('portal', less.body.refresh_token);
    expect(again.body.scope).toBe(scope);
  });

  test('what is lost is dropped for a strict client too, and one that asks for it by name is refused', async () => {
    const scope = 'openid offline_access storage.read:/data/open storage.read:/data/emb';
    const first = await login('exact', { scope, audience: 'tree' });
    expect(first.body.scope).toBe(scope);
    await issuer.apply(policyLake(begun, { team: [] }));
    const less = await refresh('exact', first.body.refresh_token);
    expect(less.body.scope).toBe('openid offline_access storage.read:/data/open');
    expect((await refresh('exact', less.body.refresh_token, { scope })).body).toMatchObject({
      error: 'invalid_scope',
      error_description: expect.stringContaining('storage.read:/data/emb refused: embargoed'),
    });
    await issuer.apply(policyLake(begun));
  });

  test('a capability set that is lost is dropped beside other scopes, and alone is access_denied', async () => {
    const set = 'openid offline_access wlcg.capabilityset:/vo/dune';
    const beside = await login('portal', { scope: `${set} storage.read:/data/open`, audience: 'tree' });
    const alone = await login('portal', { scope: set, audience: 'tree' });
    await issuer.apply(policyLake(begun, { isDuneLost: true }));
    const less = await refresh('portal', beside.body.refresh_token);
    expect(less.body.scope).toBe('openid offline_access storage.read:/data/open');
    expect((await refresh('portal', alone.body.refresh_token)).body).toMatchObject({
      error: 'access_denied',
      error_description: 'wlcg.capabilityset:/vo/dune refused: not-member',
    });
    await issuer.apply(policyLake(begun));
  });

  test('a removed party loses the chains that meet the embargo, and no others (policy-semantics 7)', async () => {
    const scopes = ['storage.read:/data/emb', 'storage.read:/data/open'];
    const [met, apart] = await Promise.all(
      scopes.map((scope) => login('portal', { scope: `offline_access openid ${scope}`, audience: 'tree' })),
    );
    await issuer.apply(policyLake(begun, { partySubject: 'client:machine' }));
    expect((await refresh('portal', met?.body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh('portal', apart?.body.refresh_token)).body.scope).toContain('storage.read:/data/open');
    await issuer.apply(policyLake(begun));
  });

  test('the end of the account shortens tokens, and then ends the chain', async () => {
    const first = await login(
      'portal',
      { scope: 'openid offline_access storage.read:/data/open', audience: 'tree' },
      { username: 'bob' },
    );
    const endsAt = Date.now() + 1_800_000;
    await issuer.apply(policyLake(begun, { bobEndsAt: endsAt }));
    const shorter = await refresh('portal', first.body.refresh_token);
    const { exp } = decode(shorter.body.access_token).claims;
    expect(exp).toBe(Math.floor((endsAt - 120_000) / 1000));
    issuer.clock.set(endsAt);
    expect((await refresh('portal', shorter.body.refresh_token)).body.error).toBe('invalid_grant');
    await issuer.apply(
      policyLake(begun).replace('"username":"bob"', '"username":"bob","endsAt":"2100-01-01T00:00:00Z"'),
    );
  });

  test('what the user unticked stays refused', async () => {
    const scope = 'openid offline_access storage.read:/data/open storage.read:/data/scratch';
    const first = await login('portal', { scope, audience: 'tree' }, { untick: ['storage.read:/data/scratch'] });
    const again = await refresh('portal', first.body.refresh_token);
    expect(again.body.scope).toBe('openid offline_access storage.read:/data/open');
    const asked = await refresh('portal', again.body.refresh_token, { scope: 'storage.read:/data/scratch' });
    expect(asked.body).toMatchObject({
      error: 'invalid_scope',
      error_description: 'storage.read:/data/scratch refused: ceiling',
    });
  });

  test.each(['portal', 'wide'])('a scope beyond it refuses the request, in the mode of %s too', async (client) => {
    const scope = 'openid offline_access storage.read:/data/open';
    const first = await login(client, { scope, audience: 'tree' });
    const beyond = await refresh(client, first.body.refresh_token, { scope: 'openid storage.read:/data' });
    expect(beyond).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_scope',
        error_description: expect.stringContaining('storage.read:/data refused: ceiling'),
      },
    });
    expect((await refresh(client, first.body.refresh_token)).status).toBe(200);
  });

  test('at another audience it is written in the paths of that audience, and what lies in no mount is dropped', async () => {
    const scope = 'openid offline_access storage.read:/data/open storage.read:/dune';
    const first = await login('portal', { scope, audience: 'tree' });
    const there = await refresh('portal', first.body.refresh_token, { audience: 'pool' });
    expect(there.body.scope).toBe('openid offline_access storage.read:/pool/open');
    const beyond = await refresh('portal', there.body.refresh_token, { audience: 'pool', scope: 'storage.read:/pool' });
    expect(beyond.body.error_description).toBe('storage.read:/pool refused: ceiling');
    expect((await refresh('portal', there.body.refresh_token)).body.scope).toBe(scope);
  });

  test('no token outlives its chain, and the issue log says that the flow set the end', async () => {
    const first = await login('brief', { scope: 'openid offline_access storage.read:/data/open', audience: 'tree' });
    issuer.clock.advance(3600);
    const last = await refresh('brief', first.body.refresh_token);
    expect(last.body.expires_in).toBeLessThanOrEqual(1800);
    expect(last.body.expires_in).toBeGreaterThan(1700);
    expect(await capOf(last.body.access_token)).toMatchObject({ kind: 'flow', rule: null });
  });

  test('a code for every storage that is redeemed for one gives what was consented, in the paths of that one', async () => {
    const scope = 'openid offline_access storage.read:/data/open';
    const { body } = await login('portal', { scope }, {}, { audience: 'pool' });
    expect(body.scope).toBe('openid offline_access storage.read:/pool/open');
    expect(decode(body.access_token).claims.aud).toBe('pool');
  });
});

/** What the issue log says of the end of a token. */
async function capOf(token: string) {
  const { jti } = decode(token).claims;
  for (;;) {
    const row = await issuer.database.db
      .selectFrom('issue_log')
      .select(['cap', 'expires_at'])
      .where('jti', '=', jti)
      .executeTakeFirst();
    if (row !== undefined) return row.cap;
  }
}

describe('the consent page', () => {
  test('shows the paths that will be issued and what is left out, and no word of the embargo’s title or parties', async () => {
    const { text } = await consentPage('wide', { scope: 'openid storage.read:/data', audience: 'tree' });
    expect(text).toContain('Read files below /data');
    for (const scope of expanded) expect(text).toContain(scope.split(':')[1]);
    expect(text).toContain('Left out: the rest of /data A part of these data is under embargo.');
    expect(text).toMatch(/It is good until \d{1,2} \w+ \d{4}, \d\d:\d\d UTC/);
    for (const secret of [embargoTitle, '/vo/p17', 'mover']) expect(text).not.toContain(secret);
  });

  test('says why the access ends early', async () => {
    const { text } = await consentPage('portal', { scope: 'openid storage.read:/data/emb', audience: 'tree' }, 'alice');
    expect(text).toContain('Some of these data are under embargo: access to them is given for short times.');
  });

  test('a request of which nothing remains is told with its reason, and the application learns it', async () => {
    const { agent, page, text } = await consentPage('portal', { scope: 'openid storage.read:/data', audience: 'tree' });
    expect(text).toContain('A part of these data is under embargo.');
    expect(text).not.toContain(embargoTitle);
    const back = await agent.follow(await agent.submit(page, '/cancel'));
    expect(callback(back)).toMatchObject({
      error: 'invalid_scope',
      error_description: 'storage.read:/data refused: embargoed-part',
    });
  });

  test('remembers the scopes that were asked, not what they gave: after a release nobody is asked again', async () => {
    const asked = { scope: 'openid storage.read:/data', audience: 'tree' };
    await login('wide', asked, { username: 'bob' });
    const rows = await issuer.database.db.selectFrom('consents').select(['granted']).execute();
    expect(rows).toEqual([{ granted: ['openid', 'storage.read:/data'] }]);
  });
});

describe('an embargo group', () => {
  test('is refused beside storage scopes, which stand; the page says why (policy-semantics 4)', async () => {
    const scope = 'openid wlcg.groups:/vo/p17 storage.read:/data/open';
    const { text } = await consentPage('portal', { scope, audience: 'tree' }, 'alice');
    expect(text).toContain('This group cannot be named together with storage access.');
    const { body } = await login('portal', { scope, audience: 'tree' });
    expect(body.scope).toBe('openid storage.read:/data/open');
    expect(decode(body.access_token).claims['wlcg.groups']).toEqual(['/vo']);
  });

  test('is in a token only when asked for by name, even where it is a default group', async () => {
    const usual = await login('portal', { scope: 'openid wlcg.groups', audience: 'tree' });
    expect(decode(usual.body.access_token).claims['wlcg.groups']).toEqual(['/vo']);
    const named = await login('portal', { scope: 'openid wlcg.groups:/vo/p17', audience: 'tree' });
    expect(decode(named.body.access_token).claims['wlcg.groups']).toEqual(['/vo/p17', '/vo']);
  });
});

describe('a capability set (W-CAP-4 to W-CAP-6)', () => {
  const whole = 'storage.read:/dune storage.create:/dune/data';

  test.each([
    ['the short way', {}],
    ['the library', unusual],
  ])('gives a client its scopes, and others asked beside it, by %s', async (_, more) => {
    const fields = { grant_type: 'client_credentials', audience: 'tree' };
    const scope = 'wlcg.capabilityset:/vo/dune storage.read:/data/open';
    const { status, body } = await post(issuer, '/token', { ...fields, scope, ...more }, { client: 'machine' });
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: `${whole} storage.read:/data/open` });
    expect(decode(body.access_token).claims.scope).toBe(body.scope);
  });

  test.each([
    ['the short way', {}],
    ['the library', unusual],
  ])('is access_denied to a client that is no member, by %s', async (_, more) => {
    const fields = { grant_type: 'client_credentials', audience: 'tree', scope: 'wlcg.capabilityset:/vo/dune' };
    expect(await post(issuer, '/token', { ...fields, ...more }, { client: 'mover' })).toMatchObject({
      status: 400,
      body: { error: 'access_denied', error_description: 'wlcg.capabilityset:/vo/dune refused: not-member' },
    });
  });

  test('is written in the paths of the audience, and denied where a part of it cannot be shown', async () => {
    expect(
      (await clientCredentials(issuer, 'machine', { audience: 'pool', scope: 'wlcg.capabilityset:/vo/dune' })).body,
    ).toMatchObject({
      error: 'access_denied',
      error_description: 'wlcg.capabilityset:/vo/dune refused: outside-storage',
    });
    await issuer.apply(policyLake(begun, { set: ['storage.read:/data/open'] }));
    const { body } = await clientCredentials(issuer, 'machine', {
      audience: 'pool',
      scope: 'wlcg.capabilityset:/vo/dune',
    });
    expect(body.scope).toBe('storage.read:/pool/open');
    await issuer.apply(policyLake(begun));
  });

  test('is never among the scopes of a client that asks for none', async () => {
    const { body } = await clientCredentials(issuer, 'machine', { audience: 'tree' });
    expect(body.error).toBe('invalid_scope');
  });

  test('is shown to the user member by member, and gives all of them, also when refreshed', async () => {
    const asked = { scope: 'openid offline_access wlcg.capabilityset:/vo/dune', audience: 'tree' };
    const { text } = await consentPage('portal', asked, 'alice');
    expect(text).toContain('Use everything that the group /vo/dune may do, as one');
    expect(text).toContain('Read files below /dune storage.read:/dune');
    expect(text).toContain('Create new files below /dune/data storage.create:/dune/data');
    const first = await login('portal', asked);
    expect(first.body.scope).toBe(`openid offline_access ${whole}`);
    const again = await refresh('portal', first.body.refresh_token);
    expect(again.body.scope).toBe(first.body.scope);
  });

  test('that embargoes would cut is access_denied after the page has said why', async () => {
    const asked = { scope: 'openid wlcg.capabilityset:/vo/secret-set', audience: 'tree' };
    const { agent, page, text } = await consentPage('wide', asked, 'bob');
    expect(text).toContain('The wide cannot get this access');
    expect(text).toContain('These data are under embargo.');
    const back = await agent.follow(await agent.submit(page, '/cancel'));
    expect(callback(back)).toMatchObject({
      error: 'access_denied',
      error_description: 'wlcg.capabilityset:/vo/secret-set refused: embargoed',
    });
  });

  test('is denied by the page too when the consent is remembered, and the set is lost since', async () => {
    const asked = { scope: 'openid wlcg.capabilityset:/vo/dune', audience: 'tree' };
    await login('portal', asked);
    await issuer.apply(policyLake(begun, { isDuneLost: true }));
    const { text } = await consentPage('portal', asked, 'alice');
    await issuer.apply(policyLake(begun));
    expect(text).toContain('The portal cannot get this access');
  });

  test('of a client that is not registered for it is access_denied', async () => {
    const asked = { scope: 'openid wlcg.capabilityset:/vo/dune', audience: 'tree' };
    const { text } = await consentPage('plain', asked, 'alice');
    expect(text).toContain('This service is not registered for it.');
  });

  test('without a group is invalid_scope at once', async () => {
    for (const scope of ['openid wlcg.capabilityset', 'openid wlcg.capabilityset:vo']) {
      const answer = callback(await authorize('portal', { scope }));
      expect(answer.error).toBe('invalid_scope');
    }
  });

  test('that the user unticks is not given', async () => {
    const scope = 'openid wlcg.capabilityset:/vo/dune storage.read:/data/open';
    const { body } = await login('portal', { scope, audience: 'tree' }, { untick: ['wlcg.capabilityset:/vo/dune'] });
    expect(body.scope).toBe('openid storage.read:/data/open');
  });
});

describe('a client acting for itself', () => {
  test('under an embargo has tokens of the embargo’s length, a mover of its own (policy-semantics 9, row 14)', async () => {
    const { body } = await clientCredentials(issuer, 'mover', { audience: 'tree', scope: 'storage.read:/' });
    expect(body).toMatchObject({ scope: 'storage.read:/', expires_in: 3000 });
    expect(await capOf(body.access_token)).toMatchObject({ kind: 'embargo-lifetime', rule: 'emb' });
  });

  test.each([
    ['the short way', {}],
    ['the library', unusual],
  ])('gets a broad request expanded, and is told so in scope (RFC 6749 section 5.1), by %s', async (_, more) => {
    const fields = { grant_type: 'client_credentials', audience: 'tree', scope: 'storage.read:/' };
    const { body } = await post(issuer, '/token', { ...fields, ...more }, { client: 'machine' });
    expect(body.scope.split(' ').sort()).toEqual([...expanded, 'storage.read:/dune']);
    expect(body.expires_in).toBe(3600);
  });
});

describe('the device flow', () => {
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';

  test('shows the same page after the code was confirmed, and gives what it showed', async () => {
    const asked = { client_id: 'cli', scope: 'openid offline_access storage.read:/data', audience: 'tree' };
    const { device_code, user_code } = (await post(issuer, '/devicecode', asked)).body;
    const agent = new UserAgent();
    const entered = await agent.submit(await agent.get(new URL('device', issuer.url)), '/device', { user_code });
    expect(entered.html).toContain('Is this your device?');
    const signIn = await agent.follow(await agent.submit(entered, '/device', { confirm: 'yes' }));
    const credentials = { username: 'bob', password: 'bob-demo-password' };
    const consent = await agent.follow(await agent.submit(signIn, '/login', credentials));
    for (const scope of expanded) expect(consent.html).toContain(scope.split(':')[1]);
    await agent.follow(await agent.submit(consent, '/consent'));
    const { body } = await post(issuer, '/token', { grant_type, client_id: 'cli', device_code });
    expect(body.scope.split(' ').slice(2).sort()).toEqual(expanded);
    issuer.clock.set(releaseAfter(begun));
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token, client_id: 'cli' };
    expect((await post(issuer, '/token', fields)).body.scope).toBe('openid offline_access storage.read:/data');
  });
});
