/** Rules that the database does not confirm, and a clock that differs from the database's: no capability is issued, all else goes on (policy-semantics 7). */
import { sql } from 'kysely';
import { login } from '../support/code-flow.ts';
import { clientCredentials, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const storage = 'https://localhost:8444';
const read = { audience: storage, scope: 'storage.read:/cta/open' };
const unavailable = {
  status: 503,
  body: { error: 'temporarily_unavailable', error_description: 'the access rules cannot be confirmed at the moment' },
};

let issuer: TestIssuer;
afterEach(() => issuer.close());

/** Nobody can read the version of the rules while `use` runs. */
async function whileVersionIsLocked(use: () => Promise<void>): Promise<void> {
  await issuer.database.db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE lake_version IN ACCESS EXCLUSIVE MODE`.execute(trx);
    await use();
  });
}

const refresh = (refresh_token: string, scope: string) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, scope }, { client: 'portal' });

describe('a process that cannot confirm its rules', () => {
  test('refuses storage scopes with 503 and issues them again once the database answers', async () => {
    issuer = await startIssuer();
    await whileVersionIsLocked(async () => {
      // Confirmed a moment ago.
      expect((await clientCredentials(issuer, 'catalogue', read)).status).toBe(200);
      issuer.clock.advance(1.001);
      const answer = await clientCredentials(issuer, 'catalogue', read);
      expect(answer).toMatchObject(unavailable);
      expect(answer.headers.get('retry-after')).toBe('1');
    });
    expect((await clientCredentials(issuer, 'catalogue', read)).status).toBe(200);
    expect(issuer.logLines()).toContainEqual(
      expect.objectContaining({
        status: 503,
        client: 'catalogue',
        fault: 'the rules could not be confirmed with the database',
      }),
    );
  });

  test('still refreshes what needs no rules, and leaves a refresh token that it refuses as it was', async () => {
    issuer = await startIssuer();
    const scope = 'openid profile offline_access storage.read:/cta/open';
    const { body } = await login(issuer, { scope, audience: storage });
    let token = body.refresh_token;
    await whileVersionIsLocked(async () => {
      issuer.clock.advance(1.001);
      const refused = await refresh(token, scope);
      expect(refused).toMatchObject(unavailable);
      expect(refused.headers.get('retry-after')).toBe('1');
      const plain = await refresh(token, 'openid profile');
      expect(plain.status).toBe(200);
      token = plain.body.refresh_token;
    });
    expect((await refresh(token, scope)).body.scope).toContain('storage.read:/cta/open');
  });
});

describe('a clock that differs from the database by more than 30 s', () => {
  // With a database elsewhere its clock is looked at; the test's stands still in the past.
  const differing = () => startIssuer({ config: { databaseUrl: 'postgresql://elsewhere/sluice' } });

  test('refuses storage scopes with 503 and says why in the log', async () => {
    issuer = await differing();
    expect(await clientCredentials(issuer, 'catalogue', read)).toMatchObject(unavailable);
    expect(issuer.logLines()).toContainEqual(
      expect.objectContaining({ status: 503, fault: expect.stringMatching(/^the clock differs .* by -\d+ s$/) }),
    );
  });

  test('still issues what is no capability', async () => {
    issuer = await differing();
    const { status } = await login(issuer, { scope: 'openid profile' });
    expect(status).toBe(200);
  });
});
