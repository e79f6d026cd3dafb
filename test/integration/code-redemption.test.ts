/** Codes and device codes are used up by the answer that they give, and only once (RFC 6749 section 4.1.2; oidc-provider-notes 2 and 4). */
import { sql } from 'kysely';
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { refreshLake } from '../support/refresh-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

const scope = 'openid offline_access storage.read:/data';
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: refreshLake(), realTime: true });
});
afterAll(() => issuer?.close());

const apply = (groups?: readonly string[]) => issuer.apply(refreshLake({ ...(groups && { groups }) }), { prune: true });

async function obtainCode(parameters: Record<string, string> = { scope, audience: 'tree' }): Promise<string> {
  return callback(await authorize(issuer, new UserAgent(), parameters)).code ?? '';
}

async function chains(): Promise<number> {
  return (await issuer.database.db.selectFrom('refresh_tokens').select('id').execute()).length;
}

describe('a refused redemption leaves the code as it was:', () => {
  test('for an audience beyond it', async () => {
    const code = await obtainCode({ scope: 'openid storage.read:/data', audience: 'tree' });
    const strict = await redeem(issuer, code, { audience: 'elsewhere' });
    expect(strict.body.error).toBe('invalid_target');
    expect((await redeem(issuer, code, { audience: 'tree' })).status).toBe(200);
  });

  test('by a right that is away and comes back', async () => {
    const code = await obtainCode({ scope: 'storage.read:/data', audience: 'tree' });
    await apply(['/vo/team']);
    expect((await redeem(issuer, code)).body).toEqual({
      error: 'invalid_scope',
      error_description: 'storage.read:/data refused: no-grant',
    });
    await apply();
    expect((await redeem(issuer, code)).body.scope).toBe('storage.read:/data');
    expect((await redeem(issuer, code)).body.error).toBe('invalid_grant');
  });

  test('by rules that cannot be confirmed', async () => {
    const code = await obtainCode();
    const before = await chains();
    await issuer.database.db.transaction().execute(async (trx) => {
      await sql`LOCK TABLE lake_version IN ACCESS EXCLUSIVE MODE`.execute(trx);
      issuer.clock.set(Date.now() + 1001);
      expect((await redeem(issuer, code)).status).toBe(503);
    });
    expect(await chains()).toBe(before);
    expect((await redeem(issuer, code)).status).toBe(200);
    expect(await chains()).toBe(before + 1);
  });
});

test('of ten redemptions at once one gets tokens, and one chain begins', async () => {
  const code = await obtainCode();
  const before = await chains();
  const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(issuer, code)));
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(9);
  for (const { status, body } of refused) {
    expect([status, body]).toEqual([400, { error: 'invalid_grant', error_description: 'grant request is invalid' }]);
  }
  expect(await chains()).toBe(before + 1);
});

test('many redemptions at once wait for no connection of one another', async () => {
  const codes = [];
  for (let index = 0; index < 12; index += 1) codes.push(await obtainCode());
  const answers = await Promise.all(codes.map((code) => redeem(issuer, code)));
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
});

test('a code lives for a minute, and gives nothing after it (CO-04)', async () => {
  const code = await obtainCode();
  const codes = () =>
    issuer.database.db.selectFrom('artifacts').select('payload').where('model', '=', 'AuthorizationCode');
  const payloads = (await codes().execute()).map(({ payload }) => payload as { iat: number; exp: number });
  expect(payloads.every(({ iat, exp }) => exp - iat === 60)).toBe(true);
  await issuer.database.db
    .updateTable('artifacts')
    .set({ payload: sql`payload || '{"exp": 1}'::jsonb` })
    .where('model', '=', 'AuthorizationCode')
    .execute();
  expect((await redeem(issuer, code)).body.error).toBe('invalid_grant');
});

test('a used code that another client brings ends nothing (CO-03)', async () => {
  const code = await obtainCode();
  const { body } = await redeem(issuer, code);
  expect((await redeem(issuer, code, {}, 'strict')).body.error).toBe('invalid_grant');
  const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
  expect((await post(issuer, '/token', fields, { client: 'portal' })).status).toBe(200);
});

test('a code that comes again ends the chain that it began, and that stays', async () => {
  const code = await obtainCode();
  const { body } = await redeem(issuer, code);
  expect((await redeem(issuer, code)).body.error).toBe('invalid_grant');
  const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
  expect((await post(issuer, '/token', fields, { client: 'portal' })).body.error).toBe('invalid_grant');
});

test('a code that comes again ends the access tokens of its chain, the refreshed ones too (RFC 6749 section 4.1.2)', async () => {
  const code = await obtainCode();
  const first = (await redeem(issuer, code)).body;
  const fields = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
  const second = (await post(issuer, '/token', fields, { client: 'portal' })).body;
  const isActive = async (token: string) =>
    (await post(issuer, '/introspect', { token }, { client: 'portal' })).body.active;
  expect([await isActive(first.access_token), await isActive(second.access_token)]).toEqual([true, true]);
  await redeem(issuer, code);
  expect([await isActive(first.access_token), await isActive(second.access_token)]).toEqual([false, false]);
});

test('without a refresh token, too', async () => {
  const page = await authorize(issuer, new UserAgent(), { scope: 'openid', prompt: 'login consent' });
  const { code } = callback(page);
  const { body } = await redeem(issuer, code);
  const isActive = async () =>
    (await post(issuer, '/introspect', { token: body.access_token }, { client: 'portal' })).body.active;
  expect([body.refresh_token, await isActive()]).toEqual([undefined, true]);
  await redeem(issuer, code);
  expect(await isActive()).toBe(false);
});
