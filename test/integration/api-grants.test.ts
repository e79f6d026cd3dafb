/** Grants over the API (issue: the policy, section 2). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { clientCredentials } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let eye: Call;
let admin: Call;
let manager: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  eye = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
  [admin, manager, bob] = (await Promise.all(
    ['admin', 'max', 'bob'].map(async (username) => callerWith(issuer, await userToken(issuer, username))),
  )) as [Call, Call, Call];
});
afterAll(() => issuer?.close());

const magicRead = { subject: 'user:bob', actions: ['read'], path: '/magic//raw/' };

/** Makes a grant and answers with its id. */
async function make(more: object = {}): Promise<string> {
  const { status, body } = await bot('POST', '/grants', { body: { ...magicRead, ...more } });
  expect(status).toBe(201);
  return body.grant.id;
}

const ifMatch = (tag: string) => ({ headers: { 'if-match': tag } });

describe('a grant', () => {
  test('is made in canonical form, says where it is and from which policy version it holds', async () => {
    const { status, headers, body } = await admin('POST', '/grants', {
      body: {
        id: 'bob raw'.replace(' ', '/'),
        ...magicRead,
        until: '2027-01-01T01:00:00+01:00',
        reason: 'asked by mail',
      },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      grant: {
        id: 'bob/raw',
        subject: 'user:bob',
        actions: ['read'],
        path: '/magic/raw',
        audiences: null,
        from: null,
        until: '2027-01-01T00:00:00Z',
        embargo: null,
        version: 1,
      },
      policyVersion: expect.any(Number),
      warnings: [],
    });
    expect(headers.get('location')).toBe(`${issuer.url}api/v1/grants/bob%2Fraw`);
    expect(headers.get('etag')).toBe('"v1"');
    expect(headers.get('sluice-policy-version')).toBe(String(body.policyVersion));
    const read = await eye('GET', '/grants/bob%2Fraw');
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"v1"', body.grant]);
  });

  test('counts as soon as its write is answered, and no longer when its removal is', async () => {
    const asked = { scope: 'storage.read:/escape/fair_root/lsst', audience: 'https://lxwp2dlds1.gsi.de:443' };
    const ask = () => clientCredentials(issuer, 'rules-bot', asked);
    expect((await ask()).status).toBe(400);
    const id = await make({ subject: 'client:rules-bot', path: '/lsst' });
    expect((await ask()).body.scope).toBe(asked.scope);
    const removed = await bot('DELETE', `/grants/${id}`, ifMatch('"v1"'));
    expect([removed.status, removed.body.removed.id]).toEqual([200, id]);
    expect((await ask()).status).toBe(400);
  });

  test('is changed as a whole: what the body does not name, or names as null, is absent', async () => {
    const id = await make({ until: '2027-01-01T00:00:00Z' });
    const { status, headers, body } = await bot('PUT', `/grants/${id}`, {
      ...ifMatch('"v1"'),
      body: { ...magicRead, actions: ['read', 'stage'], until: null },
    });
    expect([status, headers.get('etag'), body.grant.version]).toEqual([200, '"v2"', 2]);
    expect(body.grant).toMatchObject({ actions: ['read', 'stage'], until: null });
  });

  test('keeps its history: who, when, why, and its removal', async () => {
    const id = await make({ reason: 'for a visit' });
    await admin('PUT', `/grants/${id}`, {
      ...ifMatch('*'),
      body: { ...magicRead, path: '/magic', reason: 'all of it' },
    });
    await bot('DELETE', `/grants/${id}?reason=left`, ifMatch('"v2"'));
    expect((await eye('GET', `/grants/${id}`)).status).toBe(404);
    const { body } = await eye('GET', `/grants/${id}/history`);
    expect(
      body.items.map(({ change, actor, reason, version }: Record<string, unknown>) => ({
        change,
        actor,
        reason,
        version,
      })),
    ).toEqual([
      { change: 'created', actor: 'client:rules-bot', reason: 'for a visit', version: 1 },
      { change: 'changed', actor: 'user:admin', reason: 'all of it', version: 2 },
      { change: 'removed', actor: 'client:rules-bot', reason: 'left', version: 3 },
    ]);
    expect(body.items.map(({ record }: { record: { path: string } | null }) => record?.path ?? null)).toEqual([
      '/magic/raw',
      '/magic',
      null,
    ]);
    const first = await eye('GET', `/grants/${id}/history?limit=2`);
    const second = await eye('GET', `/grants/${id}/history?limit=2&cursor=${first.body.next}`);
    expect([...first.body.items, ...second.body.items]).toEqual(body.items);
    expect(second.body.next).toBeNull();
  });
});

describe('conditional requests', () => {
  test('a known version is not sent again (RFC 9110 section 13.1.2)', async () => {
    const id = await make();
    for (const known of ['"v1"', 'W/"v1"', '"x", "v1"', '*']) {
      const answer = await eye('GET', `/grants/${id}`, { headers: { 'if-none-match': known } });
      expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([304, undefined, '"v1"']);
    }
    expect((await eye('GET', `/grants/${id}`, { headers: { 'if-none-match': '"v2", nonsense' } })).status).toBe(200);
  });

  test.each([
    ['PUT', magicRead],
    ['DELETE', undefined],
  ])('%s without If-Match is 428, with another version 412, and neither changes anything', async (method, body) => {
    const id = await make();
    const without = await bot(method, `/grants/${id}`, { body });
    expect([without.status, without.body.type]).toEqual([428, 'urn:sluice:problem:precondition-required']);
    for (const tag of ['"v2"', 'W/"v1"', '"other"', '"v01"', '"v9999999999999999999"']) {
      const other = await bot(method, `/grants/${id}`, { body, ...ifMatch(tag) });
      expect([other.status, other.body.version]).toEqual([412, 1]);
    }
    for (const tag of ['v1', '"v1", "v2"', '"v1', '\u00ff']) {
      expect((await bot(method, `/grants/${id}`, { body, ...ifMatch(tag) })).status).toBe(400);
    }
    expect((await eye('GET', `/grants/${id}`)).body.version).toBe(1);
  });

  test('of writers that read the same version one wins, and the others are told', async () => {
    const id = await make();
    const writes = await Promise.all(
      ['/a', '/b', '/c', '/d', '/e'].map((path) =>
        bot('PUT', `/grants/${id}`, { ...ifMatch('"v1"'), body: { ...magicRead, path } }),
      ),
    );
    expect(writes.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    const winner = writes.find(({ status }) => status === 200)?.body.grant;
    expect((await eye('GET', `/grants/${id}`)).body).toEqual(winner);
    expect((await eye('GET', `/grants/${id}/history`)).body.items).toHaveLength(2);
  });
});

describe('what is refused', () => {
  test('a name that is taken is 409', async () => {
    const { status, body } = await bot('POST', '/grants', { body: { id: 'members-read', ...magicRead } });
    expect([status, body.type]).toEqual([409, 'urn:sluice:problem:conflict']);
  });

  test.each([
    ['a subject that does not exist', { subject: 'group:/escape/nobody' }, '/subject'],
    ['an end before the beginning', { from: '2027-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' }, '/until'],
    ['a path that a regular expression confuses with a rule', { path: '/cta/restricted.p17' }, '/path'],
  ])('%s is 422 by the checks of a lake file', async (_name, more, pointer) => {
    const { status, body } = await bot('POST', '/grants', { body: { ...magicRead, ...more } });
    expect([status, body.type]).toEqual([422, 'urn:sluice:problem:refused-by-policy']);
    expect(body.errors).toEqual([{ in: 'body', pointer, message: expect.any(String) }]);
  });

  test('every fault of a body is told at once, each with its place', async () => {
    const body = { subject: 'bob', actions: [], path: 'magic', until: 'tomorrow', audience: 'x', 'a/b~c': 1 };
    const answer = await bot('POST', '/grants', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/actions',
      '/audience',
      '/a~1b~0c',
      '/path',
      '/subject',
      '/until',
    ]);
  });

  test('who may only read writes nothing: 403, and the scope says so', async () => {
    const answer = await eye('POST', '/grants', { body: magicRead });
    expect([answer.status, answer.body.type]).toEqual([403, 'urn:sluice:problem:insufficient-scope']);
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="sluice", error="insufficient_scope", scope="policy:write"',
    );
    for (const call of [manager, bob]) {
      const refused = await call('POST', '/grants', { body: magicRead });
      expect([refused.status, refused.body.type]).toEqual([403, 'urn:sluice:problem:forbidden']);
    }
  });

  test('a grant that is not there, or not to be seen, is 404', async () => {
    expect((await bob('GET', '/grants/members-read')).status).toBe(404);
    expect((await bob('GET', '/grants/members-read/history')).status).toBe(404);
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/history'],
    ] as const) {
      const body = method === 'PUT' ? magicRead : undefined;
      expect((await bot(method, `/grants/nothing${path}`, { body, ...ifMatch('*') })).status).toBe(404);
    }
  });
});

describe('lists', () => {
  test('are filtered by subject, and by path at, above or below', async () => {
    const ids = async (query: string) =>
      (await eye('GET', `/grants?${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('subject=group:/escape')).toEqual(['members-read']);
    expect(await ids('path=//ska//')).toEqual(expect.arrayContaining(['members-read', 'ska-scratch']));
    expect(await ids('path=/ska')).not.toContain('monitor');
    expect(await ids('path=/monitoring/x')).toContain('monitor');
    expect(await ids('embargo=cta-p17')).toEqual([]);
  });

  test('show a manager the grants of its paths, and others nothing', async () => {
    const seen = (await manager('GET', '/grants')).body.items;
    expect(seen.map(({ id }: { id: string }) => id)).toEqual(['p17-team']);
    expect((await bob('GET', '/grants')).body).toEqual({ items: [], next: null });
  });

  test('come in pieces that show everything once, whatever is made and removed meanwhile', async () => {
    const made: string[] = [];
    for (let index = 0; index < 9; index += 1) made.push(await make({ id: `page-${index}5`, path: '/lofar/pages' }));
    const seen: string[] = [];
    let path = '/grants?path=/lofar/pages/x&limit=2';
    for (let piece = 0; ; piece += 1) {
      const { headers, body } = await eye('GET', path);
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.next === null) {
        expect(headers.get('link')).toBeNull();
        break;
      }
      const [, link = ''] = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
      expect(link).toContain(`${issuer.url}api/v1/grants?`);
      path = link.slice(`${issuer.url}api/v1`.length);
      // Before and behind what was shown; the last one shown goes.
      await make({ id: `page-${piece}1`, path: '/lofar/pages' });
      await bot('DELETE', `/grants/${seen.at(-1)}`, ifMatch('*'));
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(made));
    expect([...seen].sort()).toEqual(seen);
  });

  test.each([
    'limit=0',
    'limit=1001',
    'limit=',
    'limit=1e2',
    'limit=-1',
    'limit=1&limit=2',
    'cursor=',
    'cursor=%00',
    'cursor=abc',
    `cursor=${Buffer.from('["embargoes","a"]').toString('base64url')}`,
    `cursor=${Buffer.from('["grants","\\u0000"]').toString('base64url')}`,
    `cursor=${Buffer.from('["grants","\\ud800"]').toString('base64url')}`,
    `cursor=${Buffer.from('{"length":2}').toString('base64url')}`,
    'subject=bob',
    'path=magic',
    'path=/a/../b',
    'paht=/magic',
    '__proto__=1',
  ])('refuse the query `%s` with 400', async (query) => {
    const { status, body } = await eye('GET', `/grants?${query}`);
    expect([status, body.errors?.[0]?.in]).toEqual([400, 'query']);
  });
});
