/** JupyterHub logs users in with their groups, keeps their tokens encrypted, and refuses who is no member. */
import { decode, post } from '../support/http.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { freePort } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';
import { installProxy, type JupyterHub, startJupyterHub } from './jupyterhub/jupyterhub-server.ts';
import { logIn } from './party-login.ts';
import { describeParty, openPartyStage, type PartyStage, startTimeout } from './party-stage.ts';

const python = await preparePythonEnvironment('jupyterhub', new URL('jupyterhub/requirements.txt', import.meta.url));
const proxy = python.missing === null ? await installProxy() : python;
const versions = `${python.versionOf('jupyterhub')} with oauthenticator ${python.versionOf('oauthenticator')}`;

describeParty(`JupyterHub ${versions}`, { missing: python.missing ?? proxy.missing }, () => {
  let stage: PartyStage;
  let hub: JupyterHub;

  beforeAll(async () => {
    const port = await freePort();
    stage = await openPartyStage((example) => withStranger(example.replaceAll('localhost:8000', `localhost:${port}`)));
    hub = await startJupyterHub({ stage, python, proxy, port });
  }, startTimeout);
  afterAll(async () => {
    await hub?.stop();
    await stage?.close();
  });

  /** The way to a page that starts no notebook server. */
  const entrance = () => `${hub.url}/hub/oauth_login?next=/hub/token`;

  test('logs a user in, and takes over the groups', async () => {
    const page = await logIn(new UserAgent(), entrance());
    expect({ at: page.url.pathname, status: page.status }).toEqual({ at: '/hub/token', status: 200 });
    const { name, groups } = await hub.user('alice');
    expect({ name, groups: groups.toSorted() }).toEqual({ name: 'alice', groups: ['/escape', '/escape/cta'] });
  });

  test("keeps the user's tokens for the notebooks, encrypted in its database", async () => {
    const { auth_state } = await hub.user('alice');
    expect(auth_state).toMatchObject({
      refresh_token: expect.any(String),
      oauth_user: { preferred_username: 'alice' },
    });
    expect(decode(auth_state.access_token).claims).toMatchObject({
      aud: 'rucio',
      sub: '5a1e0000-0000-4000-8000-000000000001',
    });
    const atRest = hub.stateAtRest('alice');
    expect(atRest.length).toBeGreaterThan(100);
    expect(atRest.includes(auth_state.refresh_token)).toBe(false);
    expect(atRest.includes('alice@example.org')).toBe(false);
  });

  test('renews the tokens before it starts a server, when the old one is no longer accepted', async () => {
    const agent = new UserAgent();
    await logIn(agent, entrance());
    const { access_token: token } = (await hub.user('alice')).auth_state;
    await post(stage.issuer, '/revoke', { token }, { client: 'jupyter' });
    await agent.get(`${hub.url}/hub/spawn/alice`);
    const { auth_state } = await hub.user('alice');
    expect(auth_state.access_token).not.toBe(token);
    expect(decode(auth_state.access_token).claims).toMatchObject({
      aud: 'rucio',
      'wlcg.groups': ['/escape', '/escape/cta'],
    });
  });

  test('starts no server for an account that was suspended', async () => {
    const agent = new UserAgent();
    await logIn(agent, entrance(), 'bob');
    await stage.issuer.apply(stage.lake.replace('username: bob', '$&\n    state: suspended'));
    const page = await agent.get(`${hub.url}/hub/spawn/bob`);
    // JupyterHub 6.1.1 means to answer 403 and stumbles over a variable of its own; no server either way.
    expect([403, 500]).toContain(page.status);
    expect(await hub.user('bob')).toMatchObject({ server: null, pending: null });
  });

  test('lets nobody in who is no member of the community', async () => {
    const page = await logIn(new UserAgent(), entrance(), 'stranger');
    expect(page.status).toBe(403);
    expect(page.url.pathname).toBe('/hub/oauth_callback');
  });
});

/** An account that is in no group. */
function withStranger(lake: string): string {
  const stranger =
    '  - { username: stranger, name: Sam Stranger, email: sam@example.org, password: stranger-demo-password }';
  return lake.replace(/^accounts:$/m, `$&\n${stranger}`);
}
