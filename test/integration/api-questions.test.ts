/** Questions to the policy over the API (policy-semantics 8; issue: the policy, section 2). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { clientCredentials, decode, eventually } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let eye: Call;
let ctaManager: Call;
let alice: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  eye = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
  [ctaManager, alice, bob] = (await Promise.all(
    ['max', 'alice', 'bob'].map(async (username) => callerWith(issuer, await userToken(issuer, username))),
  )) as [Call, Call, Call];
});
afterAll(() => issuer?.close());

const fairRoot = 'https://lxwp2dlds1.gsi.de:443';
const evaluate = (call: Call, body: object) => call('POST', '/policy/evaluate', { body });

describe('evaluate', () => {
  const asked = { client: 'portal', audience: fairRoot };

  test('decides as the token endpoint does, and says by which rules', async () => {
    const scope = 'storage.read:/escape/fair_root/cta storage.read:/escape/fair_root/magic';
    const { status, headers, body } = await evaluate(eye, { ...asked, user: 'bob', scope, at: '2026-12-24T12:00:00Z' });
    expect(status).toBe(200);
    expect(headers.get('sluice-policy-version')).toBeNull();
    expect(body).toMatchObject({
      granted: ['storage.read:/escape/fair_root/magic'],
      groups: [],
      refused: [{ scope: 'storage.read:/escape/fair_root/cta', reason: 'embargoed-part' }],
      expiresAt: '2026-12-24T13:00:00Z',
      error: null,
      policyVersion: expect.any(Number),
      cappedBy: { at: '2026-12-24T13:00:00Z', kind: 'lifetime', rule: null },
      verdicts: [
        { outcome: 'refused', reason: 'embargoed-part', because: expect.arrayContaining(['cta-p17']) },
        { outcome: 'issued', reason: null, as: ['storage.read:/escape/fair_root/magic'] },
      ],
      note: null,
    });
    expect(body.text).toContain('embargoed-part');
  });

  test('takes the scopes and the end of a subject token as the ceiling of an exchange', async () => {
    const { body } = await evaluate(eye, {
      ...asked,
      user: 'bob',
      scope: 'storage.read:/escape/fair_root/',
      subjectScope: 'storage.read:/escape/fair_root/magic',
      subjectExpiresAt: '2026-11-22T12:10:00Z',
    });
    expect([body.granted, body.expiresAt]).toEqual([['storage.read:/escape/fair_root/magic'], '2026-11-22T12:10:00Z']);
  });

  test('a user may ask about themselves only; who may ask about others is a reader, a manager or an administrator', async () => {
    const scope = 'storage.read:/escape/fair_root/cta/restricted/p17';
    const own = await evaluate(bob, { ...asked, user: 'bob', scope });
    expect([own.status, own.body.refused[0].reason]).toEqual([200, 'embargoed']);
    expect(JSON.stringify(own.body)).not.toMatch(/CTA proposal 17|escape\/cta\/p17|rucio|mover/);
    for (const body of [{ user: 'alice' }, { client: 'rucio' }, { user: 'BOB' }]) {
      expect((await evaluate(bob, { ...asked, scope, ...body })).status).toBe(403);
    }
    expect((await evaluate(ctaManager, { ...asked, user: 'alice', scope })).body.granted).toEqual([scope]);
    const itself = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read'));
    expect((await evaluate(itself, { client: 'rules-bot', scope })).status).toBe(200);
  });

  test('a manager learns of no embargo elsewhere whom it admits', async () => {
    const secret = { id: 'magic-m1', path: '/magic/m1', until: '2027-06-01T00:00:00Z', retroactive: true };
    const parties = [{ subject: 'user:alice', role: 'pi', actions: ['read'] }];
    expect((await bot('POST', '/embargoes', { body: { ...secret, parties } })).status).toBe(201);
    for (const path of ['/magic/m1', '/magic']) {
      const answers = ['alice', 'bob'].map((user) =>
        evaluate(ctaManager, { ...asked, user, scope: `storage.read:/escape/fair_root${path}` }),
      );
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([403, 403]);
    }
    const elsewhere = { ...asked, user: 'alice', scope: 'storage.read:/escape/fair_root/cta/open' };
    expect((await evaluate(ctaManager, elsewhere)).status).toBe(200);
    const embargo = { path: '/cta/open', until: '2027-06-01T00:00:00Z' };
    const impact = await ctaManager('POST', '/policy/impact', { body: { embargo } });
    const told = impact.body.changes as { asked: string; names: string[]; kind: string }[];
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((change) => !/\/cta(\/|$)/.test(change.asked))).toEqual([]);
    await bot('POST', '/embargoes/magic-m1/withdraw', { headers: { 'if-match': '*' } });
  });

  test('whoever does not exist is 404, and a field that cannot be read 400', async () => {
    expect((await evaluate(eye, { ...asked, user: 'nobody', scope: 'openid' })).status).toBe(404);
    expect((await evaluate(eye, { client: 'nobody', scope: 'openid' })).status).toBe(404);
    expect((await evaluate(eye, { ...asked, at: '2026-12-24' })).body.errors[0].pointer).toBe('/at');
    expect((await evaluate(eye, { scope: 'openid' })).body.errors[0].pointer).toBe('/client');
    expect((await evaluate(eye, { ...asked, subjectAudience: fairRoot })).status).toBe(400);
  });
});

describe('who can', () => {
  test('names grants, embargoes and people, in pieces', async () => {
    const { status, body } = await eye('GET', '/policy/who-can?operation=read&path=/cta/restricted/p17');
    expect(status).toBe(200);
    expect(body.embargoes).toEqual([expect.objectContaining({ id: 'cta-p17' })]);
    expect(body.principals.map(({ name }: { name: string }) => name)).toEqual(['fts', 'rucio', 'alice']);
    const first = (await eye('GET', '/policy/who-can?operation=read&path=/cta/restricted/p17&limit=2')).body;
    const rest = (await eye('GET', `/policy/who-can?operation=read&path=/cta/restricted/p17&cursor=${first.next}`))
      .body;
    expect([...first.principals, ...rest.principals]).toEqual(body.principals);
    const later = await eye(
      'GET',
      '/policy/who-can?operation=read&path=/cta/restricted/p17&at=2027-06-01T02:00:00%2B02:00',
    );
    expect([later.body.at, later.body.embargoes]).toEqual(['2027-06-01T00:00:00Z', []]);
  });

  test.each([
    'operation=read',
    'path=/cta',
    'operation=write&path=/cta',
    'operation=read&path=cta',
    'operation=read&path=/&at=now',
  ])('`%s` is 400', async (query) => {
    expect((await eye('GET', `/policy/who-can?${query}`)).status).toBe(400);
  });

  test('is for readers, and for managers where all embargoes are theirs', async () => {
    const at = (path: string) => `/policy/who-can?operation=read&path=${path}`;
    expect((await bob('GET', at('/cta/restricted/p17'))).status).toBe(403);
    expect((await alice('GET', at('/cta/restricted/p17'))).status).toBe(403);
    expect((await ctaManager('GET', at('/cta/restricted/p17'))).status).toBe(200);
    expect((await ctaManager('GET', at('/magic'))).status).toBe(403);
    const above = { id: 'everything', path: '/', until: '2027-01-01T00:00:00Z', retroactive: true };
    expect((await bot('POST', '/embargoes', { body: above })).status).toBe(201);
    expect((await ctaManager('GET', at('/cta/open'))).status).toBe(403);
    await bot('POST', '/embargoes/everything/withdraw', { headers: { 'if-match': '*' } });
    expect((await ctaManager('GET', at('/cta/open'))).status).toBe(200);
  });
});

describe('tokens and why', () => {
  test('a live token is found by path, and explained by its jti', async () => {
    const scope = 'storage.read:/escape/fair_root/cta/restricted/p17';
    const token = await clientCredentials(issuer, 'rucio', { scope, audience: fairRoot });
    const { jti } = decode(token.body.access_token).claims;
    const found = await eventually(async () => {
      const { body } = await eye('GET', '/policy/tokens?path=/cta/restricted/p17&operation=read');
      return body.tokens.some((entry: { jti: string }) => entry.jti === jti) ? body : undefined;
    });
    expect(found).toMatchObject({ path: '/cta/restricted/p17', total: 1, latestExpiry: found.tokens[0].expiresAt });
    expect(found.tokens[0]).toMatchObject({ subject: 'rucio', client: 'rucio', username: null, audiences: [fairRoot] });
    const why = await eye('GET', `/policy/why/${jti}`);
    expect([why.status, why.body]).toEqual([
      200,
      expect.objectContaining({ jti, event: 'issued', client: 'rucio', issued: [scope], requested: [scope] }),
    ]);
    expect(why.body.rules.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['rucio-all', 'cta-p17']),
    );
    expect((await eye('GET', '/policy/why/nothing')).status).toBe(404);
  });

  test('refusals are found by client, newest first', async () => {
    await clientCredentials(issuer, 'catalogue', { scope: 'storage.read:/escape/fair_root/cta', audience: fairRoot });
    const { entries } = await eventually(async () => {
      const { body } = await eye('GET', '/policy/refusals?client=catalogue');
      return body.entries.length > 0 ? body : undefined;
    });
    expect(entries[0]).toMatchObject({
      event: 'refused',
      client: 'catalogue',
      refused: [{ reason: 'embargoed-part' }],
    });
    expect((await eye('GET', '/policy/refusals?client=catalogue&until=2020-01-01T00:00:00Z')).body.entries).toEqual([]);
  });

  test('are for readers, and for managers at their paths', async () => {
    expect((await ctaManager('GET', '/policy/tokens?path=/cta')).status).toBe(200);
    for (const [call, path] of [
      [ctaManager, '/policy/tokens?path=/'],
      [bob, '/policy/tokens?path=/cta'],
      [bob, '/policy/why/x'],
      [bob, '/policy/refusals'],
      [ctaManager, '/policy/why/x'],
      [ctaManager, '/policy/refusals'],
    ] as const) {
      expect((await call('GET', path)).status).toBe(403);
    }
  });
});

describe('impact', () => {
  const ask = (call: Call, body: object) => call('POST', '/policy/impact', { body });

  test('says who would lose what by an embargo, and gain what by a grant', async () => {
    const embargo = await ask(eye, { embargo: { path: '/magic', until: '2027-06-01T00:00:00Z' }, limit: 3 });
    expect(embargo.status).toBe(200);
    expect(embargo.body.losing.users).toBeGreaterThan(0);
    expect(embargo.body.changes.length).toBeLessThanOrEqual(3);
    const grant = await ask(eye, { grant: { subject: 'user:bob', actions: ['modify'], path: '/lsst' } });
    expect([grant.status, grant.body.gaining.users]).toEqual([200, 1]);
    expect((await eye('GET', '/embargoes')).body.items).toHaveLength(3);
  });

  test('takes a draft by its id', async () => {
    const draft = { id: 'later', path: '/lofar', until: '2027-06-01T00:00:00Z', state: 'draft' };
    expect((await bot('POST', '/embargoes', { body: draft })).status).toBe(201);
    const { status, body } = await ask(eye, { draft: 'later' });
    expect([status, body.rule]).toEqual([200, { kind: 'embargo', id: 'later', path: '/lofar' }]);
    expect((await ask(eye, { draft: 'nothing' })).status).toBe(404);
  });

  test('is for readers, and for managers about their paths and the rules that they see', async () => {
    const embargo = (path: string) => ({ embargo: { path, until: '2027-06-01T00:00:00Z' } });
    expect((await ask(bob, embargo('/ska'))).status).toBe(403);
    expect((await ask(ctaManager, embargo('/ska'))).status).toBe(403);
    expect((await ask(ctaManager, embargo('/cta'))).status).toBe(200);
    expect((await ask(ctaManager, { draft: 'later' })).status).toBe(404);
    expect((await ask(ctaManager, { embargo: { ...embargo('/cta').embargo, id: 'later' } })).status).toBe(404);
  });

  test('takes one proposal: 400', async () => {
    expect((await ask(eye, {})).status).toBe(400);
    expect((await ask(eye, { draft: 'a', grant: { subject: 'user:bob', actions: ['read'], path: '/a' } })).status).toBe(
      400,
    );
    expect((await ask(eye, { grant: { subject: 'user:bob', actions: ['read'] } })).body.errors[0].pointer).toBe(
      '/grant/path',
    );
  });
});

test('nothing in this file was a fault', () => {
  expect(issuer.logLines().filter(({ msg }) => msg === 'fault')).toEqual([]);
});
