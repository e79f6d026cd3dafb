import { createRemoteJWKSet, jwtVerify } from 'jose';
import { authorize, callback, portal, redeem } from '../support/code-flow.ts';
import { decode, eventually, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout-receiver.ts';
import { proofLake } from '../support/proof-lake.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let receiver: LogoutReceiver;

const home = 'http://localhost:9000/';

beforeAll(async () => {
  receiver = await startLogoutReceiver();
  const lake = proofLake([
    { clientId: 'told', clientSecret: 'told-demo-secret', backchannelLogoutUri: receiver.url },
    { clientId: 'homely', clientSecret: 'homely-demo-secret', postLogoutRedirectUris: [home] },
  ]);
  issuer = await startIssuer({ realTime: true, lake, config: { allowPrivateFetch: ['127.0.0.1'] } });
});
afterAll(async () => {
  await issuer?.close();
  await receiver?.close();
});
beforeEach(() => receiver.answerWith(200));

const scope = 'openid offline_access wlcg.groups';

/** Alice logs in to a client; her browser and the tokens. */
async function signIn(client: string, agent = new UserAgent()) {
  const page = await authorize(issuer, agent, { client_id: client, scope });
  const { body } = await redeem(issuer, callback(page).code, {}, client);
  return { agent, tokens: body };
}

const logoutUrl = (parameters: Record<string, string>) => {
  const url = new URL('logout', issuer.url);
  url.search = new URLSearchParams(parameters).toString();
  return url;
};

/** The page that asks, and what comes after the answer. */
const ask = (agent: UserAgent, parameters: Record<string, string>) => agent.get(logoutUrl(parameters));
const say = async (agent: UserAgent, page: Page, answer: Record<string, string>) =>
  agent.follow(await agent.submit(page, '/confirm', answer));

const undelivered = () =>
  issuer.logLines().filter(({ msg, client }) => msg === 'a logout was not delivered' && client === 'told');

const isSignedIn = async (agent: UserAgent) =>
  (await agent.follow(await agent.get(new URL(issuer.url)))).html.includes('alice');

describe('logout begun by a service (OpenID Connect RP-Initiated Logout 1.0)', () => {
  test('returns to the registered address with the state, when the user agrees', async () => {
    const { agent, tokens } = await signIn('homely');
    const sent = { id_token_hint: tokens.id_token, post_logout_redirect_uri: home, state: 'some-state' };
    const page = await ask(agent, sent);
    expect(await isSignedIn(agent)).toBe(true);
    const after = await say(agent, page, { logout: 'yes' });
    expect(after.location?.href).toBe(`${home}?state=some-state`);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test('asks without a hint too, and keeps the session when the user says no', async () => {
    const { agent } = await signIn('homely');
    const page = await ask(agent, {});
    expect([page.status, page.location]).toEqual([200, null]);
    await say(agent, page, {});
    expect(await isSignedIn(agent)).toBe(true);
  });

  test('without hint or client returns nowhere', async () => {
    const { agent } = await signIn('homely');
    const after = await say(agent, await ask(agent, { post_logout_redirect_uri: home }), { logout: 'yes' });
    expect([after.status, after.location]).toEqual([200, null]);
  });

  test.each([
    ['another path', `${home}other`],
    ['a longer address', `${home}?x=1`],
    ['another host', 'https://evil.example/'],
    ['the callback of logins', portal.redirect_uri],
  ])('refuses %s, which is not registered, without going there', async (_name, post_logout_redirect_uri) => {
    const { agent, tokens } = await signIn('homely');
    const page = await ask(agent, { id_token_hint: tokens.id_token, post_logout_redirect_uri });
    expect([page.status, page.location]).toEqual([400, null]);
  });

  test('refuses a hint that is not ours, and one for another client than named', async () => {
    const { agent, tokens } = await signIn('homely');
    const forged = tokens.id_token.replace(/[^.]+$/, (signature: string) => signature.split('').reverse().join(''));
    expect((await ask(agent, { id_token_hint: forged })).status).toBe(400);
    expect((await ask(agent, { id_token_hint: tokens.id_token, client_id: 'portal' })).status).toBe(400);
  });

  test('a form of another site does not log out', async () => {
    const { agent } = await signIn('homely');
    await ask(agent, {});
    const fields = new URLSearchParams({ logout: 'yes', xsrf: 'guessed' });
    const answer = await agent.request(new URL('logout/confirm', issuer.url), 'POST', fields);
    expect(answer.status).toBe(400);
    expect(await isSignedIn(agent)).toBe(true);
  });

  test('leaves refresh tokens for offline use alone', async () => {
    const { agent, tokens } = await signIn('homely');
    await say(agent, await ask(agent, {}), { logout: 'yes' });
    const { status } = await post(
      issuer,
      '/token',
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token },
      { client: 'homely' },
    );
    expect(status).toBe(200);
  });
});

describe('a service that is told of logouts (OpenID Connect Back-Channel Logout 1.0)', () => {
  test('gets a logout token for its session, signed with the present keys', async () => {
    const { agent, tokens } = await signIn('told');
    const arrived = receiver.next();
    await say(agent, await ask(agent, {}), { logout: 'yes' });
    const token = await arrived;
    const keys = createRemoteJWKSet(new URL('jwk', issuer.url));
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: issuer.url, audience: 'told' });
    const { sid, sub } = decode(tokens.id_token).claims;
    expect(protectedHeader.typ).toBe('logout+jwt');
    expect(payload).toEqual({
      iss: issuer.url,
      aud: 'told',
      sub,
      sid,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    expect(payload.exp! - payload.iat!).toBe(120);
    expect(sid).toEqual(expect.any(String));
  });

  test('is told however the logout began, once', async () => {
    const agent = new UserAgent();
    await signIn('told', agent);
    const { tokens } = await signIn('homely', agent);
    const before = receiver.tokens.length;
    const arrived = receiver.next();
    const page = await ask(agent, { id_token_hint: tokens.id_token, post_logout_redirect_uri: home });
    const after = await say(agent, page, { logout: 'yes' });
    await arrived;
    expect(after.location?.href).toBe(home);
    expect(receiver.tokens).toHaveLength(before + 1);
  });

  test.each([
    ['fails', 500],
    ['sends elsewhere', 302],
    ['never answers', 'never'],
  ] as const)('that %s holds no logout up, and is written down', async (_name, answer) => {
    receiver.answerWith(answer);
    const before = undelivered().length;
    const { agent } = await signIn('told');
    const arrived = receiver.next();
    const after = await say(agent, await ask(agent, {}), { logout: 'yes' });
    expect(after.status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
    await arrived;
    const written = await eventually(async () => undelivered()[before]);
    expect(JSON.stringify(written)).not.toContain('eyJ');
  });

  test('is not told when the user stays', async () => {
    const { agent } = await signIn('told');
    const before = receiver.tokens.length;
    await say(agent, await ask(agent, {}), {});
    expect(receiver.tokens).toHaveLength(before);
  });

  test('is not a host of the own network, unless the operator says so', async () => {
    const closed = await startIssuer({
      realTime: true,
      lake: proofLake([{ clientId: 'told', clientSecret: 'told-demo-secret', backchannelLogoutUri: receiver.url }]),
    });
    try {
      const agent = new UserAgent();
      await authorize(closed, agent, { client_id: 'told', scope });
      const before = receiver.tokens.length;
      const page = await agent.get(new URL('logout', closed.url));
      await agent.follow(await agent.submit(page, '/confirm', { logout: 'yes' }));
      await eventually(async () => closed.logLines().find(({ msg }) => msg === 'a logout was not delivered'));
      expect(receiver.tokens).toHaveLength(before);
    } finally {
      await closed.close();
    }
  });
});

test('the metadata offers both', async () => {
  const answer = await fetch(new URL('.well-known/openid-configuration', issuer.url));
  expect(await answer.json()).toMatchObject({
    end_session_endpoint: `${issuer.url}logout`,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});
