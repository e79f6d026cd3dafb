/** What a refresh gives, over HTTP: narrower scopes and other audiences within the consent, groups, and whom a chain ends with (policy-semantics 6; W-REF-2, W-REF-5, W-AUD-6). */
import pg from 'pg';
import { decode, eventually, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type ChainInput, insertRefreshChain } from '../support/refresh-chain.ts';
import { alice, type RefreshLakeOptions, refreshLake } from '../support/refresh-lake.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: refreshLake() });
});
afterAll(() => issuer?.close());

let count = 0;

async function begin(more: Partial<ChainInput> = {}): Promise<string> {
  count += 1;
  const token = `token-${count}`;
  const scope = 'openid offline_access storage.read:/data';
  await insertRefreshChain(issuer.database.db, issuer.clock.now(), {
    token,
    accountId: alice,
    scope,
    audiences: ['tree'],
    ...more,
  });
  return token;
}

type Asked = Record<string, string | readonly string[]>;

const refresh = (token: string, fields: Asked = {}, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token, ...fields }, { client });

const apply = (options: RefreshLakeOptions = {}) => issuer.apply(refreshLake(options), { prune: true });

describe('scopes', () => {
  test('may be narrower, by path containment and by word, and wider again at the next refresh', async () => {
    const token = await begin();
    const narrow = await refresh(token, { scope: 'storage.read:/data/open/run' });
    expect(narrow.body.scope).toBe('storage.read:/data/open/run');
    expect(narrow.body.id_token).toBeUndefined();
    const again = await refresh(narrow.body.refresh_token);
    expect(again.body.scope).toBe('openid offline_access storage.read:/data');
  });

  test.each([
    'storage.read:/',
    'storage.read:/database',
    'storage.create:/data',
    'storage.read:/data/open storage.read:/team',
    'profile',
  ])('may not be wider: `%s`', async (scope) => {
    const token = await begin();
    const { status, body } = await refresh(token, { scope });
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
    expect(body.error_description).toContain('refused: ceiling');
    expect((await refresh(token)).status).toBe(200);
  });

  test('a default group is within a bare wlcg.groups, an optional one is not', async () => {
    const token = await begin({ scope: 'openid offline_access wlcg.groups' });
    const named = await refresh(token, { scope: 'wlcg.groups:/vo/team' });
    expect(decode(named.body.access_token).claims['wlcg.groups']).toEqual(['/vo/team', '/vo']);
    const optional = await refresh(named.body.refresh_token, { scope: 'wlcg.groups:/vo/special' });
    expect(optional.body).toEqual({
      error: 'invalid_scope',
      error_description: 'wlcg.groups:/vo/special refused: ceiling',
    });
  });

  test('that rest on a membership go with it, and the chain lives on for the rest (RT-10)', async () => {
    const token = await begin({ scope: 'offline_access wlcg.groups storage.read:/data storage.read:/team' });
    await apply({ groups: ['/vo'] });
    const { body } = await refresh(token);
    expect(body.scope).toBe('offline_access wlcg.groups storage.read:/data');
    expect(decode(body.access_token).claims['wlcg.groups']).toEqual(['/vo']);
    await apply();
    expect((await refresh(body.refresh_token)).body.scope).toContain('storage.read:/team');
  });
});

describe('audiences', () => {
  const audOf = (body: { access_token: string }) => decode(body.access_token).claims.aud;

  test('are those of the first grant, unless others are asked for, which do not stay', async () => {
    const token = await begin({ audiences: ['tree', 'tree.example.org'] });
    const first = await refresh(token);
    expect(audOf(first.body)).toEqual(['tree', 'tree.example.org']);
    const other = await refresh(first.body.refresh_token, { audience: 'pool' });
    expect([audOf(other.body), other.body.scope]).toEqual(['pool', 'openid offline_access storage.read:/pool']);
    expect(audOf((await refresh(other.body.refresh_token)).body)).toEqual(['tree', 'tree.example.org']);
  });

  test.each<[string, Asked]>([
    ['audience, joined by spaces', { audience: 'tree pool' }],
    ['audience, repeated', { audience: ['tree', 'pool'] }],
  ])('may be several: %s', async (_how, fields) => {
    const { body } = await refresh(await begin({ scope: 'openid offline_access' }), fields);
    expect(audOf(body)).toEqual(['tree', 'pool']);
  });

  test.each(['audience', 'resource'])('that the client may not ask for by `%s` are invalid_target', async (name) => {
    const token = await begin();
    const { status, body } = await refresh(token, { [name]: 'https://elsewhere.example.org' });
    expect([status, body.error]).toEqual([400, 'invalid_target']);
    expect((await refresh(token)).status).toBe(200);
  });

  test('of the first grant that the client may no longer ask for are invalid_target (W-AUD-6)', async () => {
    const token = await begin({ clientId: 'bound', audiences: ['pool'], scope: 'openid offline_access' });
    expect((await refresh(token, {}, 'bound')).body.error).toBe('invalid_target');
    expect(audOf((await refresh(token, { audience: 'tree' }, 'bound')).body)).toBe('tree');
  });
});

describe('a chain ends', () => {
  const gone = expect.objectContaining({ error: 'invalid_grant' });
  afterEach(() => apply());

  test('with its account', async () => {
    const token = await begin();
    await apply({ aliceSuspended: true });
    expect((await refresh(token)).body).toEqual(gone);
  });

  test('with its client (RT-12)', async () => {
    const token = await begin();
    await apply({ suspended: ['portal'] });
    expect(await refresh(token)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    await apply({ removed: ['portal'] });
    expect(await refresh(token)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  test('with the client for whom the exchanged token was issued', async () => {
    const token = await begin({ originClientId: 'daily' });
    expect((await refresh(token)).status).toBe(200);
    await apply({ suspended: ['daily'] });
    expect((await refresh(token)).body).toEqual(gone);
  });

  test('with the client whose token was exchanged', async () => {
    const token = await begin({ accountId: null, subjectClientId: 'robot', originClientId: 'robot' });
    await apply({ suspended: ['robot'] });
    expect((await refresh(token)).body).toEqual(gone);
  });
});

describe('a chain of an exchanged token', () => {
  test('of a client has its rights, names who acts, and asserts no login', async () => {
    const exchanged = { accountId: null, subjectClientId: 'robot', originClientId: 'robot', act: { sub: 'portal' } };
    const token = await begin({ ...exchanged, scope: 'openid offline_access storage.read:/data storage.read:/team' });
    const { body } = await refresh(token);
    const { claims } = decode(body.access_token);
    expect(claims).toMatchObject({ sub: 'robot', client_id: 'portal', act: { sub: 'portal' } });
    expect(claims.scope).toContain('storage.read:/data');
    expect(claims.scope).not.toContain('storage.read:/team');
    expect([claims.acr, claims.eduperson_assurance, body.id_token]).toEqual([undefined, undefined, undefined]);
  });

  test('of a user names who acts', async () => {
    const token = await begin({ originClientId: 'daily', act: { sub: 'portal', act: { sub: 'daily' } } });
    const { claims } = decode((await refresh(token)).body.access_token);
    expect(claims).toMatchObject({ sub: alice, act: { sub: 'portal', act: { sub: 'daily' } } });
  });
});

describe('the database', () => {
  test('sees one read of the chain, one of the account, and one UPDATE', async () => {
    const token = await begin();
    const statements: string[] = [];
    const { query } = pg.Client.prototype;
    pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
      const [first] = args as [string | { text: string }];
      statements.push(typeof first === 'string' ? first : first.text);
      return Reflect.apply(query, this, args);
    } as typeof query;
    try {
      expect((await refresh(token)).status).toBe(200);
    } finally {
      pg.Client.prototype.query = query;
    }
    // What is not part of a request: the log that is written behind, and the rules that are confirmed each second.
    const own = statements.filter((text) => !/issue_log|lake_version|server_runs/.test(text));
    expect(own.map((text) => text.replace(/^(\w+).*?"(refresh_tokens|accounts)".*$/s, '$1 $2'))).toEqual([
      'select refresh_tokens',
      'select accounts',
      'update refresh_tokens',
    ]);
  });

  test('has the chain as what the token was made from (policy-semantics 8)', async () => {
    const { body } = await refresh(await begin());
    const { jti } = decode(body.access_token).claims;
    const entry = await eventually(() =>
      issuer.database.db.selectFrom('issue_log').select('parent_jti').where('jti', '=', jti).executeTakeFirst(),
    );
    const chain = issuer.database.db.selectFrom('refresh_tokens').select('id').where('id', '=', entry.parent_jti);
    expect(await chain.execute()).toHaveLength(1);
  });
});
