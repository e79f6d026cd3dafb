import { agreementLake, firstVersion } from '../support/agreement.ts';
import { authorize, authorizeUrl, callback, pkce, portal, redeem } from '../support/code-flow.ts';
import { formOf, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { formsOf, type Page, UserAgent } from '../support/user-agent.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await startIssuer({ lake: agreementLake() });
});
afterEach(() => issuer?.close());

const parameters = { scope: 'openid offline_access storage.read:/data/open', ...pkce.parameters };
const scope = ['offline_access', 'storage.read:/data/open'];

/** Logs in, agrees where that is asked, and consents. */
async function loginAndAgree(agent: UserAgent, agreeing = true): Promise<Page> {
  let page = await authorize(issuer, agent, parameters);
  if (!page.html.includes('/acceptable-use"') || !agreeing) return page;
  page = await agent.follow(await agent.submit(page, '/acceptable-use'));
  return page.html.includes('/consent"') ? agent.follow(await agent.submit(page, '/consent', { scope })) : page;
}

/** The other button of the form. */
function cancel(agent: UserAgent, page: Page): Promise<Page> {
  const [form] = formsOf(page);
  const action = new URL(page.url);
  action.pathname += '/cancel';
  return agent.request(action, 'POST', formOf(form?.fields ?? []), page.url);
}

async function tokens(agent = new UserAgent()) {
  const { body } = await redeem(issuer, callback(await loginAndAgree(agent)).code, { code_verifier: pkce.verifier });
  expect(body.error).toBeUndefined();
  return body as { access_token: string; refresh_token: string };
}

const refresh = (token: string) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token }, { client: 'portal' });
const exchange = (token: string) =>
  post(
    issuer,
    '/token',
    {
      grant_type: exchangeGrant,
      subject_token: token,
      subject_token_type: accessToken,
      scope: 'storage.read:/data/open',
      audience: 'tree',
    },
    { client: 'fts' },
  );

test('a login is asked to agree before consent, gets nothing when it refuses, and is not asked again', async () => {
  const agent = new UserAgent();
  const asked = await loginAndAgree(agent, false);
  expect(asked.html).toContain('Do not mine coins.');
  expect(asked.html).not.toContain('/consent"');
  const refused = await agent.follow(await cancel(agent, asked));
  expect(callback(refused).error).toBe('access_denied');

  await tokens(agent);
  const again = await authorize(issuer, agent, parameters);
  expect(callback(again).code).toEqual(expect.any(String));
});

test('a session that began before the policy is asked too, and `prompt=none` says so', async () => {
  const agent = new UserAgent();
  await tokens(agent);
  await issuer.apply(
    agreementLake({
      versions: [firstVersion, { name: '2026-2', text: 'Be kinder.', validFrom: '2026-11-22T11:59:00Z' }],
    }),
  );
  const silent = await agent.follow(await agent.get(authorizeUrl(issuer, { ...parameters, prompt: 'none' })));
  expect(callback(silent).error).toBe('interaction_required');
  expect((await loginAndAgree(agent, false)).html).toContain('Be kinder.');
});

test('a pushed request is no way around it, with a session or silently, nor is a code of before', async () => {
  const agent = new UserAgent();
  const { code } = callback(await loginAndAgree(agent));
  const version = { name: '2026-2', text: 'Be kinder.', validFrom: '2026-11-22T11:59:00Z' };
  await issuer.apply(agreementLake({ versions: [firstVersion, version] }));
  expect((await redeem(issuer, code, { code_verifier: pkce.verifier })).body).toMatchObject({
    error: 'invalid_grant',
    error_description: expect.stringContaining('account/policy'),
  });
  const pushed = async (more: Record<string, string>) => {
    const request = { response_type: 'code', state: 's', ...portal, ...parameters, ...more };
    const { body } = await post(issuer, '/par', request, { client: 'portal' });
    const url = new URL(`authorize?client_id=portal&request_uri=${encodeURIComponent(body.request_uri)}`, issuer.url);
    return agent.follow(await agent.get(url));
  };
  expect(callback(await pushed({ prompt: 'none' })).error).toBe('interaction_required');
  const asked = await pushed({});
  expect([asked.location, asked.html.includes('Be kinder.')]).toEqual([null, true]);
});

test('what was signed on a page that is out of date counts for nothing', async () => {
  const agent = new UserAgent();
  const asked = await loginAndAgree(agent, false);
  await issuer.apply(agreementLake({ versions: [{ ...firstVersion, text: 'Pay us.' }] }));
  const shown = await agent.submit(asked, '/acceptable-use');
  expect([shown.status, shown.html.includes('Pay us.')]).toEqual([409, true]);
});

test('refresh and exchange give nothing once the signature has ended, and go on after signing again', async () => {
  const agent = new UserAgent();
  const first = await tokens(agent);
  const second = await refresh(first.refresh_token);
  expect(second.status).toBe(200);

  await issuer.database.db
    .updateTable('acceptable_use_signatures')
    .set({ ends_at: new Date(issuer.clock.now() + 600_000) })
    .execute();
  issuer.clock.advance(601);
  const refused = await refresh(second.body.refresh_token);
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
  expect(refused.body.error_description).toContain(`${issuer.url}account/policy`);
  expect((await exchange(second.body.access_token)).body.error).toBe('invalid_grant');

  const page = await agent.get(new URL('account/policy', issuer.url));
  expect(page.html).toContain('You have not agreed');
  await agent.follow(await agent.submit(page, '/account/policy'));
  expect((await refresh(second.body.refresh_token)).status).toBe(200);
  expect((await exchange(second.body.access_token)).status).toBe(200);
});

test('a token with capabilities ends before the signature does, and none is given that would be too short', async () => {
  const { refresh_token } = await tokens();
  const endsIn = async (seconds: number) => {
    const endsAt = new Date(issuer.clock.now() + seconds * 1000);
    await issuer.database.db.updateTable('acceptable_use_signatures').set({ ends_at: endsAt }).execute();
  };
  await endsIn(1000);
  const short = await refresh(refresh_token);
  expect(short.body.expires_in).toBe(1000 - 120);
  await endsIn(300);
  expect((await refresh(short.body.refresh_token)).body.error).toBe('invalid_scope');
});

test('services go on: the policy is for users', async () => {
  const answer = await post(
    issuer,
    '/token',
    { grant_type: 'client_credentials', scope: 'storage.read:/data/open' },
    { client: 'robot' },
  );
  expect(answer.status).toBe(200);
});

test('a device gets a token once its user has agreed', async () => {
  await issuer.apply(
    agreementLake({
      more: {
        clients: [
          {
            clientId: 'cli',
            grantTypes: [deviceGrant],
            scopes: ['openid', 'storage.read:/'],
            tokenEndpointAuthMethod: 'none',
          },
        ],
      },
    }),
  );
  const { body } = await post(issuer, '/devicecode', { client_id: 'cli', scope: 'openid storage.read:/data/open' });
  const agent = new UserAgent();
  const entered = await agent.submit(await agent.get(new URL('device', issuer.url)), '/device', {
    user_code: body.user_code,
  });
  const confirmed = await agent.follow(await agent.submit(entered, '/device', { confirm: 'yes' }));
  const login = { username: 'alice', password: 'alice-demo-password' };
  const asked = await agent.follow(await agent.submit(confirmed, '/login', login));
  expect(asked.html).toContain('Be kind.');
  const consent = await agent.follow(await agent.submit(asked, '/acceptable-use'));
  await agent.follow(await agent.submit(consent, '/consent'));
  const answer = await post(issuer, '/token', {
    grant_type: deviceGrant,
    client_id: 'cli',
    device_code: body.device_code,
  });
  expect(answer.body.scope).toContain('storage.read:/data/open');
});

test('owners sign for their service accounts, and nobody for another person', async () => {
  const robot = { id: 'robot-1', username: 'robot-one', kind: 'service' };
  const lake = JSON.parse(agreementLake());
  await issuer.apply(JSON.stringify({ ...lake, accounts: [...lake.accounts, robot] }));
  const { db } = issuer.database;
  const [alice, bob] = await db
    .selectFrom('accounts')
    .select('id')
    .where('username', 'in', ['alice', 'bob'])
    .orderBy('username')
    .execute();
  await db
    .insertInto('account_owners')
    .values({ account_id: 'robot-1', owner_id: alice?.id ?? '' })
    .execute();
  const agent = new UserAgent();
  const login = await agent.get(new URL('login', issuer.url));
  await agent.submit(login, '/login', { username: 'alice', password: 'alice-demo-password' });
  const page = await agent.get(new URL('account/policy', issuer.url));
  expect(page.html).toContain('Agree for robot-one');
  const sign = (account: string) => agent.submit(page, '/account/policy', { account });
  expect((await sign(bob?.id ?? '')).status).toBe(403);
  expect((await sign('robot-1')).status).toBe(303);
  const signatures = await db.selectFrom('acceptable_use_signatures').select(['account_id', 'signed_by']).execute();
  expect(signatures).toEqual([{ account_id: 'robot-1', signed_by: alice?.id }]);
});
