/** Users and groups over SCIM: patches, tags, bulk, members, who may, and what nobody should send (RFC 7644 sections 3.3 to 3.7, 3.14). */
import { login } from '../support/code-flow.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { type ScimCall, scimCaller, scimToken, startScimIssuer } from '../support/scim.ts';

const alice = '5a1e0000-0000-4000-8000-000000000001';
const bob = '5a1e0000-0000-4000-8000-000000000002';
const indigo = 'urn:indigo-dc:scim:schemas:IndigoUser';
const indigoGroup = 'urn:indigo-dc:scim:schemas:IndigoGroup';
let issuer: TestIssuer;
let scim: ScimCall;
let count = 0;

beforeAll(async () => {
  issuer = await startScimIssuer();
  scim = scimCaller(issuer, await scimToken(issuer, 'provisioner', 'scim:read scim:write'));
});
afterAll(() => issuer.close());

/** A user of its own for a test. */
async function newUser(more: object = {}) {
  count += 1;
  const { status, body } = await scim('POST', '/scim/Users', { body: { userName: `user-${count}`, ...more } });
  expect(status).toBe(201);
  return body;
}

async function newGroup(name = `group-${++count}`, more: object = {}) {
  const { status, body } = await scim('POST', '/scim/Groups', { body: { displayName: name, ...more } });
  expect([status, body]).toEqual([201, expect.anything()]);
  return body;
}

const patch = (path: string, ...operations: object[]) =>
  scim('PATCH', path, { body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations } });

const before = {
  name: { formatted: 'Grace Hopper', givenName: 'Grace', familyName: 'Hopper' },
  emails: [{ value: 'grace@example.org', primary: true }],
  [indigo]: { affiliation: 'Navy' },
};
const email = (value: string) => [{ value, type: 'work', primary: true }];

describe('a patch', () => {
  test.each<[string, object[], object]>([
    [
      'replaces one part',
      [{ op: 'replace', path: 'name.givenName', value: 'G.' }],
      { name: { ...before.name, givenName: 'G.' } },
    ],
    [
      'takes operations and names in any case',
      [{ op: 'Replace', path: 'NAME.FAMILYNAME', value: 'H.' }],
      { name: { ...before.name, familyName: 'H.' } },
    ],
    [
      'adds without a path',
      [{ op: 'add', value: { name: { formatted: 'Rear Admiral' } } }],
      { name: { ...before.name, formatted: 'Rear Admiral' } },
    ],
    [
      'takes paths as names of a value',
      [{ op: 'replace', value: { 'name.formatted': 'X', [`${indigo}:affiliation`]: 'Y' } }],
      { name: { ...before.name, formatted: 'X' }, [indigo]: { affiliation: 'Y' } },
    ],
    [
      'names the core schema',
      [{ op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:name.formatted', value: 'Z' }],
      { name: { ...before.name, formatted: 'Z' } },
    ],
    [
      'changes a value that a filter chooses',
      [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'g@x.org' }],
      { emails: email('g@x.org') },
    ],
    [
      'adds a primary value in the place of the old',
      [{ op: 'add', path: 'emails', value: [{ value: 'new@x.org', primary: true }] }],
      { emails: email('new@x.org') },
    ],
    [
      'removes a value that a filter chooses',
      [{ op: 'remove', path: 'emails[value ew "example.org"]' }],
      { emails: [] },
    ],
    [
      'removes no value that the filter does not choose',
      [{ op: 'remove', path: 'emails[value eq "x"]' }],
      { emails: email('grace@example.org') },
    ],
    ['takes booleans as text', [{ op: 'replace', path: 'active', value: 'False' }], { active: false }],
    [
      'does one operation after the other',
      [
        { op: 'remove', path: 'name' },
        { op: 'add', path: 'name.formatted', value: 'A' },
      ],
      { name: { formatted: 'A' } },
    ],
    [
      'replaces an attribute of an extension',
      [{ op: 'replace', path: `${indigo}:affiliation`, value: 'Yale' }],
      { [indigo]: { affiliation: 'Yale' } },
    ],
  ])('%s', async (_what, operations, after) => {
    const { id } = await newUser(before);
    const { status, body } = await patch(`/scim/Users/${id}`, ...operations);
    expect([status, body]).toEqual([200, expect.objectContaining({ id })]);
    expect(body).toMatchObject(after);
    expect((await scim('GET', `/scim/Users/${id}`)).body).toEqual(body);
  });

  test.each<[string, object, string]>([
    ['an unknown attribute', { op: 'add', path: 'shoeSize', value: '43' }, 'invalidPath'],
    ['a filter of what has one value', { op: 'add', path: 'name[formatted eq "x"]', value: 'x' }, 'invalidPath'],
    ['a filter that is none', { op: 'remove', path: 'emails[type is "x"]' }, 'invalidFilter'],
    ['what only the server writes', { op: 'replace', path: 'groups', value: [] }, 'mutability'],
    ['the id', { op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    ['nothing to remove', { op: 'remove' }, 'noTarget'],
    ['a value of another type', { op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue'],
    ['no value', { op: 'replace', path: 'name.formatted' }, 'invalidValue'],
    ['a choice of nobody', { op: 'replace', path: 'emails[type eq "home"].value', value: 'a@b' }, 'noTarget'],
    ['an unknown operation', { op: 'move', path: 'name' }, 'invalidSyntax'],
    ['a required attribute that goes', { op: 'remove', path: 'userName' }, 'invalidValue'],
    ['a NUL', { op: 'replace', path: 'name.formatted', value: 'a\0b' }, 'invalidValue'],
    ['a name of the language', { op: 'add', path: '__proto__.polluted', value: 'x' }, 'invalidPath'],
  ])('refuses %s, and changes nothing', async (_what, operation, scimType) => {
    const user = await newUser(before);
    const { status, body } = await patch(
      `/scim/Users/${user.id}`,
      { op: 'replace', path: 'name.givenName', value: 'No' },
      operation,
    );
    expect([status, body.scimType]).toEqual([400, scimType]);
    expect((await scim('GET', `/scim/Users/${user.id}`)).body).toEqual(user);
  });
});

test('a user who is put is replaced, but nobody is let in again by silence', async () => {
  const { id } = await newUser({ ...before, active: false });
  const { body } = await scim('PUT', `/scim/Users/${id}`, {
    body: { userName: `put-${id}`, emails: [{ value: 'p@x.org' }] },
  });
  expect(body).toMatchObject({ userName: `put-${id}`, active: false, emails: email('p@x.org') });
  expect(body.name).toBeUndefined();
  expect(body[indigo].affiliation).toBe('Navy');
});

test('a username that is taken is a conflict, and one of somebody who is gone too', async () => {
  expect((await scim('POST', '/scim/Users', { body: { userName: 'alice' } })).body).toMatchObject({
    status: '409',
    scimType: 'uniqueness',
  });
  const user = await newUser();
  expect((await scim('DELETE', `/scim/Users/${user.id}`)).status).toBe(204);
  expect((await scim('GET', `/scim/Users/${user.id}`)).status).toBe(404);
  expect((await scim('POST', '/scim/Users', { body: { userName: user.userName } })).status).toBe(409);
});

describe('tags', () => {
  test('save an answer, keep a write from what was not seen, and change with the resource', async () => {
    const { body, headers } = await scim('GET', `/scim/Users/${bob}`);
    const tag = headers.get('etag') as string;
    expect(tag).toBe(body.meta.version);
    expect((await scim('GET', `/scim/Users/${bob}`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    const put = { body: { ...body, name: { formatted: 'Bob B.' } }, headers: { 'if-match': tag } };
    const changed = await scim('PUT', `/scim/Users/${bob}`, put);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
    expect((await scim('PUT', `/scim/Users/${bob}`, put)).status).toBe(412);
    expect((await scim('DELETE', `/scim/Users/${bob}`, { headers: { 'if-match': tag } })).status).toBe(412);
  });

  test('of a group change with its members, even when only time passes, and not with what is shown of it', async () => {
    const { id } = await newGroup();
    const tag = async (query = '') => (await scim('GET', `/scim/Groups/${id}${query}`)).headers.get('etag');
    const first = await tag();
    expect(await tag('?excludedAttributes=members')).toBe(first);
    await issuer.database.db
      .insertInto('memberships')
      .values({ account_id: bob, group_id: id, starts_at: new Date(issuer.clock.now() + 60_000) })
      .execute();
    const second = await tag();
    issuer.clock.advance(120);
    expect(new Set([first, second, await tag()]).size).toBe(3);
    const { body, headers } = await scim('PATCH', `/scim/Groups/${id}?excludedAttributes=members`, {
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'add', path: 'members', value: [{ value: alice }] }],
      },
    });
    expect(body).not.toHaveProperty('members');
    expect(headers.get('etag')).toBe(await tag());
  });
});

describe('groups', () => {
  test('are made below their parent, or below the group of the VO', async () => {
    const parent = await newGroup('pulsars');
    expect(parent).toMatchObject({ displayName: 'escape/pulsars', members: [] });
    const child = await newGroup('surveys', {
      [indigoGroup]: { parentGroup: { value: parent.id }, description: 'Sky' },
    });
    expect(child).toMatchObject({
      displayName: 'escape/pulsars/surveys',
      [indigoGroup]: { parentGroup: { value: parent.id, display: 'escape/pulsars' }, description: 'Sky' },
    });
    const moved = await patch(`/scim/Groups/${child.id}`, { op: 'remove', path: `${indigoGroup}:parentGroup` });
    expect(moved.body.displayName).toBe('escape/surveys');
    expect((await scim('DELETE', `/scim/Groups/${parent.id}`)).status).toBe(204);
  });

  test('take members in and out by their ids alone', async () => {
    const { id } = await newGroup();
    const [one, two] = [await newUser(), await newUser()];
    const members = async () => {
      const { body } = await scim('GET', `/scim/Groups/${id}`);
      return body.members.map(({ display }: { display: string }) => display);
    };
    const path = `/scim/Groups/${id}`;
    await patch(path, { op: 'add', path: 'members', value: [{ value: one.id }, { value: two.id, type: 'User' }] });
    expect((await members()).sort()).toEqual([one.userName, two.userName].sort());
    await patch(path, { op: 'add', value: { members: [{ value: one.id }] } });
    expect(await members()).toHaveLength(2);
    await patch(path, { op: 'remove', path: `members[value eq "${one.id}"]` });
    expect(await members()).toEqual([two.userName]);
    await patch(path, { op: 'replace', path: 'members', value: [{ value: alice }] });
    expect(await members()).toEqual(['alice']);
    await patch(path, { op: 'remove', path: 'members', value: [{ value: alice }] });
    expect(await members()).toEqual([]);
    await scim('PUT', path, { body: { displayName: 'escape/put', members: [{ value: bob }] } });
    await scim('PUT', path, { body: { displayName: 'escape/put' } });
    expect(await members()).toEqual(['bob']);
    const list = await scim('GET', `${path}/members?count=1`);
    expect(list.body).toMatchObject({ totalResults: 1, itemsPerPage: 1, Resources: [{ value: bob, display: 'bob' }] });
    const refused = await patch(path, { op: 'add', path: 'members', value: [{ value: 'nobody' }] });
    expect(refused.body).toMatchObject({ status: '400', scimType: 'invalidValue' });
  });
});

describe('bulk', () => {
  const bulk = (Operations: object[], failOnErrors?: number) =>
    scim('POST', '/scim/Bulk', {
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations, failOnErrors },
    });
  const statuses = (answer: { body: { Operations: { status: string }[] } }) =>
    answer.body.Operations.map(({ status }) => status);

  test('makes a group of users that come after it', async () => {
    const answer = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'bulk', members: [{ value: 'bulkId:u' }] } },
      { method: 'POST', path: '/Users', bulkId: 'u', data: { userName: 'bulk-user' } },
      {
        method: 'PATCH',
        path: '/Users/bulkId:u',
        data: { Operations: [{ op: 'add', path: 'name.formatted', value: 'B' }] },
      },
    ]);
    expect(statuses(answer)).toEqual(['201', '201', '200']);
    const group = await scim('GET', new URL(answer.body.Operations[0].location).pathname);
    expect(group.body.members).toMatchObject([{ display: 'bulk-user' }]);
  });

  test('stops after as many errors as were said, and says each', async () => {
    const wrong = (bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data: { userName: 'alice' } });
    const good = { method: 'POST', path: '/Users', bulkId: 'x', data: { userName: 'never-made' } };
    const answer = await bulk([wrong('a'), wrong('b'), good], 2);
    expect(statuses(answer)).toEqual(['409', '409']);
    expect(answer.body.Operations[0].response).toMatchObject({ scimType: 'uniqueness', status: '409' });
    expect((await scim('GET', '/scim/Users?filter=userName%20eq%20%22never-made%22')).body.totalResults).toBe(0);
  });

  test('refuses circles, unknown paths, doubled ids and too many operations', async () => {
    const circle = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'a', data: { displayName: 'a', members: [{ value: 'bulkId:b' }] } },
      { method: 'POST', path: '/Groups', bulkId: 'b', data: { displayName: 'b', members: [{ value: 'bulkId:a' }] } },
      { method: 'DELETE', path: '/Clients/x' },
      { method: 'GET', path: `/Users/${alice}` },
    ]);
    expect(statuses(circle)).toEqual(['409', '409', '404', '405']);
    const twice = { method: 'POST', path: '/Users', bulkId: 'x', data: {} };
    expect((await bulk([twice, twice])).body.scimType).toBe('uniqueness');
    expect((await bulk(Array(1001).fill({ method: 'DELETE', path: '/Users/x' }))).status).toBe(413);
  });
});

test('answers hold what was asked for, and always the id', async () => {
  const only = await scim('GET', `/scim/Users/${alice}?attributes=userName,emails.value,${indigo}:serviceAccount`);
  expect(only.body).toEqual({
    schemas: expect.any(Array),
    id: alice,
    userName: 'alice',
    emails: [{ value: 'alice@example.org' }],
    [indigo]: { serviceAccount: false },
  });
  const without = await scim('GET', `/scim/Users/${alice}?excludedAttributes=groups,id,${indigo},emails.type`);
  expect(without.body).toMatchObject({ id: alice, emails: [{ value: 'alice@example.org', primary: true }] });
  expect(Object.keys(without.body)).not.toEqual(expect.arrayContaining(['groups']));
  expect((await scim('GET', '/scim/Users?attributes=id&excludedAttributes=name')).status).toBe(400);
  const search = { filter: 'userName sw "a" or displayName eq "escape/cta"', attributes: ['userName'], count: 50 };
  const found = await scim('POST', '/scim/.search', { body: search });
  expect(found.body.Resources).toContainEqual(expect.objectContaining({ userName: 'alice' }));
});

describe('who may', () => {
  const as = async (username: string, scope: string) => {
    const { body } = await login(issuer, { scope }, { username });
    return scimCaller(issuer, body.access_token);
  };

  test.each([
    ['nobody', null, 'GET', '/scim/Users', 401],
    ['a token that is none', 'x', 'GET', '/scim/Users', 401],
  ])('%s: %s %s %s is %s', async (_who, token, method, path, status) => {
    const answer = await scim(method, path, { token });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="sluice"/);
  });

  test('a client that reads does not write, and one without the scope does not read', async () => {
    const reader = scimCaller(issuer, await scimToken(issuer, 'sync', 'scim:read'));
    expect((await reader('GET', '/scim/Users')).status).toBe(200);
    for (const [method, path] of [
      ['POST', '/scim/Users'],
      ['PATCH', `/scim/Users/${bob}`],
      ['DELETE', `/scim/Users/${bob}`],
      ['POST', '/scim/Bulk'],
    ] as const) {
      const refused = await reader(method, path, { body: {} });
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        403,
        expect.stringContaining('insufficient_scope'),
      ]);
    }
    const other = scimCaller(issuer, await scimToken(issuer, 'sync', 'openid'));
    expect((await other('GET', '/scim/Users')).status).toBe(403);
    expect((await other('GET', '/scim/Me')).status).toBe(404);
  });

  test('a user sees itself, and only one with a role the others', async () => {
    const member = await as('alice', 'openid profile scim:read scim:write');
    expect((await member('GET', '/scim/Me')).body).toMatchObject({ id: alice, userName: 'alice' });
    expect((await member('GET', '/scim/Users')).status).toBe(403);
    expect((await member('GET', `/scim/Users/${alice}`)).status).toBe(403);
    expect((await member('PATCH', '/scim/Me', { body: {} })).status).toBe(403);
    const admin = await as('admin', 'openid scim:read');
    expect((await admin('GET', '/scim/Users')).status).toBe(200);
    expect((await admin('POST', '/scim/Users', { body: { userName: 'x' } })).status).toBe(403);
  });

  test('what is told without a token is the same for everybody', async () => {
    for (const path of [
      'ServiceProviderConfig',
      'Schemas',
      'ResourceTypes',
      `Schemas/${indigo}`,
      'ResourceTypes/User',
    ]) {
      expect((await scim('GET', `/scim/${path}`, { token: null })).status).toBe(200);
    }
    expect((await scim('GET', '/scim/Schemas?filter=id%20pr', { token: null })).status).toBe(403);
    expect((await scim('DELETE', '/scim/Schemas', { token: null })).status).toBe(405);
  });
});

test.each<[string, string, string, unknown, number]>([
  ['a body that is no JSON', 'POST', '/scim/Users', '{', 400],
  ['a body that is a list', 'POST', '/scim/Users', [], 400],
  ['a body without a name', 'POST', '/scim/Users', {}, 400],
  ['a body of many levels', 'POST', '/scim/Users', `${'{"a":'.repeat(60)}1${'}'.repeat(60)}`, 400],
  ['a body of two megabytes', 'POST', '/scim/Users', `"${'x'.repeat(2_000_000)}"`, 413],
  ['half a character', 'POST', '/scim/Users', '{"userName":"\\ud800"}', 400],
  ['a username with a space', 'POST', '/scim/Users', { userName: 'a b' }, 400],
  ['a group name that is none', 'POST', '/scim/Groups', { displayName: '../x' }, 400],
  ['a label named like the language', 'POST', '/scim/Users', '{"userName":"proto","__proto__":{"x":1}}', 201],
  ['an id that cannot be decoded', 'GET', '/scim/Users/%ff', undefined, 404],
  ['an id that is no UUID', 'GET', "/scim/Groups/'; DROP TABLE groups", undefined, 404],
  ['a patch of nobody', 'PATCH', '/scim/Users/nobody', { Operations: [] }, 404],
  ['another type of body', 'POST', '/scim/Users', undefined, 415],
  ['an unknown path', 'GET', '/scim/Clients', undefined, 404],
])('%s is answered, not a fault', async (_what, method, path, body, status) => {
  expect((await scim(method, path, { body })).status).toBe(status);
});

test('of writers to a group at once who read the same version, one gets through', async () => {
  const { id, meta } = await newGroup();
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      scim('PATCH', `/scim/Groups/${id}`, {
        body: { Operations: [{ op: 'replace', path: `${indigoGroup}:description`, value: name }] },
        headers: { 'if-match': meta.version },
      }),
    ),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
});

test('more writers to groups at once than there are connections all get through', async () => {
  const { id } = await newGroup();
  const people = await Promise.all(Array.from({ length: 15 }, () => newUser()));
  const answers = await Promise.all(
    people.map((user) => patch(`/scim/Groups/${id}`, { op: 'add', path: 'members', value: [{ value: user.id }] })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await scim('GET', `/scim/Groups/${id}`)).body.members).toHaveLength(15);
});

test('a write to a group that is refused in the end leaves nothing of its beginning', async () => {
  const { db } = issuer.database;
  const [member, stranger] = [await newUser(), 'nobody-here'];
  const { id, meta, displayName } = await newGroup();
  const trail = () =>
    db
      .selectFrom('audit_log')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
  const before = await trail();
  const bad = {
    displayName: 'escape/elsewhere',
    externalId: 'x',
    [indigoGroup]: { description: 'new', labels: [{ name: 'a' }] },
  };
  const put = { ...bad, members: [{ value: member.id }, { value: stranger }] };
  expect((await scim('PUT', `/scim/Groups/${id}`, { body: put })).status).toBe(400);
  expect((await scim('POST', '/scim/Groups', { body: { ...put, displayName: 'half' } })).status).toBe(400);
  expect((await scim('GET', `/scim/Groups/${id}`)).body).toMatchObject({ meta, displayName });
  expect((await scim('GET', '/scim/Groups?filter=displayName eq "escape/half"')).body.totalResults).toBe(0);
  expect(await trail()).toEqual(before);
});

test('labels of groups are written over SCIM, whole or one by one', async () => {
  const { id } = await newGroup();
  const path = `${indigoGroup}:labels`;
  const labels = async () => (await scim('GET', `/scim/Groups/${id}`)).body[indigoGroup].labels;
  const unit = { prefix: 'cern.ch', name: 'unit', value: 'IT' };
  expect((await patch(`/scim/Groups/${id}`, { op: 'add', path, value: [unit] })).status).toBe(200);
  await patch(`/scim/Groups/${id}`, { op: 'add', path, value: [{ name: 'wlcg.optional-group', value: '' }] });
  expect(await labels()).toEqual([unit, { name: 'wlcg.optional-group', value: '' }]);
  await patch(`/scim/Groups/${id}`, { op: 'remove', path: `${path}[name eq "unit"]` });
  expect(await labels()).toEqual([{ name: 'wlcg.optional-group', value: '' }]);
  expect((await patch(`/scim/Groups/${id}`, { op: 'add', path, value: [{ value: 'no name' }] })).status).toBe(400);
  const { displayName } = (await scim('GET', `/scim/Groups/${id}`)).body;
  await scim('PUT', `/scim/Groups/${id}`, { body: { displayName, [indigoGroup]: { description: 'd' } } });
  expect(await labels()).toHaveLength(1);
  await patch(`/scim/Groups/${id}`, { op: 'remove', path });
  expect(await labels()).toEqual([]);
});
