/** Refresh tokens over HTTP: rotation, grace, reuse, idle and absolute limits (W-REF-1, W-REF-3; RFC 9700 section 4.14.2; attacks RT-01 to RT-15). */
import { createRefreshTokenStore } from '../../src/storage/refresh-tokens.ts';
import { eventually, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type ChainInput, insertRefreshChain } from '../support/refresh-chain.ts';
import { alice, refreshLake } from '../support/refresh-lake.ts';

const day = 86_400;
let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: refreshLake() });
});
afterAll(() => issuer?.close());

let count = 0;

/** A fresh chain of alice's; its first token. */
async function begin(clientId = 'portal', more: Partial<ChainInput> = {}): Promise<string> {
  count += 1;
  const token = `first-token-${count}`.padEnd(43, '_');
  const scope = 'openid offline_access storage.read:/data';
  await insertRefreshChain(issuer.database.db, issuer.clock.now(), {
    token,
    accountId: alice,
    scope,
    clientId,
    audiences: ['tree'],
    ...more,
  });
  return token;
}

const refresh = (token: string, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token }, { client });

/** The token that a refresh gives, which must succeed. */
async function next(token: string, client = 'portal'): Promise<string> {
  const { status, body } = await refresh(token, client);
  expect({ status, ...(status !== 200 && body) }).toEqual({ status: 200 });
  return body.refresh_token;
}

/** Refused, and whether that ended the chain or it had been. */
async function refusal(token: string, client = 'portal') {
  const { status, body } = await refresh(token, client);
  return { status, error: body.error, revoked: (await rowOf(token))?.revoked };
}

const refused = { status: 400, error: 'invalid_grant' };
const endsTheChain = { ...refused, revoked: true };
const endsNothing = { ...refused, revoked: false };

const rowOf = (token: string) => createRefreshTokenStore(issuer.database.db).find(token);

describe('a rotated refresh token', () => {
  test('gets the same successor ten times at once (RT-03)', async () => {
    const first = await begin();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(first)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
    expect(answers[0]?.body.refresh_token).not.toBe(first);
  });

  test('gets the same successor until its own grace ends, also when the successor was used and replaced', async () => {
    const first = await begin();
    const second = await next(first);
    issuer.clock.advance(30);
    const third = await next(second);
    const fourth = await next(third);
    issuer.clock.advance(29);
    expect([await next(first), await next(second), await next(third)]).toEqual([second, third, fourth]);
    issuer.clock.advance(2);
    // The first is out of its grace, the second is within its own: it still may come, as long as nobody brings the first.
    expect(await next(second)).toBe(third);
    expect(await refusal(first)).toEqual(endsTheChain);
  });

  test('ends the chain when it comes after its grace, and operators learn it (RT-01, after the grace of W-REF-3)', async () => {
    const first = await begin();
    const { body: issued } = await refresh(first);
    const second = issued.refresh_token;
    const { body: again } = await refresh(first);
    issuer.clock.advance(60);
    const token = { token: issued.access_token };
    expect((await post(issuer, '/introspect', token, { client: 'daily' })).body.active).toBe(true);
    expect(await refusal(first)).toEqual(endsTheChain);
    expect(await refusal(second)).toEqual(endsTheChain);
    // What was issued from the chain is no longer active either.
    for (const { access_token } of [issued, again]) {
      const introspected = await post(issuer, '/introspect', { token: access_token }, { client: 'daily' });
      expect(introspected.body).toEqual({ active: false });
    }
    const chain = await rowOf(first);
    const entry = await eventually(() =>
      issuer.database.db
        .selectFrom('issue_log')
        .selectAll()
        .where('parent_jti', '=', chain?.id ?? '')
        .where('event', '=', 'refused')
        .executeTakeFirst(),
    );
    expect(entry).toMatchObject({
      subject: alice,
      client_id: 'portal',
      flow: 'refresh_token',
      because: ['refresh_token_reuse'],
      requested: 'openid offline_access storage.read:/data',
      address: expect.any(String),
    });
    const audit = await issuer.database.db.selectFrom('audit_log').selectAll().execute();
    expect(audit.filter(({ detail }) => (detail as { chain?: string }).chain === chain?.id)).toEqual([
      expect.objectContaining({ action: 'refresh_token_reuse', actor: 'client:portal', address: expect.any(String) }),
    ]);
    expect(issuer.logLines()).toContainEqual(
      expect.objectContaining({ event: 'refresh_token_reuse', level: 40, chain: chain?.id, client: 'portal' }),
    );
    expect(JSON.stringify(issuer.logLines())).not.toContain(first.slice(0, 14));
  });

  test('of generations ago ends the chain too', async () => {
    const first = await begin();
    let token = first;
    for (let generation = 0; generation < 5; generation += 1) {
      token = await next(token);
      issuer.clock.advance(61);
    }
    expect(await refusal(first)).toEqual(endsTheChain);
    expect(await refusal(token)).toEqual(endsTheChain);
  });

  test('has no grace at a client without one', async () => {
    const first = await begin('strict');
    const second = await next(first, 'strict');
    expect(await refusal(first, 'strict')).toEqual(endsTheChain);
    expect(await refusal(second, 'strict')).toEqual(endsTheChain);
  });

  test('keeps its grace of a day at a client that says so', async () => {
    const first = await begin('daily', { life: 30 * day });
    const second = await next(first, 'daily');
    issuer.clock.advance(day - 1);
    expect(await next(first, 'daily')).toBe(second);
    issuer.clock.advance(1);
    expect(await refusal(first, 'daily')).toEqual(endsTheChain);
  });

  test('stays once too many are in their grace, so that a row does not grow without end', async () => {
    let token = await begin('daily', { life: 30 * day });
    const first = token;
    const second = await next(token, 'daily');
    token = second;
    for (let generation = 0; generation < 64; generation += 1) token = await next(token, 'daily');
    expect(await next(token, 'daily')).toBe(token);
    expect((await rowOf(token))?.inGrace).toHaveLength(63);
    expect(await next(first, 'daily')).toBe(second);
    issuer.clock.advance(day);
    expect(await next(token, 'daily')).not.toBe(token);
    expect((await rowOf(token))?.inGrace).toHaveLength(0);
  });
});

describe('a token that a chain never gave', () => {
  test('but that begins like one of it ends the chain: it is an older one, or a forgery', async () => {
    const first = await begin();
    const second = await next(first);
    expect(await refusal(`${first}.${'A'.repeat(43)}`)).toEqual(endsTheChain);
    expect(await refusal(second)).toEqual(endsTheChain);
  });

  test.each(['.', '.short', `.${'A'.repeat(43)}.${'A'.repeat(43)}`, `.${'*'.repeat(43)}`])(
    'in a form that no chain gives ends nothing: `<family>%s`',
    async (end) => {
      const first = await begin();
      expect(await refusal(first + end)).toMatchObject(refused);
      expect(await next(first)).not.toBe(first);
    },
  );

  test('or that another client brings ends nothing (RT-07)', async () => {
    const first = await begin();
    const second = await next(first);
    issuer.clock.advance(61);
    expect(await refusal(first, 'daily')).toEqual(endsNothing);
    expect(await refusal(`${first}.${'A'.repeat(43)}`, 'daily')).toEqual(endsNothing);
    expect(await next(second)).not.toBe(second);
  });
});

describe('at rest', () => {
  test('there are hashes only, and one row whatever the number of rotations', async () => {
    const first = await begin();
    const second = await next(first);
    const third = await next(second);
    const rows = await issuer.database.db.selectFrom('refresh_tokens').selectAll().execute();
    const kept = JSON.stringify(rows);
    for (const token of [first, second.split('.')[1], third.split('.')[1]]) expect(kept).not.toContain(token);
    const ids = [first, second, third].map(async (token) => (await rowOf(token))?.id);
    expect(new Set(await Promise.all(ids)).size).toBe(1);
  });
});

describe('a client may keep its refresh token', () => {
  test('with multi-use, and the use is noted once a minute', async () => {
    const token = await begin('mover');
    const begun = issuer.clock.now();
    issuer.clock.advance(59);
    expect(await next(token, 'mover')).toBe(token);
    expect((await rowOf(token))?.lastUsedAt).toBe(begun);
    issuer.clock.advance(1);
    expect(await next(token, 'mover')).toBe(token);
    expect((await rowOf(token))?.lastUsedAt).toBe(begun + 60_000);
  });

  test('until less than a part of its life is left', async () => {
    const token = await begin('halfway');
    issuer.clock.advance(day / 2);
    expect(await next(token, 'halfway')).toBe(token);
    issuer.clock.advance(1);
    expect(await next(token, 'halfway')).not.toBe(token);
  });

  test('but not a public one: for it a token that comes twice is the only sign of theft (RT-15)', async () => {
    const token = await begin('cli');
    const fields = { grant_type: 'refresh_token', refresh_token: token, client_id: 'cli' };
    expect((await post(issuer, '/token', fields)).body.refresh_token).not.toBe(token);
  });
});

describe('a chain ends', () => {
  test.each(['idler', 'idle-mover'])('unused for the idle time of %s', async (client) => {
    let token = await begin(client);
    for (let use = 0; use < 3; use += 1) {
      issuer.clock.advance(3599);
      token = await next(token, client);
    }
    issuer.clock.advance(3600);
    expect(await refusal(token, client)).toEqual(endsNothing);
  });

  test('at its limit, however often it was used', async () => {
    let token = await begin('portal', { life: 7200 });
    issuer.clock.advance(3600);
    token = await next(token);
    issuer.clock.advance(3599);
    token = await next(token);
    issuer.clock.advance(1);
    expect(await refusal(token)).toEqual(endsNothing);
  });

  test('when it is revoked by a token of it, whichever; what raced with it gives nothing after (RT-06)', async () => {
    for (let round = 0; round < 20; round += 1) {
      const first = await begin();
      const [raced, revocation] = await Promise.all([
        refresh(first),
        post(issuer, '/revoke', { token: first }, { client: 'portal' }),
      ]);
      expect(revocation.status).toBe(200);
      expect([200, 400]).toContain(raced.status);
      expect(await refusal(raced.body.refresh_token ?? first)).toEqual(endsTheChain);
    }
  });
});
