/** Embargoes over the API: their life, their parties, and who sees what (issue: the policy, section 2; policy-semantics 7). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { login } from '../support/code-flow.ts';
import { clientCredentials, type JsonAnswer, post } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let eye: Call;
let admin: Call;
let ctaManager: Call;
let manager: Call;
/** A party of `cta-p17` by her group, its principal investigator. */
let alice: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  eye = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
  const names = ['admin', 'max', 'mira', 'alice', 'bob'];
  [admin, ctaManager, manager, alice, bob] = (await Promise.all(
    names.map(async (username) => callerWith(issuer, await userToken(issuer, username))),
  )) as [Call, Call, Call, Call, Call];
});
afterAll(() => issuer?.close());

const fairRoot = 'https://lxwp2dlds1.gsi.de:443';
const ifMatch = (tag = '*') => ({ 'if-match': tag });

/** On a path that nobody has a grant for: not open data. */
function proposal(id: string, more: object = {}) {
  return {
    id,
    title: `Title of ${id}`,
    basis: `Basis of ${id}`,
    path: `/cta/proposals/${id}`,
    until: '2027-06-01T00:00:00Z',
    retroactive: true,
    parties: [{ subject: 'user:alice', role: 'pi', actions: ['read', 'stage'] }],
    ...more,
  };
}

async function make(id: string, more: object = {}): Promise<string> {
  const { status } = await ctaManager('POST', '/embargoes', { body: proposal(id, more) });
  expect(status).toBe(201);
  return `/embargoes/${id}`;
}

const step = (call: Call, path: string, body?: object, tag?: string): Promise<JsonAnswer> =>
  call('POST', path, { headers: ifMatch(tag), ...(body && { body }) });

describe('the life of an embargo', () => {
  test('is made with the grants of its parties', async () => {
    const { status, headers, body } = await ctaManager('POST', '/embargoes', { body: proposal('life') });
    expect([status, headers.get('etag'), headers.get('location')]).toEqual([
      201,
      '"v1"',
      `${issuer.url}api/v1/embargoes/life`,
    ]);
    expect(headers.get('sluice-policy-version')).toBe(String(body.policyVersion));
    expect(body.embargo).toMatchObject({ id: 'life', state: 'active', phase: 'active', version: 1 });
    expect(body.exposure).toEqual({ tokens: 0, latestExpiry: null });
    const grants = await eye('GET', '/grants?embargo=life');
    expect(grants.body.items).toEqual([
      expect.objectContaining({
        subject: 'user:alice',
        actions: ['read', 'stage'],
        path: '/cta/proposals/life',
        embargo: 'life',
      }),
    ]);
  });

  test('goes from a draft through extension, exemption and release; each step is a version with its reason', async () => {
    const path = await make('steps', { state: 'draft' });
    expect((await eye('GET', path)).body.phase).toBe('draft');
    const done = [
      await step(ctaManager, `${path}/activate`, undefined, '"v1"'),
      await step(ctaManager, `${path}/extend`, { until: '2027-09-01T00:00:00Z', reason: 'late data' }, '"v2"'),
      await step(ctaManager, `${path}/exempt`, { path: '/cta/proposals/steps/calib' }, '"v3"'),
      await step(ctaManager, `${path}/release`, { at: '2027-07-01T00:00:00Z', reason: 'published soon' }, '"v4"'),
      await step(ctaManager, `${path}/release`, undefined, '"v5"'),
    ];
    expect(done.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(done.map(({ headers }) => headers.get('etag'))).toEqual(['"v2"', '"v3"', '"v4"', '"v5"', '"v6"']);
    expect(done.at(-1)?.body.embargo).toMatchObject({
      state: 'released',
      phase: 'released',
      exempt: ['/cta/proposals/steps/calib'],
      until: '2027-07-01T00:00:00Z',
    });
    const { body } = await eye('GET', `${path}/history`);
    expect(body.items.map(({ change, reason }: Record<string, unknown>) => [change, reason])).toEqual([
      ['created', null],
      ['activated', null],
      ['extended', 'late data'],
      ['exempted', null],
      ['shortened', 'published soon'],
      ['released', null],
    ]);
    expect(new Set(body.items.map(({ actor }: { actor: string }) => actor))).toEqual(new Set(['user:max']));
  });

  test('ends as withdrawn when it was a mistake, and does not change any more: 409', async () => {
    const path = await make('mistake');
    expect((await step(ctaManager, `${path}/withdraw`, { reason: 'wrong path' })).body.embargo.state).toBe('withdrawn');
    expect((await eye('GET', '/grants?embargo=mistake')).body.items).toEqual([]);
    for (const [name, body] of [
      ['extend', { until: '2029-01-01T00:00:00Z', reason: 'x' }],
      ['release', {}],
      ['withdraw', {}],
      ['activate', {}],
      ['exempt', { path: '/cta/proposals/mistake/x' }],
      ['parties', { subject: 'user:bob', actions: ['read'] }],
    ] as const) {
      const answer = await step(ctaManager, `${path}/${name}`, body);
      expect([name, answer.status, answer.body.type]).toEqual([name, 409, 'urn:sluice:problem:conflict']);
    }
  });

  test('is changed as a whole, but for its state', async () => {
    const path = await make('whole');
    const said = proposal('whole', { title: 'Another title', retroactive: undefined, parties: [], id: undefined });
    const { status, body } = await ctaManager('PUT', path, { headers: ifMatch('"v1"'), body: said });
    expect([status, body.embargo.title, body.embargo.parties, body.embargo.state]).toEqual([
      200,
      'Another title',
      [],
      'active',
    ]);
    expect(body.remainder).toMatchObject({ count: 0, revokedRefreshTokens: 0, tokens: [] });
  });

  test('what an answer says can be sent back', async () => {
    const path = await make('round', { limits: { maxUntil: '2028-01-01T00:00:00Z' } });
    const { id, state, phase, version, ...fields } = (await ctaManager('GET', path)).body;
    const { status, body } = await ctaManager('PUT', path, { headers: ifMatch(), body: fields });
    expect([status, body.embargo]).toEqual([200, { id, state, phase, version, ...fields }]);
  });

  test('until an event needs a hard limit: 422', async () => {
    const { status, body } = await ctaManager('POST', '/embargoes', { body: proposal('event', { until: undefined }) });
    expect([status, body.errors[0].pointer]).toEqual([422, '']);
  });
});

describe('closing open data', () => {
  test('is refused with what is out, unless it begins late enough or is said to be retroactive', async () => {
    const token = await clientCredentials(issuer, 'catalogue', {
      scope: 'storage.read:/escape/fair_root/magic',
      audience: fairRoot,
    });
    expect(token.status).toBe(200);
    const expiry = new Date(issuer.clock.now() + token.body.expires_in * 1000).toISOString().replace('.000Z', 'Z');
    const body = proposal('open', { path: '/magic', retroactive: undefined });
    const exposure = { tokens: 1, latestExpiry: expiry };
    // The log is written some moments after the token is sent.
    await issuer.app.refresh();
    const refused = await admin('POST', '/embargoes', { body });
    expect([refused.status, refused.body.type]).toEqual([409, 'urn:sluice:problem:conflict']);
    expect(refused.body.errors[0].pointer).toBe('/from');
    const made = await admin('POST', '/embargoes', { body: { ...body, retroactive: true } });
    expect([made.status, made.body.exposure]).toEqual([201, exposure]);
    expect((await admin('GET', '/embargoes/open')).body.retroactive).toBe(true);
    await step(admin, '/embargoes/open/withdraw', {});
  });
});

describe('parties', () => {
  test('are added at once, and removed with what they still hold', async () => {
    const path = await make('team', { parties: [] });
    const rucio = { subject: 'client:rucio', role: 'mover', actions: ['read'] };
    const added = await step(ctaManager, `${path}/parties`, { ...rucio, reason: 'moves the data' }, '"v1"');
    expect([added.status, added.body.embargo.parties]).toEqual([
      200,
      [{ ...rucio, from: null, until: null, maxTokenLifetimeSeconds: null }],
    ]);
    const place = '/escape/fair_root/cta/proposals/team';
    const token = await clientCredentials(issuer, 'rucio', { scope: `storage.read:${place}`, audience: fairRoot });
    expect(token.body.scope).toBe(`storage.read:${place}`);
    const removed = await ctaManager('DELETE', `${path}/parties/client%3Arucio?reason=done`, {
      headers: ifMatch('"v2"'),
    });
    expect(removed.status).toBe(200);
    expect(removed.body.remainder).toMatchObject({
      count: 1,
      tokens: [{ subject: 'rucio', client: 'rucio', scopes: [`storage.read:${place}`] }],
    });
    expect((await step(ctaManager, `${path}/parties`, { ...rucio, subject: 'user:nobody' })).status).toBe(422);
    const again = await ctaManager('DELETE', `${path}/parties/client%3Arucio`, { headers: ifMatch() });
    expect(again.status).toBe(404);
  });

  test('a removed party’s refresh tokens that reach into the embargo end with it', async () => {
    const path = await make('refresh');
    const scope = 'openid offline_access storage.read:/escape/fair_root/cta/proposals/refresh';
    const first = await login(issuer, { scope, audience: fairRoot, prompt: 'consent' });
    expect(first.body.refresh_token).toBeDefined();
    const removed = await ctaManager('DELETE', `${path}/parties/user:alice`, { headers: ifMatch() });
    expect(removed.body.remainder).toMatchObject({ revokedRefreshTokens: 1, count: 1 });
    const fields = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
    expect((await post(issuer, '/token', fields, { client: 'portal' })).body.error).toBe('invalid_grant');
  });

  test('a principal investigator manages co-investigators, and extends within the limit', async () => {
    const path = await make('pi', { limits: { maxUntil: '2027-12-01T00:00:00Z' } });
    const coi = { subject: 'user:bob', role: 'coi', actions: ['read'] };
    expect((await step(alice, `${path}/parties`, coi)).status).toBe(200);
    expect((await step(alice, `${path}/parties`, { ...coi, subject: 'user:dana', role: 'operator' })).status).toBe(403);
    expect((await step(alice, `${path}/extend`, { until: '2027-10-01T00:00:00Z', reason: 'paper' })).status).toBe(200);
    expect((await step(alice, `${path}/extend`, { until: '2028-10-01T00:00:00Z', reason: 'more' })).status).toBe(403);
    expect((await step(alice, `${path}/extend`, { until: '2027-11-01T00:00:00Z' })).status).toBe(400);
    expect((await step(alice, `${path}/withdraw`, {})).status).toBe(403);
    expect((await alice('DELETE', `${path}/parties/user:bob`, { headers: ifMatch() })).status).toBe(200);
  });
});

describe('who sees an embargo', () => {
  test('administrators, readers, managers of its path and parties; to others it does not exist', async () => {
    const path = await make('secret');
    for (const call of [admin, eye, manager, ctaManager, alice]) {
      const { status, body } = await call('GET', path);
      expect([status, body.title]).toEqual([200, 'Title of secret']);
    }
    const answers = [
      await bob('GET', path),
      await bob('GET', `${path}/history`),
      await bob('GET', '/embargoes'),
      await bob('GET', '/grants?path=/cta/proposals/secret'),
      await bob('PUT', path, { headers: ifMatch(), body: proposal('secret', { id: undefined }) }),
      await bob('DELETE', `${path}/parties/user:alice`, { headers: ifMatch() }),
      ...(await Promise.all(['activate', 'release', 'withdraw'].map((name) => step(bob, `${path}/${name}`, {})))),
      await step(bob, `${path}/extend`, { until: '2029-01-01T00:00:00Z', reason: 'x' }),
      await step(bob, `${path}/exempt`, { path: '/cta/proposals/secret/x' }),
      await step(bob, `${path}/parties`, { subject: 'user:bob', actions: ['read'] }),
    ];
    for (const { status, body } of answers) {
      const said = JSON.stringify(body);
      expect(status === 404 || body.items?.length === 0).toBe(true);
      for (const private_ of ['Title of', 'Basis of', 'alice']) expect(said).not.toContain(private_);
    }
  });

  test('a manager of other paths neither sees nor makes it', async () => {
    const body = { ...proposal('lofar'), path: '/lofar/p1' };
    expect((await ctaManager('POST', '/embargoes', { body })).status).toBe(403);
    expect((await manager('POST', '/embargoes', { body })).status).toBe(201);
    expect((await ctaManager('GET', '/embargoes/lofar')).status).toBe(404);
    const seen = (await ctaManager('GET', '/embargoes?limit=1000')).body.items;
    expect(seen.every(({ path }: { path: string }) => path.startsWith('/cta/'))).toBe(true);
  });

  test('lists are filtered by state and path, and come in pieces', async () => {
    const drafts = (await bot('GET', '/embargoes?state=draft')).body.items;
    expect(drafts.every(({ state }: { state: string }) => state === 'draft')).toBe(true);
    const above = (await bot('GET', '/embargoes?path=/cta/restricted/p17/run1/raw')).body.items;
    expect(above.map(({ id }: { id: string }) => id)).toEqual(['cta-p17']);
    const all = (await bot('GET', '/embargoes?limit=1000')).body.items.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await bot('GET', `/embargoes?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
    }
    expect(seen).toEqual(all);
  });
});

test('of two who extend the same version one wins, and the other is told', async () => {
  const path = await make('race');
  const [one, other] = await Promise.all(
    ['2028-01-01T00:00:00Z', '2029-01-01T00:00:00Z'].map((until) =>
      step(manager, `${path}/extend`, { until, reason: 'race' }, '"v1"'),
    ),
  );
  expect([one?.status, other?.status].sort()).toEqual([200, 412]);
  expect((await eye('GET', path)).body.version).toBe(2);
});

test.each(['activate', 'extend', 'release', 'withdraw', 'exempt', 'parties'])(
  'POST …/%s without If-Match is 428, with another version 412',
  async (name) => {
    const path = '/embargoes/cta-p17';
    const body =
      {
        extend: { until: '2029-01-01T00:00:00Z', reason: 'x' },
        exempt: { path: '/cta/restricted/p17/x' },
        parties: { subject: 'user:bob', actions: ['read'] },
      }[name] ?? {};
    expect((await bot('POST', `${path}/${name}`, { body })).status).toBe(428);
    expect((await step(bot, `${path}/${name}`, body, '"v77"')).status).toBe(412);
    expect((await eye('GET', path)).body.version).toBe(1);
  },
);
