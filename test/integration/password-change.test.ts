/** A changed password ends what rests on the old one (RT-13), and takes the rules of NIST SP 800-63B. */
import { login } from '../support/code-flow.ts';
import { post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { forgetFactors, signIn } from '../support/second-factor.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let hash: string | null;

beforeAll(async () => {
  issuer = await startIssuer({ instances: 2 });
  const { db } = issuer.database;
  hash = (
    await db.selectFrom('accounts').select('password_hash').where('username', '=', 'alice').executeTakeFirstOrThrow()
  ).password_hash;
});
afterAll(() => issuer.close());

afterEach(async () => {
  await forgetFactors(issuer);
  await issuer.database.db
    .updateTable('accounts')
    .set({ password_hash: hash })
    .where('username', '=', 'alice')
    .execute();
});

const old = 'alice-demo-password';
const better = 'seven cranes over the weir';

async function change(
  agent: UserAgent,
  fields: { current?: string; password?: string; again?: string },
): Promise<Page> {
  const page = await agent.get(`${issuer.url}account/security/password`);
  const { current = old, password = better, again = password } = fields;
  return agent.submit(page, '/password', { current, password, again });
}

async function signedIn(): Promise<UserAgent> {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  return agent;
}

const canSignIn = async (password: string) => {
  const agent = new UserAgent();
  const page = await agent.get(`${issuer.url}login`);
  return (await agent.submit(page, '/login', { username: 'alice', password })).status === 303;
};
const isIn = async (agent: UserAgent) => (await agent.get(`${issuer.url}account/security`)).status === 200;
const alert = ({ html }: Page) => /role="alert">([^<]*)</.exec(html)?.[1] ?? '';

test('the new password counts, the other sessions and every refresh chain end, and this browser stays (RT-13)', async () => {
  const [agent, other] = [await signedIn(), await signedIn()];
  const { body } = await login(issuer, { scope: 'openid offline_access', prompt: 'consent' }, { agent: other });
  const changed = await change(agent, {});
  expect((await agent.follow(changed)).html).toContain('The password was changed.');
  expect([await canSignIn(old), await canSignIn(better)]).toEqual([false, true]);
  expect([await isIn(agent), await isIn(other)]).toEqual([true, false]);
  const fields = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
  for (let instance = 0; instance < 2; instance += 1) {
    expect((await post(issuer, '/token', fields, { client: 'portal' })).body).toMatchObject({ error: 'invalid_grant' });
  }
  const { db } = issuer.database;
  const mail = await db.selectFrom('outbox').select(['recipient', 'data']).orderBy('id', 'desc').executeTakeFirst();
  expect(mail).toMatchObject({ recipient: 'alice@example.org', data: { what: 'password-changed' } });
  const entry = await db.selectFrom('audit_log').selectAll().orderBy('id', 'desc').executeTakeFirst();
  expect(entry).toMatchObject({ action: 'password.changed', actor: 'user:alice' });
  // The other browser's, and those of the attempts to sign in above.
  expect(entry?.detail).toEqual({ sessions: expect.any(Number), refreshChains: 1 });
});

test.each([
  ['the present one is wrong', { current: 'wrong' }, 'present password is not right'],
  ['the two are not the same', { again: 'something else entirely' }, 'not the same'],
  ['the new one is short', { password: 'gx7!kQz9wP#' }, 'too short'],
  ['the new one is known', { password: 'passwordpassword' }, 'easy to guess'],
  ['the new one is made of the name', { password: 'alice-alice-alice' }, 'made of your name'],
])('it stays as it was when %s', async (_why, fields, message) => {
  const agent = await signedIn();
  const refused = await change(agent, fields);
  expect([refused.status, alert(refused)]).toEqual([422, expect.stringContaining(message)]);
  expect(await canSignIn(old)).toBe(true);
});

test('guesses of the present one are slow as well', async () => {
  const agent = await signedIn();
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) statuses.push((await change(agent, { current: 'wrong' })).status);
  expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
});

test('who has none sets one without a present one', async () => {
  const agent = await signedIn();
  await issuer.database.db
    .updateTable('accounts')
    .set({ password_hash: null })
    .where('username', '=', 'alice')
    .execute();
  const page = await agent.get(`${issuer.url}account/security/password`);
  expect(page.html).not.toContain('name="current"');
  expect((await agent.submit(page, '/password', { password: better, again: better })).status).toBe(303);
  expect(await canSignIn(better)).toBe(true);
});

test('logins are shown to whom the account belongs: when, how, and from where', async () => {
  const agent = await signedIn();
  const { html } = await agent.get(`${issuer.url}account/security`);
  expect(html).toMatch(
    /<th scope="row">2026-11-22 12:00 UTC<\/th><td>password<\/td><td>[^<]+<\/td><td>127\.0\.0\.1<\/td>/,
  );
});

test('a device that was let in with the old password, and did not fetch its token yet, gets none', async () => {
  const other = await signedIn();
  const { body } = await post(issuer, '/devicecode', { client_id: 'cli', scope: 'openid offline_access' });
  const entered = await other.submit(await other.get(`${issuer.url}device`), '/device', { user_code: body.user_code });
  const consent = await other.follow(await other.submit(entered, '/device', { confirm: 'yes' }));
  await other.follow(await other.submit(consent, '/consent'));
  await change(await signedIn(), {});
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const polled = await post(issuer, '/token', { grant_type, client_id: 'cli', device_code: body.device_code });
  expect(polled.body.error).toBe('invalid_grant');
});
