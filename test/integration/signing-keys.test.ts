/** The life of signing keys over real HTTP, two servers on one PostgreSQL, the clock moved by hand (W-KEY-1 to W-KEY-4; issue: keys). */
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { sql } from 'kysely';
import { createKeyAdministration } from '../../src/keys/administration.ts';
import { createKeyProvider } from '../../src/keys/key-provider.ts';
import { createKeySealer } from '../../src/keys/seal.ts';
import { createKeyStore } from '../../src/storage/signing-keys.ts';
import { login } from '../support/code-flow.ts';
import { clientCredentials, post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';

const hour = 3600;
const day = 24 * hour;
const byTest = { actor: 'operator', reason: 'a test' } as const;

let issuer: TestIssuer;
afterEach(() => issuer.close());

/** Of the example, with a client whose tokens are signed by ES256 and live for 6 h. */
const lakeText = async () =>
  (await exampleLake())
    .replace(
      '  - clientId: monitor ',
      `  - clientId: crawler
    clientSecret: crawler-demo-secret
    grantTypes: [client_credentials]
    scopes: ["storage.read:/"]
    accessTokenSigningAlg: ES256
    accessTokenLifetimeSeconds: 21600
  - clientId: monitor `,
    )
    .replace(
      '  - { id: monitor,',
      '  - { id: crawler, subject: "client:crawler", actions: [read], path: / }\n  - { id: monitor,',
    );

const start = async (config: NonNullable<Parameters<typeof startIssuer>[0]>['config'] = {}) => {
  issuer = await startIssuer({ instances: 2, config, lake: await lakeText() });
};
const follow = () => Promise.all(issuer.apps.map((app) => app.refresh()));
const store = () => createKeyStore(issuer.database.db);

function administration() {
  const sealer = createKeySealer(['a-keys-secret-for-tests-of-some-length']);
  return createKeyAdministration({
    store: store(),
    sealer,
    provider: createKeyProvider({ sealer, module: null }),
    clock: issuer.clock,
    leadMs: 4 * day * 1000,
  });
}

const fetchKeys = async () =>
  (await (await fetch(new URL('jwk', issuer.url))).json()) as { keys: { kid: string; alg: string }[] };

async function newToken(client = 'catalogue'): Promise<string> {
  const { body } = await clientCredentials(issuer, client, {
    scope: 'storage.read:/cta/open',
    audience: 'https://localhost:8444',
  });
  return body.access_token;
}

const newEcToken = () => newToken('crawler');

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
const now = () => new Date(issuer.clock.now());

describe('three scheduled rotations', () => {
  /** Fetches the keys every 6 hours and never for an unknown key (W-KEY-4); tokens it does not know are refused. */
  function storage(offsetHours: number) {
    let keys: ReturnType<typeof createLocalJWKSet> | undefined;
    return {
      tick: async (hours: number) => {
        if (keys === undefined || (hours - offsetHours) % 6 === 0)
          keys = createLocalJWKSet((await fetchKeys()) as never);
      },
      verify: (token: string) => {
        if (keys === undefined) throw new Error('the storage has no keys yet');
        return jwtVerify(token, keys, { currentDate: now(), algorithms: ['RS256', 'ES256'] });
      },
    };
  }

  test('are not noticed by a verifier that fetches keys every 6 h and never otherwise (W-KEY-3, W-KEY-4)', async () => {
    await start({ keysRotateDays: 6, keysLeadDays: 4 });
    const storages = [storage(0), storage(5)];
    const used = new Set<string>();
    let live: { token: string; expires: number }[] = [];
    for (let hours = 0; hours <= 3 * 6 * 24 + 12; hours++) {
      await follow();
      for (const one of storages) await one.tick(hours);
      // From one server and the other, at the same instant.
      const [first, ec, second] = [await newToken(), await newEcToken(), await newToken(), await newEcToken()];
      expect(kidOf(first)).toBe(kidOf(second));
      for (const token of [first, ec]) {
        used.add(kidOf(token));
        live.push({ token, expires: (decodeJwt(token).exp ?? 0) * 1000 });
      }
      for (const one of storages) await Promise.all(live.map(({ token }) => one.verify(token)));
      issuer.clock.advance(hour);
      live = live.filter(({ expires }) => expires > issuer.clock.now());
    }
    expect(used.size).toBe(8);
    const { keys } = await store().read();
    expect(keys.filter(({ removedAt, alg }) => removedAt !== null && alg === 'RS256').length).toBeGreaterThanOrEqual(2);
  }, 120_000);

  test('leave one history, whichever of the servers did it', async () => {
    await start({ keysRotateDays: 6, keysLeadDays: 4 });
    issuer.clock.advance(2 * day);
    await follow();
    issuer.clock.advance(4 * day + 31 * hour);
    await follow();
    const entries = await store().history();
    const done = entries.map(({ action, actor }) => `${action} by ${actor}`);
    const rotation = ['published by schedule', 'scheduled by schedule', 'retired by schedule'];
    const both = (action: string) => [`${action} by schedule`, `${action} by schedule`];
    expect(done).toEqual([...both('imported'), ...rotation, ...rotation, ...both('erased'), ...both('removed')]);
  });
});

test('both servers change over at the same instant, and publish the new key before (W-KEY-3)', async () => {
  await start();
  const before = kidOf(await newToken());
  expect(await administration().rotate(['RS256', 'ES256'], byTest)).toMatchObject({ ok: true });
  await follow();
  const published = (await fetchKeys()).keys;
  expect(published).toHaveLength(4);
  issuer.clock.advance(4 * day - 0.001);
  expect([kidOf(await newToken()), kidOf(await newToken())]).toEqual([before, before]);
  issuer.clock.advance(0.001);
  const after = [kidOf(await newToken()), kidOf(await newToken())];
  expect(after[0]).not.toBe(before);
  expect(after[1]).toBe(after[0]);
  expect(published.map(({ kid }) => kid)).toContain(after[0]);
});

test('the JWKS has the same bytes and ETag in every server, and keeps them until a key changes (W-KEY-2)', async () => {
  await start();
  const get = async () => {
    const answer = await fetch(new URL('jwk', issuer.url));
    return { etag: answer.headers.get('etag'), cache: answer.headers.get('cache-control'), text: await answer.text() };
  };
  const first = await get();
  expect(first.cache).toBe('public, max-age=21600');
  expect(await get()).toEqual(first);
  await administration().publish(['ES256'], byTest);
  await follow();
  const second = await get();
  expect(second.etag).not.toBe(first.etag);
  expect(await get()).toEqual(second);
});

test('servers hear of a new key without being told', async () => {
  await start();
  await administration().publish(['ES256'], byTest);
  for (let turn = 0, seen = 0; seen < 2; turn++) {
    if (turn > 2000) throw new Error('the key did not come');
    seen = (await fetchKeys()).keys.length === 3 ? seen + 1 : 0;
  }
});

test('ID tokens and access tokens of a login are signed by the new key after a rotation, and older hints still count', async () => {
  await start();
  const scope = { scope: 'openid offline_access storage.read:/cta/open', audience: 'https://localhost:8444' };
  const first = (await login(issuer, scope)).body;
  await administration().publish(['RS256'], byTest);
  const made = (await store().read()).keys.find(({ activatesAt }) => activatesAt === null)?.kid ?? '';
  expect(await administration().activate(made, byTest, false)).toMatchObject({
    error: expect.stringContaining('storages may not know it before 2026-11-26T12:00:00Z'),
  });
  expect(await administration().activate(made, byTest, true)).toMatchObject({ ok: true });
  await follow();
  issuer.clock.advance(2);
  const second = (await login(issuer, scope)).body;
  expect(kidOf(first.id_token)).not.toBe(made);
  expect(kidOf(second.id_token)).toBe(made);
  expect(kidOf(second.access_token)).toBe(kidOf(second.id_token));
  const keys = createRemoteJWKSet(new URL('jwk', issuer.url));
  for (const token of [second.id_token, second.access_token]) {
    await expect(jwtVerify(token, keys, { issuer: issuer.url, currentDate: now() })).resolves.toBeDefined();
  }
  const refreshed = await post(
    issuer,
    '/token',
    { grant_type: 'refresh_token', refresh_token: second.refresh_token },
    { client: 'portal' },
  );
  expect(kidOf(refreshed.body.id_token)).toBe(kidOf(second.id_token));

  issuer.clock.advance(31 * hour);
  await follow();
  expect((await fetchKeys()).keys.map(({ kid }) => kid)).not.toContain(kidOf(first.id_token));
  const logout = new URL('logout', issuer.url);
  logout.searchParams.set('id_token_hint', first.id_token);
  expect((await fetch(logout)).status).toBe(200);
});

describe('an emergency', () => {
  test('removes a stolen key at once from every server; another signs and the old tokens count no more', async () => {
    await start();
    const stolen = await newToken();
    const introspect = async (token: string) =>
      (await post(issuer, '/introspect', { token }, { client: 'catalogue' })).body.active;
    expect(await introspect(stolen)).toBe(true);

    const outcome = await administration().removeStolen(kidOf(stolen), byTest);
    expect(outcome).toMatchObject({ ok: true });
    await follow();
    // Until every server publishes the new key, none signs with it.
    expect((await fetchKeys()).keys).toHaveLength(3);
    expect(kidOf(await newToken())).toBe(kidOf(stolen));

    issuer.clock.advance(2);
    const { keys } = await fetchKeys();
    expect(keys).toHaveLength(2);
    expect(keys.map(({ kid }) => kid)).not.toContain(kidOf(stolen));
    for (const token of [await newToken(), await newToken()]) {
      await expect(
        jwtVerify(token, createLocalJWKSet({ keys } as never), { currentDate: now() }),
      ).resolves.toBeDefined();
    }
    expect([await introspect(stolen), await introspect(stolen)]).toEqual([false, false]);
  });

  test('takes the key that storages know already, when one is published', async () => {
    await start();
    const present = kidOf(await newToken());
    await administration().rotate(['RS256', 'ES256'], byTest);
    const known = (await store().read()).keys.filter(({ activatesAt }) => activatesAt! > issuer.clock.now());
    await administration().removeStolen(present, byTest);
    await follow();
    issuer.clock.advance(2);
    expect(known.map(({ kid }) => kid)).toContain(kidOf(await newToken()));
    expect((await fetchKeys()).keys).toHaveLength(3);
  });

  test('does not take a hint that a stolen key signed', async () => {
    await start();
    const { id_token } = (await login(issuer, { scope: 'openid' })).body;
    await administration().removeStolen(kidOf(id_token), byTest);
    await follow();
    issuer.clock.advance(2);
    const logout = new URL('logout', issuer.url);
    logout.searchParams.set('id_token_hint', id_token);
    expect((await fetch(logout)).status).toBe(400);
  });
});

test('nothing of a private key is in the database in clear', async () => {
  await start();
  await administration().rotate(['RS256', 'ES256'], byTest);
  const { rows } = await sql<{ text: string }>`
    SELECT to_jsonb(signing_keys)::text AS text FROM signing_keys UNION ALL SELECT to_jsonb(signing_key_history)::text FROM signing_key_history
  `.execute(issuer.database.db);
  const dump = rows.map(({ text }) => text).join('\n');
  expect(rows.length).toBeGreaterThan(4);
  expect(dump).not.toMatch(/"(d|p|q|dp|dq|qi)"|PRIVATE KEY/);
  const { readKeyFiles } = await import('../../src/keys/key-files.ts');
  for (const { privateKey, kid } of await readKeyFiles(issuer.directory)) {
    expect(dump).toContain(kid);
    const { d = '' } = privateKey.export({ format: 'jwk' });
    expect(dump).not.toContain(d);
    expect(dump).not.toContain(
      privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url').slice(60, 120),
    );
  }
});

test('a clock that is set back before the first key stops nothing', async () => {
  await start();
  const kid = kidOf(await newToken());
  issuer.clock.advance(-hour);
  await follow();
  expect(kidOf(await newToken())).toBe(kid);
});

test('the keys of the key files are taken over with their kid', async () => {
  await start();
  const { readKeyFiles } = await import('../../src/keys/key-files.ts');
  const files = (await readKeyFiles(issuer.directory)).map(({ kid }) => kid).toSorted();
  expect((await fetchKeys()).keys.map(({ kid }) => kid).toSorted()).toEqual(files);
  expect(files).toContain(kidOf(await newToken()));
});

test('the history cannot be changed', async () => {
  await start();
  await expect(sql`UPDATE signing_key_history SET reason = 'x'`.execute(issuer.database.db)).rejects.toThrow(
    /append-only/,
  );
  await expect(sql`DELETE FROM signing_key_history`.execute(issuer.database.db)).rejects.toThrow(/append-only/);
});
