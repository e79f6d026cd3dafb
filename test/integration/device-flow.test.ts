import { post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true });
});
afterAll(() => issuer?.close());

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
const begin = async (fields: Record<string, string> = {}) =>
  (await post(issuer, '/devicecode', { client_id: 'cli', scope: 'openid storage.read:/cta/open', ...fields })).body;
const redeem = (device_code: string) =>
  post(issuer, '/token', { grant_type: grantType, client_id: 'cli', device_code });

/** Alice types the code, and says yes or no. */
async function answer(userCode: string, says: 'confirm' | 'abort'): Promise<void> {
  const agent = new UserAgent();
  const entered = await agent.submit(await agent.get(new URL('device', issuer.url)), '/device', {
    user_code: userCode,
  });
  const confirmed = await agent.follow(await agent.submit(entered, '/device', { [says]: 'yes' }));
  if (says === 'abort') return;
  const login = { username: 'alice', password: 'alice-demo-password' };
  await agent.follow(
    await agent.submit(await agent.follow(await agent.submit(confirmed, '/login', login)), '/consent'),
  );
}

test('waits until the user has confirmed, then gives the token once (RFC 8628)', async () => {
  const { device_code, user_code, verification_uri, verification_uri_complete } = await begin();
  expect([verification_uri, verification_uri_complete]).toEqual([
    `${issuer.url}device`,
    `${issuer.url}device?user_code=${user_code}`,
  ]);
  expect((await redeem(device_code)).body.error).toBe('authorization_pending');
  await answer(user_code, 'confirm');
  expect((await redeem(device_code)).body.scope).toBe('openid storage.read:/cta/open');
  expect((await redeem(device_code)).body.error).toBe('invalid_grant');
});

test('is access_denied when the user says no', async () => {
  const { device_code, user_code } = await begin();
  await answer(user_code, 'abort');
  expect((await redeem(device_code)).body.error).toBe('access_denied');
});

test('refuses malformed scopes and foreign audiences before anybody types a code', async () => {
  expect((await begin({ scope: 'openid storage.read' })).error).toBe('invalid_scope');
  expect((await begin({ audience: 'https://evil.example' })).error).toBe('invalid_target');
});

test('a hash read from the database redeems no device code', async () => {
  const { user_code } = await begin();
  await answer(user_code, 'confirm');
  const rows = await issuer.database.db
    .selectFrom('artifacts')
    .select('id_hash')
    .where('model', '=', 'DeviceCode')
    .execute();
  for (const { id_hash } of rows) expect((await redeem(`#${id_hash}`)).body.error).toBe('invalid_grant');
});
