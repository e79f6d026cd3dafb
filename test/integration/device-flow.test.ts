import { sql } from 'kysely';
import { createDevicePollStore } from '../../src/storage/device-polls.ts';
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

const login = { username: 'alice', password: 'alice-demo-password' };

/** Alice types the code, and says yes or no. */
async function answer(userCode: string, says: 'confirm' | 'abort'): Promise<void> {
  const agent = new UserAgent();
  const entered = await agent.submit(await agent.get(new URL('device', issuer.url)), '/device', {
    user_code: userCode,
  });
  const confirmed = await agent.follow(await agent.submit(entered, '/device', { [says]: 'yes' }));
  if (says === 'abort') return;
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

describe('the interval of the polling (RFC 8628 section 3.5)', () => {
  test('is told, and a client that asks sooner is told to slow down by five seconds more each time', async () => {
    const { device_code, interval } = await begin();
    expect(interval).toBe(5);
    expect((await redeem(device_code)).body.error).toBe('authorization_pending');
    const early = await redeem(device_code);
    expect([early.status, early.body.error]).toEqual([400, 'slow_down']);
    issuer.clock.advance(9);
    expect((await redeem(device_code)).body.error).toBe('slow_down');
    issuer.clock.advance(15);
    expect((await redeem(device_code)).body.error).toBe('authorization_pending');
    issuer.clock.advance(15);
    expect((await redeem(device_code)).body.error).toBe('authorization_pending');
  });

  test('counts for one code only, and not once the user has answered', async () => {
    const [first, second] = [await begin(), await begin()];
    expect((await redeem(first.device_code)).body.error).toBe('authorization_pending');
    expect((await redeem(second.device_code)).body.error).toBe('authorization_pending');
    await answer(first.user_code, 'confirm');
    expect((await redeem(first.device_code)).status).toBe(200);
  });

  test('is slowed down by the client of the code alone', async () => {
    const { device_code } = await begin();
    expect((await redeem(device_code)).body.error).toBe('authorization_pending');
    const stranger = await post(issuer, '/token', { grant_type: grantType, device_code }, { client: 'portal' });
    expect(stranger.body.error).not.toBe('slow_down');
    issuer.clock.advance(5);
    expect((await redeem(device_code)).body.error).toBe('authorization_pending');
  });

  test('holds across processes: of two that are asked at once, one says slow_down', async () => {
    const { device_code } = await begin();
    const processes = [1, 2].map(() => createDevicePollStore(issuer.database.db));
    const now = issuer.clock.now();
    const answers = await Promise.all(processes.map((store) => store.poll(device_code, now)));
    expect(answers.toSorted()).toEqual([false, true]);
  });
});

test('is expired_token after ten minutes', async () => {
  const { device_code, expires_in } = await begin();
  expect(expires_in).toBe(600);
  await issuer.database.db
    .updateTable('artifacts')
    .set({ payload: sql`payload || '{"exp": 1}'::jsonb` })
    .where('model', '=', 'DeviceCode')
    .execute();
  expect((await redeem(device_code)).body.error).toBe('expired_token');
});

test('gives nothing when the account was suspended after the user said yes (SE-21)', async () => {
  const { device_code, user_code } = await begin();
  await answer(user_code, 'confirm');
  const setState = async (state: string) => {
    await issuer.database.db.updateTable('accounts').set({ state }).where('username', '=', 'alice').execute();
    await issuer.app.refresh();
  };
  await setState('suspended');
  expect((await redeem(device_code)).body.error).toBe('invalid_grant');
  await setState('active');
  expect((await redeem(device_code)).status).toBe(200);
});

test('shows client, code and place of the request, and gives nothing without a click, also to who consented before', async () => {
  const agent = new UserAgent();
  const confirm = async ({ verification_uri_complete }: { verification_uri_complete: string }) =>
    agent.submit(await agent.get(verification_uri_complete), '/device');
  const first = await begin();
  const confirmed = await agent.follow(await agent.submit(await confirm(first), '/device', { confirm: 'yes' }));
  const consent = await agent.follow(await agent.submit(confirmed, '/login', login));
  await agent.follow(await agent.submit(consent, '/consent'));
  expect((await redeem(first.device_code)).status).toBe(200);

  const second = await begin();
  const page = await confirm(second);
  expect(page.html).toContain(second.user_code);
  expect(page.html).toContain('wants to act for you');
  expect(page.html).toContain('127.0.0.1');
  expect((await redeem(second.device_code)).body.error).toBe('authorization_pending');
  const again = await agent.follow(await agent.submit(page, '/device', { confirm: 'yes' }));
  const done = await agent.follow(await agent.submit(again, '/consent'));
  expect(done.html).toContain('Device connected');
  expect((await redeem(second.device_code)).status).toBe(200);
});

test('a page of another site cannot confirm: its form lacks what the page carries', async () => {
  const { device_code, user_code } = await begin();
  const agent = new UserAgent();
  await agent.get(new URL('device', issuer.url));
  const fields = new URLSearchParams({ user_code, confirm: 'yes', xsrf: 'guessed' });
  await agent.request(new URL('device', issuer.url), 'POST', fields);
  expect((await redeem(device_code)).body.error).toBe('authorization_pending');
});

test('who guesses codes has to wait, whatever is typed next (RFC 8628 section 5.1)', async () => {
  const other = await startIssuer({ realTime: true });
  try {
    const agent = new UserAgent();
    const type = async (user_code: string) =>
      agent.submit(await agent.get(new URL('device', other.url)), '/device', { user_code });
    for (let guesses = 0; guesses < 20; guesses += 1) expect((await type('BCDF-GHJK')).status).toBe(200);
    const refused = await type('BCDF-GHJK');
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true]);
    other.clock.advance(601);
    expect((await type('BCDF-GHJK')).status).toBe(200);
  } finally {
    await other.close();
  }
});
